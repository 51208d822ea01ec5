"""The shipped declarations against saved pages of their outlets, where these are at hand."""

from datetime import UTC, datetime

import pytest
from lxml import html

from crawler.discovery import read_source
from crawler.discovery.result import SourceKind
from outlets.registry import Registry
from tests.shared import shared

REGISTRY = Registry.from_settings([])
LISTED_AT = datetime(2026, 7, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "file", "keys"),
    [
        ("beritasatu", "markup-2026/beritasatu/sample-article.html", "body"),
        ("cnnindonesia", "markup-2026/cnn_indonesia/sample-article.html", "body"),
        ("detik", "markup-2026/detik/sample-article.html", "title body"),
        ("detik", "html/detik.com/health.detik.com-Stroke.html", "title body"),
        ("kompas", "html/kompas.com/1525201200000.kompas.ef992c08b3.html", "title body"),
        ("kompas", "html/kompas.com/money.kompas.com-Menhub.html", "title body"),
        ("kumparan", "markup-2026/kumparan/sample-article.html", "title"),
        ("liputan6", "markup-2026/liputan6/sample-article.html", "body"),
        ("liputan6", "html/liputan6.com/read-page.html", "body"),
        ("mediaindonesia", "markup-2026/media_indonesia/sample-article.html", "body"),
        ("mediaindonesia", "html/mediaindonesia.com/MediaIndonesia_2026_01_20.html", "author body"),
        ("merdeka", "markup-2026/merdeka/sample-article.html", "body"),
        ("okezone", "markup-2026/okezone/sample-article.html", "title body"),
        ("republika", "markup-2026/republika/sample-article.html", "title body"),
        ("sindonews", "markup-2026/sindonews/sample-article.html", "title date author body"),
        ("sindonews", "markup-2026/sindonews/sample-article-showpage-all.html", "title date author body"),
        ("suara", "markup-2026/suara/sample-article.html", "title body next"),
        ("tribunnews", "markup-2026/tribunnews/sample-article.html", "body"),
        ("viva", "markup-2026/viva/sample-article.html", "body"),
    ],
)
def test_selectors_hit_one_element(name: str, file: str, keys: str) -> None:
    raw = shared("pages", *file.split("/")).read_bytes()
    page = html.document_fromstring(raw, parser=html.HTMLParser(encoding="utf-8"))
    rules = REGISTRY.get(name).article
    assert {key: len(page.cssselect(getattr(rules, key))) for key in keys.split()} == dict.fromkeys(keys.split(), 1)


@pytest.mark.parametrize(
    ("name", "kind", "file", "articles"),
    [
        ("beritasatu", "listing", "markup-2026/beritasatu/indeks.html", 6),
        ("detik", "listing", "html/detik.com/detik-indeks.html", 15),
        ("liputan6", "listing", "markup-2026/liputan6/channel-news.html", 3),
        ("mediaindonesia", "listing", "markup-2026/media_indonesia/indeks.html", 6),
        ("merdeka", "sitemap", "markup-2026/merdeka/sitemap-peristiwa.xml", 4),
        ("okezone", "listing", "markup-2026/okezone/bydate-channel-bola.html", 3),
        ("republika", "listing", "markup-2026/republika/indeks.html", 3),
        ("sindonews", "listing", "markup-2026/sindonews/indeks.html", 5),
        ("tribunnews", "listing", "markup-2026/tribunnews/index-news.html", 8),
        ("viva", "listing", "markup-2026/viva/indeks.html", 8),
    ],
)
def test_listing_names_its_dated_articles(name: str, kind: SourceKind, file: str, articles: int) -> None:
    outlet = REGISTRY.get(name)
    body = shared("pages", *file.split("/")).read_bytes()
    found = read_source(kind, body, outlet.site, outlet, charset=None, now=LISTED_AT).candidates
    assert (len(found), sum(candidate.published is not None for candidate in found)) == (articles, articles)
