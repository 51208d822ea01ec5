import subprocess
import sys
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.exceptions import UsageError
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from crawler.spiders.loader import OutletSpiderLoader
from crawler.spiders.news import NewsSpider

ROOT = Path(__file__).parents[3]
DECLARATION = 'title = "Uji"\nsite = "https://uji.example/"\ndomains = ["uji.example"]\n'


def loader(paths: object = None) -> OutletSpiderLoader:
    found = get_spider_loader(
        Settings({"SPIDER_LOADER_CLASS": "crawler.spiders.loader.OutletSpiderLoader", "OUTLET_PATHS": paths})
    )
    assert isinstance(found, OutletSpiderLoader)
    return found


def test_list_names_every_declaration(tmp_path: Path) -> None:
    (tmp_path / "uji.toml").write_text(DECLARATION)
    assert {"bharata", "cri", "rakyatku", "uji"} <= set(loader([str(tmp_path)]).list())


def test_paths_may_be_one_string(tmp_path: Path) -> None:
    (tmp_path / "uji.toml").write_text(DECLARATION)
    assert "uji" in loader(str(tmp_path)).list()


def test_load_makes_a_spider_of_the_outlet(tmp_path: Path) -> None:
    (tmp_path / "uji.toml").write_text(DECLARATION)
    spider = loader([str(tmp_path)]).load("uji")
    assert issubclass(spider, NewsSpider)
    assert (spider.name, spider.outlet.title, spider.__name__) == ("uji", "Uji", "uji")


def test_same_name_gives_the_same_class() -> None:
    spiders = loader()
    assert spiders.load("bharata") is spiders.load("bharata")


def test_request_finds_its_outlet() -> None:
    assert loader().find_by_request(Request("https://indonesian.cri.cn/world/")) == ["cri"]


def test_request_of_no_outlet_finds_none() -> None:
    assert loader().find_by_request(Request("https://contoh.example/")) == []


def test_unknown_name_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"no outlet is called 'bharta'\. Did you mean bharata") as caught:
        loader().load("bharta")
    assert not caught.value.print_help


def test_constructor_survives_missing_directory(tmp_path: Path) -> None:
    spiders = loader([str(tmp_path / "hilang")])
    for use in (spiders.list, lambda: spiders.load("cri"), lambda: spiders.find_by_request(Request("https://a.id/"))):
        with pytest.raises(UsageError, match="OUTLET_PATHS must name directories"):
            use()


@pytest.mark.process
@pytest.mark.parametrize("command", [["list"], ["crawl", "rusak"]])
def test_faults_reach_the_terminal_without_traceback(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "rusak.toml").write_text("= salah")
    directory = tmp_path if command[0] == "crawl" else tmp_path / "hilang"
    arguments = [sys.executable, "-m", "scrapy", *command, "-s", f"OUTLET_PATHS={directory}"]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert ("rusak.toml:1:1: not TOML" if command[0] == "crawl" else "No such file") in done.stderr
