from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from alerts.matches import find_new_matches, save_matches
from alerts.watchlists import Watchlist
from database.alerts import deliveries
from tests.alerts.lists import watchlist
from tests.alerts.news import GRAIN, HOUR, NOW, come, merge, revise
from tests.database.made_stories import add_story

Look = Callable[..., tuple[int, ...]]
DAY = timedelta(days=1)
OTHER = "Harga beras naik."


@pytest.fixture
def one(tmp_path: Path) -> Watchlist:
    return watchlist(tmp_path)


@pytest.fixture
def look(session: Session, one: Watchlist) -> Look:
    """Looks for what is new, remembers it, and gives the articles to tell of."""

    def looking(now: datetime = NOW, wanted: Watchlist = one, since: datetime | None = None) -> tuple[int, ...]:
        news = find_new_matches(session, wanted, now, since)
        save_matches(session, wanted, news, [], now)
        session.commit()
        return news.new

    return looking


def test_a_watchlist_begins_with_what_is_stored_from_now_on(session: Session, look: Look) -> None:
    come(session, "Lama")
    assert look() == ()
    new = come(session, "Baru")
    come(session, "Beras", OTHER)
    assert look() == (new,)
    assert look() == ()


def test_it_may_begin_with_what_is_stored_already(session: Session, look: Look, tmp_path: Path) -> None:
    come(session, "Lama", published_at=NOW - 40 * DAY)
    first = come(session, "Pertama", published_at=NOW - 2 * DAY)
    second = come(session, "Kedua", published_at=NOW - DAY)
    come(session, "Tanpa tanggal", published_at=None)
    assert look(since=NOW - 3 * DAY) == (first, second)
    declared = watchlist(tmp_path, "lain", extra="since = 2024-09-30")
    assert look(wanted=declared) == (second,)
    assert look(since=NOW - 50 * DAY) == ()


def test_what_was_published_first_is_told_first(session: Session, look: Look) -> None:
    look()
    later = come(session, "Kemudian", published_at=NOW)
    earlier = come(session, "Dahulu", published_at=NOW - DAY)
    undated = come(session, "Entah", published_at=None, first_seen_at=NOW - HOUR)
    assert look() == (earlier, undated, later)


def test_copies_are_told_once_by_the_first_publisher(session: Session, look: Look) -> None:
    look()
    copy = come(session, "Salinan", outlet="lentera", published_at=NOW)
    original = come(session, "Asli", published_at=NOW - HOUR)
    add_story(session, [copy, original])
    assert look() == (original,)
    later = come(session, "Salinan Lagi", outlet="cakrawala", published_at=NOW - 2 * HOUR)
    session.commit()
    add_story(session, [copy, original, later])
    assert look() == ()


def test_a_copy_of_what_was_alone_when_it_was_told_is_no_news(session: Session, look: Look) -> None:
    look()
    first = come(session, "Sendiri")
    assert look() == (first,)
    add_story(session, [first, come(session, "Salinan", outlet="lentera")])
    assert look() == ()


def test_stories_that_become_one_are_not_told_again(session: Session, look: Look) -> None:
    look()
    pairs = [[come(session, f"Judul {number}{place}") for place in "ab"] for number in range(2)]
    kept, other = (add_story(session, pair) for pair in pairs)
    assert look() == (pairs[0][0], pairs[1][0])
    merge(session, kept, other)
    third = come(session, "Judul 3")
    add_story(session, [pairs[0][0], pairs[0][1], *pairs[1], third])
    assert look() == ()


def test_a_new_copy_of_what_was_there_before_is_news(session: Session, look: Look) -> None:
    old = come(session, "Lama")
    look()
    copy = come(session, "Salinan", outlet="lentera")
    add_story(session, [old, copy])
    assert look() == (copy,)


def test_edits_are_not_told_again(session: Session, look: Look) -> None:
    before = come(session, "Sebelumnya")
    look()
    told = come(session, "Kemudian")
    assert look() == (told,)
    revise(session, told, f"{GRAIN} Diralat.")
    revise(session, before, f"{GRAIN} Diralat juga.")
    assert look(NOW + HOUR) == ()


def test_what_is_revised_into_a_match_is_told(session: Session, look: Look) -> None:
    before, after = come(session, "Beras", OTHER), None
    look()
    after = come(session, "Beras Lagi", OTHER)
    assert look() == ()
    revise(session, before, GRAIN, NOW + HOUR)
    revise(session, after, GRAIN, NOW + HOUR)
    assert look(NOW + 2 * HOUR) == (before, after)
    assert look(NOW + 3 * HOUR) == ()


def test_a_revision_that_was_committed_late_is_seen(session: Session, look: Look) -> None:
    article = come(session, "Beras", OTHER)
    look(NOW)
    revise(session, article, GRAIN, NOW - timedelta(minutes=5))
    assert look(NOW + HOUR) == (article,)


def test_what_stops_matching_and_matches_again_is_told_once(session: Session, look: Look) -> None:
    look()
    article = come(session, "Kapal")
    assert look() == (article,)
    revise(session, article, OTHER, NOW)
    assert look(NOW + HOUR) == ()
    revise(session, article, GRAIN, NOW + 2 * HOUR)
    assert look(NOW + 3 * HOUR) == ()


def test_seeds_are_no_news(session: Session, look: Look) -> None:
    look()
    come(session, "Benih", origin="seed")
    assert look() == ()


def test_filters_narrow_a_watchlist(session: Session, look: Look, tmp_path: Path) -> None:
    narrow = watchlist(tmp_path, "sempit", extra="outlets = ['lentera']\nlanguages = ['id']\nsections = ['dunia']")
    look(wanted=narrow)
    come(session, "Di Samudra", section="Dunia", language="id")
    come(session, "Melayu", outlet="lentera", section="Dunia", language="ms")
    meant = come(session, "Di Lentera", outlet="lentera", section="Dunia", language="id")
    assert look(wanted=narrow) == (meant,)


def test_another_query_begins_with_what_is_stored_from_then_on(session: Session, look: Look, tmp_path: Path) -> None:
    look()
    grain, rice = come(session, "Kapal"), come(session, "Beras", OTHER)
    assert look() == (grain,)
    changed = watchlist(tmp_path, query="gandum OR beras")
    new = come(session, "Beras Baru", OTHER)
    assert look(wanted=changed) == (new,)
    revise(session, rice, f"{OTHER} Diralat.", NOW)
    assert look(NOW + HOUR, changed) == ()
    assert look(NOW + HOUR) == ()


def test_one_that_was_off_begins_anew(session: Session, look: Look, one: Watchlist) -> None:
    look()
    deliveries.pause_watches(session, [one.name])
    come(session, "Sementara Itu")
    assert look() == ()
    new = come(session, "Sesudahnya")
    assert look() == (new,)


def test_not_only_positive_queries_are_watched(session: Session, look: Look, tmp_path: Path) -> None:
    without = watchlist(tmp_path, "tanpa", query="NOT gandum")
    look(wanted=without)
    come(session, "Kapal")
    rice = come(session, "Beras", OTHER)
    assert look(wanted=without) == (rice,)
