from datetime import UTC, date, datetime

import pytest

from core.models import Candidate
from crawler.discovery.result import SourceResult
from crawler.discovery.walks import MAX_LISTING_PAGES, Walk
from crawler.spiders.outlet_crawl import ListingWalk
from database.ledger import SourceState

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STATE = SourceState(1, "https://kabar.example/indeks?page=1", "listing", None, None, None, None, None, None, None, 0)
PAGED, SINGLE = Walk("https://kabar.example/indeks?page={page}"), Walk("https://kabar.example/indeks")
DAY = Walk("https://kabar.example/indeks?date={date:%Y-%m-%d}&page={page}", date(2026, 11, 21))


def reading(*numbers: int) -> SourceResult:
    return SourceResult(tuple(Candidate(f"https://kabar.example/berita/{number}") for number in numbers))


def test_a_walk_goes_on_while_something_is_new() -> None:
    assert not ListingWalk(PAGED, STATE, NOW).is_last(reading(1, 2), fresh=1)


def test_a_walk_ends_where_nothing_is_new() -> None:
    assert ListingWalk(PAGED, STATE, NOW).is_last(reading(1, 2), fresh=0)


def test_a_page_given_again_ends_the_walk() -> None:
    second = ListingWalk(PAGED, STATE, NOW).next_page(reading(1, 2), [])
    assert second.page == 2
    assert second.url == "https://kabar.example/indeks?page=2"
    assert second.is_last(reading(2, 1), fresh=2)
    assert not second.is_last(reading(2, 3), fresh=1)


def test_a_listing_of_one_page_has_no_second() -> None:
    assert ListingWalk(SINGLE, STATE, NOW).is_last(reading(1), fresh=1)


@pytest.mark.parametrize(("walk", "page", "allowed"), [(PAGED, 1, False), (PAGED, 2, True), (DAY, 1, True)])
def test_only_some_pages_may_be_empty(walk: Walk, page: int, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    assert ListingWalk(walk, STATE, NOW, page=page).may_be_empty is allowed


def test_no_walk_goes_on_for_ever() -> None:
    assert ListingWalk(PAGED, STATE, NOW, page=MAX_LISTING_PAGES).truncated
