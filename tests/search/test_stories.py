from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Story
from search.query import parse_query
from search.selection import Selection
from search.stories import Lag, StoryPosition, StoryView, find_stories, load_stories, stories_of
from tests.database.made_stories import TEN, add_copy, add_story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def archive(session: Session) -> Session:
    """Stories 1 (three outlets, October's), 2 (two outlets), 3 (two outlets, an article more), 4 (one), 5 (undated)."""
    ids = [
        add_copy(session, outlet, TEN + 30 * DAY + n * HOUR) for n, outlet in enumerate(["samudra", "lentera", "kota"])
    ]
    add_story(session, ids)
    flood = [add_copy(session, outlet, TEN, "Banjir Surut", text="Banjir surut.") for outlet in ("kota", "lentera")]
    add_story(session, flood)
    add_story(session, [add_copy(session, outlet, TEN, "Harga Beras") for outlet in ("kota", "samudra", "samudra")])
    add_story(session, [add_copy(session, "kota", TEN, "Cuaca") for _ in range(9)])
    add_story(session, [add_copy(session, outlet, None, "Lama") for outlet in ("kota", "samudra")])
    return session


def numbers(session: Session, min_outlets: int = 2, **narrowed: object) -> list[int]:
    return [one.id for one in find_stories(session, Selection(**narrowed), min_outlets=min_outlets).items]  # type: ignore[arg-type]


def test_stories_come_by_reach_then_articles_then_age(archive: Session) -> None:
    assert numbers(archive) == [1, 3, 2, 5]
    assert numbers(archive, min_outlets=1) == [1, 3, 2, 5, 4]
    assert numbers(archive, min_outlets=3) == [1]


def test_the_total_counts_what_the_limit_leaves_out(archive: Session) -> None:
    found = find_stories(archive, Selection(), min_outlets=2, limit=1)
    assert (found.total, [one.id for one in found.items]) == (4, [1])


def test_pages_hold_each_story_once(archive: Session) -> None:
    pages: list[list[int]] = []
    after = None
    while not pages or after is not None:
        found = find_stories(archive, Selection(), min_outlets=1, limit=2, after=after)
        pages.append([one.id for one in found.items])
        assert found.total == 5
        after = found.after
    assert pages == [[1, 3], [2, 5], [4]]


def test_a_story_that_goes_further_meanwhile_moves_no_other(archive: Session) -> None:
    first = find_stories(archive, Selection(), min_outlets=2, limit=2)
    archive.get_one(Story, 5).outlets = 9
    archive.flush()
    assert [one.id for one in find_stories(archive, Selection(), min_outlets=2, after=first.after).items] == [2]


def test_behind_the_last_story_there_is_none(archive: Session) -> None:
    for at in (None, TEN):
        found = find_stories(archive, Selection(), min_outlets=2, after=StoryPosition(0, 0, at, 0))
        assert (found.total, found.items, found.after) == (4, [], None)


def test_undated_stories_follow_each_other(session: Session) -> None:
    for _ in range(3):
        add_story(session, [add_copy(session, outlet, None, "Lama") for outlet in ("kota", "samudra")])
    first = find_stories(session, Selection(), min_outlets=2, limit=1)
    assert first.after == StoryPosition(2, 2, None, 3)
    assert [one.id for one in find_stories(session, Selection(), min_outlets=2, after=first.after).items] == [2, 1]


def test_the_period_is_that_of_the_first_publication(archive: Session) -> None:
    assert numbers(archive, since=TEN + DAY) == [1]
    assert numbers(archive, until=TEN + DAY) == [3, 2]
    assert numbers(archive, since=TEN + 30 * DAY + HOUR) == []


def test_an_article_s_words_and_outlet_find_its_story(archive: Session) -> None:
    assert numbers(archive, query=parse_query("banjir")) == [2]
    assert numbers(archive, query=parse_query("NOT gandum")) == [2]
    assert numbers(archive, outlets=("lentera",)) == [1, 2]
    assert numbers(archive, outlets=("tiada",)) == []


def test_articles_come_in_order_of_publication(session: Session) -> None:
    undated = add_copy(session, "antara", None)
    day = add_copy(session, "kota", TEN - 3 * HOUR, published_precision="day")
    late = add_copy(session, "lentera", TEN + HOUR)
    nameless = add_copy(session, None, TEN)
    early = add_copy(session, "samudra", TEN)
    told = story(session, add_story(session, [undated, day, late, nameless, early]))
    assert [member.id for member in told.members] == [nameless, early, late, day, undated]
    assert told.outlets == ("samudra", "lentera", "kota", "antara")


def test_lags_are_as_exact_as_what_is_known(session: Session) -> None:
    first = add_copy(session, "samudra", TEN)
    exact = add_copy(session, "lentera", TEN + HOUR / 2)
    day = add_copy(session, "kota", TEN + 2 * DAY - 3 * HOUR, published_precision="day")
    undated = add_copy(session, "antara", None)
    told = story(session, add_story(session, [first, exact, day, undated]))
    assert [told.lag(member) for member in told.members] == [
        Lag(0 * HOUR, exact=True), Lag(HOUR / 2, exact=True), Lag(2 * DAY, exact=False), None
    ]  # fmt: skip


def test_a_story_that_was_merged_meanwhile_is_left_out(archive: Session) -> None:
    article = archive.get_one(StoredArticle, 1)
    archive.execute(update(StoredArticle).values(story_id=2).execution_options(synchronize_session=False))
    assert (article.story_id, stories_of(archive, [article])) == (1, {})


def story(session: Session, story_id: int) -> StoryView:
    return load_stories(session, [story_id])[story_id]
