from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from core.scheduling.gaps import (
    KEPT,
    Entry,
    MissedArticles,
    PreviousListing,
    date_range,
    find_missed,
    find_pinned,
    newest_first,
    order_by_arrival,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(number: int) -> datetime:
    """Article 0 was published now, and one every hour before it, so that higher numbers are newer: -5 … -1, 0."""
    return NOW + number * HOUR


def dated(*numbers: int) -> list[Entry]:
    return [Entry(number, at(number)) for number in numbers]


def undated(*numbers: int) -> list[Entry]:
    return [Entry(number) for number in numbers]


def scroll(newest: int, size: int = 20) -> range:
    """What a feed of that size lists when this article is its newest."""
    return range(newest, newest - size, -1)


def judged(
    before: Sequence[int],
    entries: list[Entry],
    *,
    dates: bool = True,
    now: datetime = NOW,
    sitemap: bool = False,
    a_day: float | None = None,
) -> MissedArticles | None:
    """What is missing between a reading and one of these entries, of which it named none that it did not list."""
    known = {one: at(one) for one in before} if dates else {}
    read = PreviousListing(before, known, at(max(before)))
    fresh = {entry.id for entry in entries} - set(before)
    return find_missed(read, entries, fresh, now, usual=usual(a_day), sitemap=sitemap)


def usual(a_day: float | None) -> Callable[[datetime, datetime], float | None]:
    return lambda start, end: None if a_day is None else a_day * ((end - start) / DAY)


def test_overlap_is_no_gap() -> None:
    assert judged(scroll(-19), dated(*scroll(0))) is None
    assert judged(scroll(-19), undated(*scroll(0)), dates=False) is None


@pytest.mark.parametrize("size", [3, 4, 10, 60])
def test_gap_is_where_nothing_is_left_of_the_reading_before(size: int) -> None:
    for new in range(1, 2 * size):
        overlap = new < size
        assert (judged(scroll(-new, size), dated(*scroll(0, size))) is None) == overlap
        assert (judged(scroll(-new, size), undated(*scroll(0, size)), dates=False) is None) == overlap


def test_no_overlap_is_a_gap_of_the_articles_between() -> None:
    assert judged(scroll(-49), dated(*scroll(0))) == MissedArticles(at(-49), at(-19), 29)


def test_undated_gap_is_estimated_from_what_is_known_by_now() -> None:
    assert judged(scroll(-49), undated(*scroll(0))) == MissedArticles(at(-49), NOW, 29)


def test_long_gap_is_estimated_from_what_is_usual() -> None:
    assert judged(scroll(-49), dated(*scroll(0)), a_day=48) == MissedArticles(at(-49), at(-19), 59)
    assert judged(scroll(-49), undated(*scroll(0)), dates=False, a_day=48) == MissedArticles(at(-49), NOW, 78)
    assert judged(scroll(-22), dated(*scroll(0)), a_day=48) == MissedArticles(at(-22), at(-19), 5)


def test_short_gap_is_estimated_from_what_came_before_and_after() -> None:
    assert judged(scroll(-21), dated(*scroll(0)), a_day=480) == MissedArticles(at(-21), at(-19), 1)


def test_gap_that_nothing_tells_of_is_one_article_at_least() -> None:
    assert judged(scroll(-49), undated(*scroll(0)), dates=False) == MissedArticles(at(-49), NOW, 1)


def test_estimate_stays_below_what_any_outlet_publishes() -> None:
    entries = [Entry(number, NOW - timedelta(seconds=20 - number)) for number in range(20, 0, -1)]
    missed = judged(scroll(-49), entries)
    assert missed is not None
    assert missed.estimate == round((missed.until - missed.since) / DAY * 2000)


def test_pinned_entries_hide_no_gap() -> None:
    before = [*scroll(-49), -900, -901]  # in the order of their coming
    for pins in (dated(-900), dated(-900, -901)):
        found = judged(before, [*pins, *dated(*scroll(0))])
        assert found
        assert found == MissedArticles(at(-49), at(-19), 29)
    assert judged(before, undated(-900, -901, *scroll(0)), dates=False)


def test_pinned_entry_with_a_new_date_each_day_hides_no_gap() -> None:
    assert judged([*scroll(-49), -900], [Entry(-900, NOW), *dated(*scroll(0))])


def test_article_pinned_since_the_last_poll_hides_no_gap() -> None:
    assert judged(scroll(-49), dated(-49, *scroll(0)))
    assert judged(scroll(-49), undated(-49, *scroll(0)), dates=False)


def test_last_one_left_of_those_listed_before_is_an_overlap() -> None:
    assert judged(scroll(-19), dated(*scroll(0))) is None
    assert judged(scroll(-19), undated(*scroll(0)), dates=False) is None


def test_takedowns_are_no_gap() -> None:
    left = [one for one in scroll(-17) if one not in (-17, -18)]
    assert judged(scroll(-17), dated(*scroll(0, 18), *left[:1])) is None
    assert judged([-3, -4], dated(*scroll(0, 3))) is None
    assert judged([-3, -4, -5], dated(0, -1, -5)) is None


def test_shuffled_feed_is_no_gap() -> None:
    before = [-3, -17, -9, -1, -12, -5, -20, -7]
    assert judged(before, undated(-20, -7, -2, -9, -4, -11, -1, -30), dates=False) is None


def test_new_dates_for_old_articles_are_no_gap() -> None:
    again = [Entry(number, NOW) for number in scroll(-1)]
    assert judged(scroll(-2), again) is None


def test_new_addresses_for_the_same_days_are_no_gap() -> None:
    moved = [Entry(1000 + number, at(number)) for number in scroll(0)]
    assert judged(scroll(-5), moved) is None


def test_shorter_listing_is_no_gap() -> None:
    assert judged(scroll(-49), dated(*scroll(0, 5))) is None


def test_nothing_new_is_no_gap() -> None:
    before = PreviousListing(list(scroll(-49)), {}, at(-49))
    assert find_missed(before, dated(*scroll(-100)), set(), NOW, usual=usual(None)) is None


def test_sitemap_that_begins_a_new_month_is_no_gap() -> None:
    now = datetime(2026, 12, 1, 6, tzinfo=UTC)
    numbers = [round((now - NOW) / HOUR) - one for one in range(10)]
    before = scroll(numbers[-1] - 8)
    assert judged(before, dated(*numbers), now=now, sitemap=True) is None
    assert judged(before, dated(*numbers), now=now)


def test_sitemap_may_begin_with_its_oldest() -> None:
    entries = newest_first(dated(*reversed(scroll(0))))
    assert [entry.id for entry in entries] == list(scroll(0))
    assert judged(scroll(-19), undated(*reversed(scroll(0))), dates=False, sitemap=True) is None


def test_order_is_that_of_coming() -> None:
    assert order_by_arrival([], dated(-2, -1, 0), {0, -1, -2}) == [0, -1, -2]
    assert order_by_arrival([3, 2, 1], undated(1, 5, 4, 3, 2), {4, 5}) == [5, 4, 3, 2, 1]
    assert order_by_arrival([3, 2, 1], undated(9, 4, 3, 8), {4}) == [
        4,
        3,
        9,
        8,
    ]  # 8 and 9 were listed once, and are again
    assert len(order_by_arrival([], undated(*range(1000)), set(range(1000)))) == KEPT


def test_what_comes_in_behind_the_oldest_is_not_new() -> None:
    assert order_by_arrival([-1, -2, -3], dated(0, -1, -2, -3, -8, -9), {0, -8, -9}) == [0, -1, -2, -3, -8, -9]


def test_longer_listing_tells_no_gap_later() -> None:
    before = order_by_arrival(list(scroll(0)), dated(*scroll(0, 60)), set(scroll(-20, 40)))
    assert judged(before, dated(*scroll(45, 60)), now=at(45)) is None


def test_pinned_ones_do_not_count_as_the_oldest() -> None:
    fresh = [*dated(-900, -901), *dated(*scroll(0))]
    assert find_pinned([], fresh) == {-900, -901}
    assert date_range(fresh, find_pinned([], fresh)) == (at(-19), NOW)
    beneath = [*dated(*scroll(0)), *dated(-900)]
    assert find_pinned([*scroll(-2), -900], beneath) == set()  # -20 and -21 may have been taken down
    assert find_pinned([*scroll(-3), -900], beneath) == {-900}


def test_source_without_order_has_no_pinned_ones() -> None:
    shuffled = dated(-13, -17, -9, -11, -12, -5, -20, -7, 0, -1, -2, -3)
    assert find_pinned([], shuffled) == set()
    assert date_range(undated(1, 2), set()) is None
