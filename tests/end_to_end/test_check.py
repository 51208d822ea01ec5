"""``scrapy outlets check`` against the test site: what it tells, and that it leaves nothing behind."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.program import Program
from tests.site import Site


@pytest.fixture
def checks(site: Site, tmp_path: Path) -> Program:
    """The program with a copy of the declarations, and no database."""
    shutil.copytree(site.declarations, tmp_path / "outlets")
    return Program(f"sqlite:///{tmp_path}/pantau.db", tmp_path / "outlets", (("DATA_DIR", str(tmp_path)),))


def test_a_healthy_outlet_is_well_and_nothing_is_written(site: Site, checks: Program, tmp_path: Path) -> None:
    site.forget_requests()
    lines = checks.run("outlets", "check", "lintas_rantau").splitlines()
    assert lines[0] == "ok       robots.txt: allows what is declared; a request every 0 s"
    assert lines[1] == f"ok       home page {site.newsrooms['lintas_rantau'].base}/: answers"
    assert "/indeks?page=1: 9 articles, 9 with a date; newest " in lines[2]
    assert sum(line.startswith("ok       page http") for line in lines) == 3
    assert lines[-1] == "lintas_rantau: all is well"
    assert [path.name for path in tmp_path.iterdir()] == ["outlets"]
    asked = [one.path for one in site.requests()]
    assert len(asked) == len(set(asked)) <= 9


def test_a_layout_that_no_longer_fits_is_found(checks: Program) -> None:
    file = checks.outlets / "lintas_rantau.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("div.daftar", "div.kartu"), encoding="utf-8")
    out = checks.run("outlets", "check", "lintas_rantau", status=1)
    assert "/indeks?page=1: discover.links (div.kartu h3 a) finds no article, but " in out
    assert ": the layout changed: declare where the list is now" in out
    assert out.splitlines()[-1] == "lintas_rantau: 2 problems"


def test_the_sources_of_an_outlet_that_declares_none_are_looked_for(site: Site, checks: Program) -> None:
    lines = checks.run("outlets", "check", "pena_muara").splitlines()
    base = site.newsrooms["pena_muara"].base
    kinds = [line.split()[1] for line in lines if line.startswith("ok")]
    assert kinds[:5] == ["robots.txt:", "home", "sitemap", "home", "feed"]
    assert f"feed {base}/atom.xml: 12 articles" in "\n".join(lines)
    assert not [line for line in lines if line.startswith("problem")]
