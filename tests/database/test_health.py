from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from database.health import Facts, judge

NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Facts(
    last_run_at=NOW - HOUR,
    last_run_failed=False,
    succeeded_at=NOW - HOUR,
    polled=3,
    failing=0,
    answered_at=NOW - HOUR,
    newest_at=NOW - 2 * HOUR,
    days=[12] * 30,
)


def words(**changes: Any) -> str:
    return judge(replace(WELL, **changes), NOW).words


def test_an_outlet_of_which_nothing_is_wrong_is_well() -> None:
    health = judge(WELL, NOW)
    assert (health.words, health.trouble) == ("well", False)


def test_an_outlet_without_runs_was_never_crawled() -> None:
    nothing = Facts(None, False, None, 0, 0, None, NOW - 9 * DAY, [0] * 30)  # noqa: FBT003 - seeds only
    assert judge(nothing, NOW).words == "never crawled"
    assert not judge(nothing, NOW).trouble


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_run_failed": True, "succeeded_at": NOW - 3 * DAY}, "failing since 12 Sep 2024"),
        ({"last_run_failed": True, "succeeded_at": None}, "failing from the beginning"),
        ({"failing": 3, "answered_at": datetime(2024, 9, 12, 18, tzinfo=UTC)}, "failing since 13 Sep 2024"),
        ({"failing": 3, "answered_at": None}, "failing from the beginning"),
        ({"failing": 1}, "1 of 3 sources fails"),
        ({"failing": 2}, "2 of 3 sources fail"),
    ],
)
def test_failures_are_told_with_their_beginning(changes: dict[str, Any], said: str) -> None:
    assert words(**changes) == said
    assert judge(replace(WELL, **changes), NOW).trouble


def test_runs_that_store_nothing_are_noticed() -> None:
    assert words(newest_at=None, days=[0] * 30) == "nothing stored yet"


@pytest.mark.parametrize(
    ("silent", "usual", "said"),
    [
        (5, 12, "silent for 5 days (usual 12 a day)"),
        (2, 3, "silent for 2 days (usual 3 a day)"),
        (2, 2, "well"),  # once in fifty times, that is chance
        (1, 90, "well"),  # a holiday
    ],
)
def test_silence_is_measured_by_what_is_usual(silent: int, usual: int, said: str) -> None:
    assert words(newest_at=NOW - silent * DAY, days=[usual] * (30 - silent) + [0] * silent) == said


def test_who_writes_seldom_may_be_silent_for_longer() -> None:
    weekly = [0, 0, 0, 1, 0, 0, 0] * 3
    assert words(newest_at=NOW - 12 * DAY, days=[*weekly, *[0] * 9]) == "well"
    twice = [1, 0, 0, 1, 0, 0, 1] * 2
    assert words(newest_at=NOW - 16 * DAY, days=[*twice, *[0] * 16]) == "silent for 16 days (usual 3 a week)"


def test_silence_beyond_the_last_days_has_nothing_usual() -> None:
    assert words(newest_at=NOW - 45 * DAY, days=[0] * 30) == "silent for 45 days"


def test_silence_counts_only_while_somebody_listened() -> None:
    listened: dict[str, Any] = {"last_run_at": NOW - 5 * DAY, "succeeded_at": NOW - 5 * DAY, "newest_at": NOW - 5 * DAY}
    assert words(**listened, days=[12] * 25 + [0] * 5) == "not crawled for 5 days"
    assert not judge(replace(WELL, **listened), NOW).trouble
