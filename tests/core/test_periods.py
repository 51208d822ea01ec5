from datetime import UTC, datetime

import pytest

from core.errors import UsageError
from core.periods import read_period

NOW = datetime(2024, 9, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "start", "end"),
    [
        ("2024-09-01", "2024-09-01", "2024-09-01T00:00:00+07:00", "2024-09-02T00:00:00+07:00"),
        ("2024-09", "2024-12", "2024-09-01T00:00:00+07:00", "2025-01-01T00:00:00+07:00"),
        ("2023", "2024", "2023-01-01T00:00:00+07:00", "2025-01-01T00:00:00+07:00"),
        ("7d", "12h", "2024-09-13T12:00:00+00:00", "2024-09-20T00:00:00+00:00"),
    ],
)
def test_periods_hold_the_days_that_they_name(since: str, until: str, start: str, end: str) -> None:
    assert read_period(since, until, NOW) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_open_periods_have_no_bounds() -> None:
    assert read_period(None, None, NOW) == (None, None)


@pytest.mark.parametrize("value", ["", "kemarin", "2024-13", "2024-02-30", "01-09-2024", "2024-9-1", "0000", "9999"])
def test_unreadable_days_are_refused(value: str) -> None:
    with pytest.raises(UsageError, match="allowed is a day"):
        read_period(None, value, NOW)


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing lies between"):
        read_period("2024-09-02", "2024-09-01", NOW)
