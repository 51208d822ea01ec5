"""Paging: every hit once, in order, whatever a crawl stores meanwhile."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from search import ranking
from search.choices import SORTS, Sort
from search.query import parse_query
from search.ranking import Orders
from search.results import CursorError, Results, count, search
from search.selection import Selection
from tests.database.made_stories import TEN, add_copy, add_story

GRAIN = Selection(parse_query("gandum"))
OUTLETS = ("samudra", "lentera", "cakrawala", "kabar")


@pytest.fixture
def archive(session: Session) -> Session:
    """Ninety articles about grain of different length and rank; a third is in stories of three, some are undated."""
    rng = random.Random(4)
    ids = []
    for number in range(90):
        text = "Gandum tiba di pelabuhan. " * rng.randint(1, 4) + "Kapal berlabuh malam. " * rng.randint(0, 5)
        at = None if number % 17 == 0 else TEN + timedelta(hours=rng.randint(0, 500))
        values = {"text": f"{text}{number}", "seed_similarity": rng.choice([None, 0.1, 0.4, 0.4, 0.9])}
        ids.append(add_copy(session, OUTLETS[number % 4], at, f"Kabar {number}", **values))
    rng.shuffle(ids)
    for first in range(0, 30, 3):
        add_story(session, ids[first : first + 3])
    return session


def pages(
    session: Session, sort: Sort, *, copies: bool = False, orders: Orders | None = None, limit: int = 7
) -> Iterator[Results]:
    page = search(session, GRAIN, sort=sort, copies=copies, limit=limit, orders=orders)
    yield page
    while page.after:
        page = search(session, GRAIN, sort=sort, copies=copies, limit=limit, after=page.after, orders=orders)
        yield page


def listed(session: Session, sort: Sort, *, copies: bool = False) -> list[int]:
    return [hit.article.id for hit in search(session, GRAIN, sort=sort, copies=copies, limit=None).hits]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize("ranked", [10_000, 20])
def test_pages_make_the_whole_list(
    archive: Session, monkeypatch: pytest.MonkeyPatch, sort: Sort, *, copies: bool, ranked: int
) -> None:
    monkeypatch.setattr(ranking, "RANKED", ranked)
    whole = listed(archive, sort, copies=copies)
    paged = [hit.article.id for page in pages(archive, sort, copies=copies) for hit in page.hits]
    assert paged == whole
    assert len(set(whole)) == len(whole) == (90 if copies else 70)


@pytest.mark.parametrize("sort", SORTS)
def test_a_story_is_listed_once_however_far_its_articles_lie_apart(
    archive: Session, monkeypatch: pytest.MonkeyPatch, sort: Sort
) -> None:
    in_one = [hit.article for hit in search(archive, GRAIN, sort=sort, limit=None).hits]
    monkeypatch.setattr(ranking, "RANKED", 5)
    in_many = [hit.article for hit in search(archive, GRAIN, sort=sort, limit=None).hits]
    told = [article.story_id for article in in_many if article.story_id]
    assert len(told) == len(set(told)) == 10
    assert len(in_many) == len(in_one)
    if sort != "relevance":
        assert in_many == in_one


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_stored_meanwhile_moves_nothing(archive: Session, sort: Sort) -> None:
    before = listed(archive, sort)
    paged: list[int] = []
    for number, page in enumerate(pages(archive, sort, orders=Orders())):
        paged += [hit.article.id for hit in page.hits]
        assert page.total == len(before)
        for more in range(5):
            text = "Gandum " * (more + 1) + "kapal baru " * number
            add_copy(archive, "samudra", TEN + timedelta(days=9 * more), f"Gandum {number}.{more}", text=text)
        archive.commit()
    assert paged == before


def test_without_kept_orders_it_goes_on_behind_the_last_hit(archive: Session) -> None:
    before = listed(archive, "newest")
    page = search(archive, GRAIN, sort="newest", limit=9)
    first = [hit.article.id for hit in page.hits]
    add_copy(archive, "samudra", TEN + timedelta(days=90), "Paling baru")
    again = search(archive, GRAIN, sort="newest", limit=None, after=page.after)
    assert len(first) == 9
    assert first + [hit.article.id for hit in again.hits] == before


def test_numbers_of_a_full_tier_are_said_to_be_at_least(archive: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "RANKED", 20)
    found = search(archive, GRAIN, limit=3)
    assert (found.with_copies, found.exact) == (20, False)
    monkeypatch.setattr(ranking, "RANKED", 90)
    found = search(archive, GRAIN, limit=3)
    exact = count(archive, GRAIN)
    assert (found.total, found.with_copies, found.exact) == (70, 90, True) == (exact.total, exact.with_copies, True)


def test_similar_ones_first_and_unknown_ones_last(archive: Session) -> None:
    known = [hit.article.seed_similarity for hit in search(archive, GRAIN, sort="similarity", limit=None).hits]
    numbers = [one for one in known if one is not None]
    assert numbers == sorted(numbers, reverse=True)
    assert known[: len(numbers)] == numbers
    assert None in known


def test_without_words_the_newest_come_first(archive: Session) -> None:
    hits = search(archive, Selection(), limit=5).hits
    assert hits == search(archive, Selection(), sort="newest", limit=5).hits
    dates = [hit.article.published_at for hit in hits]
    assert dates == sorted(dates, key=lambda at: at or TEN, reverse=True)


@pytest.mark.parametrize(
    "after", ["x", "bm90IGEgY3Vyc29y", "WzEsMl0", "é", "WzEsbnVsbCxudWxsLC0xLDAsMCwwLDFd", "A" * 400]
)
def test_a_cursor_that_was_not_ours_is_refused(archive: Session, after: str) -> None:
    with pytest.raises(CursorError, match="start again"):
        search(archive, GRAIN, after=after)
