"""The same web in both databases: what one stores, the other does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import fresh_on_server
from tests.end_to_end.program import Program
from tests.site import Site

OUTLETS = ("harian_bukit", "siaran_samudra")
# Numbers and the times of the crawl; everything else is the article's own.
RUNS_OWN = frozenset({"id", "story_id", "first_seen_at", "fetched_at"})
SEED = "Rapat warga di balai desa menyepakati bahwa jembatan gantung diperbaiki sebelum musim hujan datang lagi.\n"


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """An empty database on a server."""
    yield from fresh_on_server()


@pytest.fixture(scope="module")
def on_server(site: Site, server_url: str) -> Program:
    return Program(server_url, site.declarations)


@pytest.fixture(scope="module", autouse=True)
def _crawled(program: Program, on_server: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    seed = tmp_path_factory.mktemp("seeds") / "rapat.txt"
    seed.write_text(SEED, encoding="utf-8")
    for one in (program, on_server):
        one.run("seeds", "import", str(seed))
        for outlet in OUTLETS:
            one.run("crawl", outlet)


def compared(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        record["url"] or record["text"]: {key: value for key, value in record.items() if key not in RUNS_OWN}
        for record in records
    }


def test_both_databases_hold_the_same_records(program: Program, on_server: Program) -> None:
    records = program.records()
    assert len(records) > 20
    assert compared(on_server.records()) == compared(records)


def test_both_databases_count_the_same_hits(program: Program, on_server: Program) -> None:
    for query in ("warga", '"jembatan gantung" NOT pasar', "rapat OR pertemuan"):
        totals = [one.run("search", query).splitlines()[-1] for one in (program, on_server)]
        assert totals[0] == totals[1]
        assert not totals[0].startswith("0 ")


def test_a_second_crawl_on_a_server_adds_nothing(on_server: Program, tmp_path: Path) -> None:
    # A crawl begins by comparing with the seeds anew if there is much more to compare than before.
    before = [record | {"seed_similarity": None} for record in on_server.records()]
    for outlet in OUTLETS:
        on_server.run("crawl", outlet)
    assert [record | {"seed_similarity": None} for record in on_server.records()] == before
    on_server.run("export", "-o", str(tmp_path / "arsip.csv"))
    assert (tmp_path / "arsip.csv").read_text(encoding="utf-8-sig").startswith("id,url,")


def test_a_server_tells_an_article_and_its_history(on_server: Program) -> None:
    url = next(record["url"] for record in on_server.records() if record["url"])
    assert url in on_server.run("show", url)
    assert "stored" in on_server.run("explain", url)
