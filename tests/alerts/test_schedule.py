from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.schedule import next_attempt, read_schedule

JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = datetime(2024, 9, 14, 12, 0, 5, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("at once", NOON),
        ("hourly", datetime(2024, 9, 14, 13, tzinfo=JAKARTA)),
        ("daily 07:00", datetime(2024, 9, 15, 7, tzinfo=JAKARTA)),
        ("daily 12:01", datetime(2024, 9, 14, 12, 1, tzinfo=JAKARTA)),
        ("daily 12:01 Asia/Jayapura", datetime(2024, 9, 15, 10, 1, tzinfo=JAKARTA)),
        ("daily 14:01 WIT", datetime(2024, 9, 14, 12, 1, tzinfo=JAKARTA)),
    ],
)
def test_what_is_found_is_due_at_the_next_time(when: str, due: datetime) -> None:
    assert read_schedule(when).next_due(NOON) == due


def test_an_hour_that_strikes_is_over() -> None:
    seven = datetime(2024, 9, 14, 7, tzinfo=JAKARTA)
    assert read_schedule("daily 07:00").next_due(seven) == seven + timedelta(days=1)
    assert read_schedule("daily 07:00").last_due(seven) == seven
    assert read_schedule("daily 07:00").last_due(seven - timedelta(seconds=1)) == seven - timedelta(days=1)
    assert read_schedule("hourly").next_due(seven) == seven + timedelta(hours=1)


@pytest.mark.parametrize(
    "when", ["", "daily", "daily 24:00", "daily 7:00", "daily 07:00 Mars", "daily 07:00 ../x", "now"]
)
def test_other_times_are_refused_with_what_is_allowed(when: str) -> None:
    with pytest.raises(ValueError, match='"at once", "hourly" or "daily 07:00"'):
        read_schedule(when)


def test_tries_become_rare_and_never_end() -> None:
    now = datetime(2024, 9, 14, tzinfo=UTC)
    pauses = [next_attempt(attempts, now) - now for attempts in range(1, 100)]
    assert pauses[0] == timedelta(minutes=1)
    assert pauses == sorted(pauses)
    assert set(pauses[6:]) == {timedelta(days=1)}
