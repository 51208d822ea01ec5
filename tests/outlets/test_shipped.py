"""The shipped declarations against public addresses of their outlets. Nothing here says that an outlet answers."""

import re
from collections import Counter
from datetime import date

import pytest

from core.urls import belongs
from crawler.discovery.walks import Walk
from outlets.registry import Registry
from outlets.schema import Outlet
from outlets.urls import is_article

REGISTRY = Registry.from_settings([])
OUTLETS = REGISTRY.all()
every_outlet = pytest.mark.parametrize("outlet", OUTLETS, ids=[outlet.name for outlet in OUTLETS])


def examples(kind: str) -> pytest.MarkDecorator:
    """Each outlet with each of its example addresses of this kind."""
    pairs = [(outlet, url) for outlet in OUTLETS for url in getattr(outlet.examples, kind)]
    return pytest.mark.parametrize(("outlet", "url"), pairs, ids=lambda value: getattr(value, "name", ""))


def sources(outlet: Outlet) -> list[str]:
    return [*outlet.discover.feeds, *outlet.discover.sitemaps, *outlet.discover.pages]


def expand(template: str) -> str:
    """The address of the listing's second page, of 24 July 2026."""
    return Walk(template, date(2026, 7, 24)).url(2)


@examples("articles")
def test_article_address_is_recognised(outlet: Outlet, url: str) -> None:
    assert is_article(url, outlet)


@examples("other")
def test_other_address_is_no_article(outlet: Outlet, url: str) -> None:
    assert not is_article(url, outlet)


@every_outlet
def test_every_outlet_has_example_addresses(outlet: Outlet) -> None:
    assert outlet.examples.articles
    assert outlet.examples.other


@examples("articles")
def test_article_address_finds_its_outlet(outlet: Outlet, url: str) -> None:
    assert belongs(url, outlet.domains)
    assert REGISTRY.for_url(url) is outlet


@every_outlet
def test_note_is_dated_and_claims_no_check(outlet: Outlet) -> None:
    assert outlet.note
    assert re.match(r"2026-\d\d-\d\d: [A-Z]", outlet.note)
    assert outlet.note.endswith("No live check was made.")
    assert outlet.status in {"unverified", "blocked"}


@every_outlet
def test_every_domain_finds_its_outlet(outlet: Outlet) -> None:
    assert [REGISTRY.for_url(f"https://{domain}/") for domain in outlet.domains] == [outlet] * len(outlet.domains)


@every_outlet
def test_outlet_belongs_to_a_group(outlet: Outlet) -> None:
    assert set(outlet.groups) <= {"seed", "asing", "nasional", "daerah", "ekonomi", "negara"}
    assert outlet.groups


@every_outlet
def test_page_templates_expand_to_addresses(outlet: Outlet) -> None:
    for template in outlet.discover.pages:
        assert re.fullmatch(r"https://[a-z0-9.-]+/[A-Za-z0-9._~/?=&%-]*", expand(template))


@every_outlet
def test_listing_pages_are_no_articles(outlet: Outlet) -> None:
    assert not any(is_article(expand(template), outlet) for template in outlet.discover.pages)


def test_dates_in_templates_read_as_the_sites_do() -> None:
    expanded = {name: expand(REGISTRY.get(name).discover.pages[0]) for name in ("detik", "sindonews", "okezone")}
    assert expanded == {
        "detik": "https://news.detik.com/indeks?date=07%2F24%2F2026&page=2",
        "sindonews": "https://www.sindonews.com/indeks/0/20?t=2026-07-24",
        "okezone": "https://index.okezone.com/bydate/channel/2026/07/24/1/15/",
    }


def test_no_source_is_declared_twice() -> None:
    counts = Counter(re.sub(r"^https?://(www\.)?", "", url) for outlet in OUTLETS for url in sources(outlet))
    assert [url for url, count in counts.items() if count > 1] == []


def test_no_domain_is_declared_twice() -> None:
    counts = Counter(domain for outlet in OUTLETS for domain in outlet.domains)
    assert [domain for domain, count in counts.items() if count > 1] == []


def test_seed_outlets_are_shipped() -> None:
    assert [outlet.name for outlet in OUTLETS if "seed" in outlet.groups] == ["bharata", "cri", "rakyatku"]


def test_republika_is_marked_as_blocked() -> None:
    assert [outlet.name for outlet in OUTLETS if outlet.status == "blocked"] == ["republika"]
