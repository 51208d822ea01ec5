import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.scheduling.polling import (
    CEILING,
    FLOOR,
    LONGEST,
    RETRY_LATEST,
    START,
    START_CEILING,
    Listed,
    PollHints,
    PollSchedule,
    after_failure,
    after_listing,
    after_unchanged,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2024, 9, 9, 2, tzinfo=UTC)  # Monday, 09.00 WIB
FREE = PollHints()


def learned(
    a_day: Mapping[int, int] | int, *, entries: int = 20, days: int = 5, pace: PollHints = FREE
) -> PollSchedule:
    """The rhythm at ``NOW`` of what gave so many articles a day for five days, or in each hour (UTC) so many."""
    rhythm: PollSchedule | None = None
    for at, count in hourly(a_day, days):
        listed = Listed(entries, count, None, None)
        rhythm = after_listing(rhythm.memory if rhythm else {}, listed, pace, last_at=at - HOUR, now=at)
    assert rhythm
    return rhythm


def hourly(a_day: Mapping[int, int] | int, days: int) -> Iterator[tuple[datetime, int]]:
    for passed in range(days * 24):
        at = NOW - days * DAY + (passed + 1) * HOUR
        if isinstance(a_day, int):
            yield at, (passed + 1) * a_day // 24 - passed * a_day // 24
        else:
            yield at, a_day.get((at - HOUR).hour, 0)


def again(memory: Mapping[str, Any], fresh: int, after: timedelta, **changes: Any) -> PollSchedule:
    """The rhythm after one more reading, so long after ``NOW``."""
    listed = Listed(**{"entries": 20, "fresh": fresh, "oldest": None, "newest": None} | changes)
    return after_listing(memory, listed, FREE, last_at=NOW, now=NOW + after)


def test_a_listing_is_asked_again_before_a_third_of_it_is_replaced() -> None:
    rhythm = learned(240)
    assert 30 * MINUTE < rhythm.interval < 40 * MINUTE  # 20 entries at ten an hour
    assert rhythm.due_at == NOW + rhythm.interval


def test_a_busy_listing_is_asked_again_before_half_of_it_is_replaced() -> None:
    assert 10 * MINUTE < learned(960).interval < 15 * MINUTE  # 20 entries at forty an hour


def test_a_longer_listing_is_asked_less_often() -> None:
    assert 4 * learned(240).interval < learned(240, entries=100).interval


def test_nights_and_mornings_are_told_apart() -> None:
    busy = learned(dict.fromkeys(range(10), 15))  # from 7 to 17 WIB
    evening = NOW + 10 * HOUR
    assert busy.interval < HOUR
    quiet = after_listing(busy.memory, Listed(20, 1, None, None), FREE, last_at=evening - HOUR, now=evening)
    assert quiet.interval == CEILING
    before_dawn = NOW - 3 * HOUR + DAY
    dawn = after_unchanged(quiet.memory, FREE, last_at=before_dawn - HOUR, now=before_dawn)
    assert HOUR < dawn.interval < 2 * HOUR  # an hour till the first, half an hour for its share


def test_a_live_source_waits_six_hours_at_most() -> None:
    assert learned(2, entries=100).interval == CEILING


def test_no_source_is_asked_more_than_every_two_minutes() -> None:
    assert learned(20_000, entries=10).interval == FLOOR


def test_a_burst_is_followed_at_once() -> None:
    usual = learned(240)
    burst = again(usual.memory, 18, 30 * MINUTE)
    assert burst.interval < 0.6 * usual.interval
    calm = after_listing(
        burst.memory, Listed(20, 1, None, None), FREE, last_at=NOW + 30 * MINUTE, now=NOW + 40 * MINUTE
    )
    assert calm.interval > 1.5 * burst.interval


def test_a_burst_at_night_does_not_hurry_the_morning() -> None:
    daytime = learned(dict.fromkeys(range(10), 15))
    at = NOW + 14 * HOUR
    burst = after_listing(daytime.memory, Listed(20, 5, None, None), FREE, last_at=at - HOUR, now=at)
    assert burst.interval > HOUR


def test_after_a_gap_it_is_asked_much_sooner() -> None:
    usual = learned(240)
    gap = again(usual.memory, 20, HOUR, gap=True)
    assert gap.interval < usual.interval / 3


def test_a_gap_that_an_absence_explains_is_no_surge() -> None:
    usual = learned(240)
    gap = after_listing(usual.memory, Listed(20, 20, None, None, gap=True), FREE, last_at=NOW, now=NOW + 7 * DAY)
    assert gap.interval > usual.interval / 3


def test_the_first_listing_tells_its_rate_by_its_dates() -> None:
    first = after_listing({}, Listed(20, 20, NOW - 2 * HOUR, NOW), FREE, last_at=None, now=NOW)
    assert 20 * MINUTE < first.interval < 40 * MINUTE


def test_a_first_listing_without_dates_is_asked_again_soon() -> None:
    first = after_listing({}, Listed(20, 20, None, None), FREE, last_at=None, now=NOW)
    assert first.interval == START
    second = after_unchanged(first.memory, FREE, last_at=NOW, now=NOW + START)
    assert START < second.interval <= START_CEILING


