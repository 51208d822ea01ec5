"""A seed document that is an article of the web: imported, crawled back to, and given its address."""

from datetime import datetime
from pathlib import Path

from tests.end_to_end.program import Program
from tests.site import Site

OUTLET = "kabar_pesisir"
MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905 - a list of words reads best as text
DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()  # noqa: SIM905 - the same


def test_a_crawl_goes_back_to_the_seed_and_gives_it_its_url(site: Site, program: Program, tmp_path: Path) -> None:
    articles = sorted(
        (one for one in site.truth() if one.outlet == OUTLET and one.kind == "article"),
        key=lambda one: one.published_at,
    )
    truth = articles[len(articles) // 2]
    at = datetime.fromisoformat(truth.published_at)
    date = f"{DAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year} {at.hour}:{at.minute}:{at.second} WIB"
    document = tmp_path / "seed.txt"
    document.write_text(f"{date}\n{truth.title}\n\nKabar Pesisir - {truth.text}\n", encoding="utf-8")

    program.run("crawl", OUTLET, "-a", "since=seeds", status=2)  # there is none yet
    assert "1 imported" in program.run("seeds", "import", str(document))
    assert "0 imported, 1 already there" in program.run("seeds", "import", str(document))
    program.run("crawl", OUTLET, "-a", "since=seeds")

    records = program.records()
    [seed] = [record for record in records if record["origin"] == "seed"]
    assert (seed["url"], seed["title"], seed["published_at"]) == (truth.url, truth.title, truth.published_at)
    assert min(record["published_at"] for record in records if record["published_at"]) == truth.published_at
    assert sum(record["text"] == seed["text"] for record in records) == 1
