"""Feeds and pages as outlets served them: counts and shapes, where the shared material is."""

from datetime import UTC, datetime

import pytest

from crawler.discovery import read_source
from crawler.discovery.result import SourceKind, SourceResult
from outlets.schema import Outlet
from tests.shared import shared

NOW = datetime(2026, 7, 24, 17, 30, tzinfo=UTC)


def read(kind: SourceKind, path: str, domain: str) -> SourceResult:
    outlet = Outlet(name="contoh", title="Contoh", site=f"https://www.{domain}/", domains=(domain,))
    body = shared("pages", *path.split("/")).read_bytes()
    return read_source(kind, body, f"https://www.{domain}/sumber", outlet, charset=None, now=NOW)


def shape(reading: SourceResult) -> tuple[int, int, int]:
    """How many candidates, with a title, with a date."""
    found = reading.candidates
    return len(found), sum(one.title is not None for one in found), sum(one.published is not None for one in found)


@pytest.mark.parametrize(
    ("path", "domain", "count"),
    [
        ("html/antaranews.com/antara-mainpage.xml", "antaranews.com", 20),
        ("html/detik.com/detik-mainpage.xml", "detik.com", 20),
        ("html/detik.com/detik.xml", "detik.com", 25),
        ("html/republika.co.id/republika-mainpage.xml", "republika.co.id", 10),
    ],
)
def test_feeds_give_all_entries_dated(path: str, domain: str, count: int) -> None:
    reading = read("feed", path, domain)
    assert reading.problem is None
    assert shape(reading) == (count, count, count)


@pytest.mark.parametrize(
    ("path", "domain", "count", "dated"),
    [
        ("merdeka/sitemap-peristiwa.xml", "merdeka.com", 4, 4),
        ("tribunnews/sitemap-news.xml", "tribunnews.com", 7, 7),
        ("beritasatu/sitemap-news.xml", "beritasatu.com", 3, 2),
        ("media_indonesia/sitemap-news.xml", "mediaindonesia.com", 3, 2),
    ],
)
def test_news_sitemaps_give_titles_and_dates(path: str, domain: str, count: int, dated: int) -> None:
    reading = read("sitemap", f"markup-2026/{path}", domain)
    assert reading.problem is None
    assert shape(reading) == (count, dated, dated)


@pytest.mark.parametrize(
    ("path", "domain", "count"),
    [
        ("beritasatu/indeks.html", "beritasatu.com", 7),
        ("idn_times/listing-news.html", "idntimes.com", 3),
        ("liputan6/channel-news.html", "liputan6.com", 4),
        ("media_indonesia/indeks.html", "mediaindonesia.com", 8),
        ("merdeka/listing-peristiwa.html", "merdeka.com", 5),
        ("okezone/bydate-channel-bola.html", "okezone.com", 6),
        ("okezone/kanal-indeks-news.html", "okezone.com", 3),
        ("republika/indeks.html", "republika.co.id", 3),
        ("sindonews/indeks.html", "sindonews.com", 5),
        ("tirto/channel-indeks.html", "tirto.id", 3),
        ("tribunnews/index-news.html", "tribunnews.com", 8),
        ("viva/indeks.html", "viva.co.id", 9),
    ],
)
def test_listing_markup_gives_titles_and_dates(path: str, domain: str, count: int) -> None:
    assert shape(read("listing", f"markup-2026/{path}", domain)) == (count, count, count)


@pytest.mark.parametrize(
    ("path", "domain", "least", "dated"),
    [
        ("html/detik.com/detik-indeks.html", "detik.com", 20, 20),
        ("html/kompas.com/kompas-mainpage.html", "kompas.com", 10, 10),
        ("html/kompas.com/kompas-mainpage-2015.html", "kompas.com", 29, 29),
        ("html/okezone.com/okezone-mainpage.html", "okezone.com", 22, 22),
        ("html/okezone.com/home-kanal.html", "okezone.com", 40, 35),
        ("html/liputan6.com/index.html", "liputan6.com", 80, 60),
        ("html/bola.com/bolacom.html", "bola.com", 100, 90),
        ("html/republika.co.id/republika.html", "republika.co.id", 100, 25),
    ],
)
def test_saved_index_pages_give_their_articles(path: str, domain: str, least: int, dated: int) -> None:
    found, titled, with_date = shape(read("listing", path, domain))
    assert found >= least
    assert titled >= found - 1
    assert with_date >= dated
