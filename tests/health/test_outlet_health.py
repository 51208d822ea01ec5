from datetime import UTC, datetime, timedelta

from health.flags import FlagView
from health.overview import assess_health

NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def flag(kind: str, days: int, **facts: float) -> FlagView:
    return FlagView(days, "kota", kind, f"{kind} for {days} days", facts, NOW - days * DAY, NOW, None)


def test_an_outlet_without_flags_is_well() -> None:
    health = assess_health(NOW - HOUR, [], NOW)
    assert (health.condition, health.words, health.needs_attention) == ("well", "well", False)


def test_an_outlet_without_runs_was_never_crawled() -> None:
    health = assess_health(None, [], NOW)
    assert (health.words, health.needs_attention) == ("never crawled", False)


def test_who_is_not_crawled_any_more_is_told_by_the_clock() -> None:
    health = assess_health(NOW - 5 * DAY - HOUR, [flag("slow", 6)], NOW)
    assert (health.words, health.needs_attention) == ("not crawled for 5 days", False)
    assert (health.since, health.changed_at) == (NOW - 5 * DAY - HOUR, NOW - HOUR)
    assert assess_health(NOW - DAY, [], NOW).words == "well"


def test_the_worst_flag_speaks_for_the_outlet() -> None:
    flags = [flag("slow", 9), flag("silent", 2, usual_a_day=40), flag("volume-jump", 30)]
    health = assess_health(NOW - HOUR, flags, NOW)
    assert (health.condition, health.words, health.needs_attention) == ("silent", "silent for 2 days", True)
    assert (health.since, health.usual_a_day) == (NOW - 2 * DAY, 40)
    assert [one.kind for one in health.flags] == ["silent", "slow", "volume-jump"]