@pytest.mark.parametrize(
    "oldest", [NOW + DAY, NOW, datetime(1970, 1, 1, tzinfo=UTC)], ids=["ahead", "all now", "epoch"]
)
def test_wrong_dates_mislead_for_an_hour_at_most(oldest: datetime) -> None:
    first = after_listing({}, Listed(20, 20, oldest, NOW), FREE, last_at=None, now=NOW)
    assert FLOOR <= first.interval <= START_CEILING
    memory, at = first.memory, NOW
    for _ in range(48):
        last_at, at = at, at + HOUR
        memory = after_listing(memory, Listed(20, 2, oldest, at), FREE, last_at=last_at, now=at).memory
    settled = after_listing(memory, Listed(20, 2, oldest, at), FREE, last_at=at, now=at + HOUR)
    assert 2 * HOUR < settled.interval < CEILING


def test_a_source_that_gives_nothing_is_asked_every_three_days_in_the_end() -> None:
    rhythm, last_at, intervals = learned(20), NOW, []
    while last_at < NOW + 30 * DAY:
        at = rhythm.due_at
        rhythm = after_unchanged(rhythm.memory, FREE, last_at=last_at, now=at)
        last_at = at
        intervals.append(rhythm.interval)
    assert intervals[-1] == LONGEST
    assert len(intervals) < 40
    news = after_listing(rhythm.memory, Listed(20, 1, None, None), FREE, last_at=last_at, now=rhythm.due_at)
    assert news.interval == CEILING


def test_a_hint_is_obeyed_where_the_listing_covers_it() -> None:
    hinted = PollHints(at_most_every=HOUR)
    assert learned(50, pace=PollHints(at_most_every=4 * HOUR)).interval == 4 * HOUR
    assert learned(220, pace=hinted).interval == HOUR


def test_a_hint_is_not_obeyed_beyond_what_the_listing_covers() -> None:
    hinted = learned(480, pace=PollHints(at_most_every=HOUR)).interval  # its 20 entries last an hour
    assert learned(480).interval < hinted < 40 * MINUTE


def test_no_hint_keeps_away_for_more_than_three_days() -> None:
    assert learned(1, entries=100, pace=PollHints(at_most_every=90 * DAY)).interval == LONGEST


def test_the_declaration_has_the_last_word() -> None:
    assert learned(2_000, pace=PollHints(shortest=HOUR)).interval == HOUR
    assert learned(2, pace=PollHints(at_most_every=6 * HOUR, longest=HOUR)).interval == HOUR
    assert after_failure({}, 1, PollHints(shortest=2 * HOUR), now=NOW).interval == 2 * HOUR


def test_retry_after_is_waited_for_whatever_else() -> None:
    told = PollHints(retry_after=5 * DAY, longest=HOUR)
    assert after_failure(learned(240).memory, 1, told, now=NOW).interval == 5 * DAY
    assert learned(2_000, pace=PollHints(retry_after=HOUR)).interval == HOUR


def test_a_first_failure_is_retried_within_half_an_hour() -> None:
    assert after_failure(learned(2).memory, 1, FREE, now=NOW).interval == RETRY_LATEST
    assert after_failure(learned(480).memory, 1, FREE, now=NOW).interval < RETRY_LATEST


def test_failures_back_off_to_days() -> None:
    rhythm, failures, intervals = learned(240), 0, []
    while rhythm.due_at < NOW + 30 * DAY:
        failures += 1
        rhythm = after_failure(rhythm.memory, failures, FREE, now=rhythm.due_at)
        intervals.append(rhythm.interval)
    assert intervals[:20] == [RETRY_LATEST] * 20
    assert intervals[-1] == LONGEST
    assert len(intervals) < 50


def test_one_good_answer_restores_the_rhythm() -> None:
    before = learned(240)
    memory, at = before.memory, NOW
    for failures in range(1, 100):
        failed = after_failure(memory, failures, FREE, now=at)
        memory, at = failed.memory, failed.due_at
    after = after_listing(memory, Listed(20, 20, None, None, gap=True), FREE, last_at=NOW, now=at)
    assert after.interval <= HOUR
    assert after_failure(after.memory, 1, FREE, now=at).interval <= RETRY_LATEST


def test_what_is_kept_is_small_json() -> None:
    memory = learned(240).memory
    assert json.loads(json.dumps(memory)) == memory
    assert len(json.dumps(memory)) < 600


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"arrived": [1.0] * 23},
        {"watched": None},
        {"watched": ["1"] * 24},
        {"surge": float("nan")},
        {"entries": -1},
        {"news_at": 10**400},
        {"more": 1},
    ],
    ids=str,
)
def test_a_memory_of_another_kind_is_nothing_known(change: dict[str, Any]) -> None:
    memory = {**learned(240).memory, **change}
    nothing = after_unchanged({}, FREE, last_at=None, now=NOW)
    assert after_unchanged(memory, FREE, last_at=None, now=NOW) == nothing


def test_a_clock_that_was_set_back_changes_nothing_learned() -> None:
    before = learned(240)
    back = after_listing(before.memory, Listed(20, 3, None, None), FREE, last_at=NOW + DAY, now=NOW)
    assert back.memory["arrived"] == before.memory["arrived"]
    assert back.interval == before.interval


def test_the_same_answers_give_the_same_rhythm() -> None:
    assert learned(300) == learned(300)
    assert replace(learned(300), interval=HOUR) != learned(300)
