from datetime import UTC, datetime, timedelta

from core.scheduling.backoff import next_attempt_at

NOW, HOUR = datetime(2026, 11, 21, 12, tzinfo=UTC), timedelta(hours=1)
PAUSES = (HOUR, 6 * HOUR)


def test_pauses_grow_with_the_failures_and_end() -> None:
    assert [next_attempt_at(PAUSES, failures, NOW) for failures in (1, 2, 3)] == [NOW + HOUR, NOW + 6 * HOUR, None]


def test_a_server_may_ask_for_a_longer_pause_only() -> None:
    assert next_attempt_at(PAUSES, 1, NOW, 2 * HOUR) == NOW + 2 * HOUR
    assert next_attempt_at(PAUSES, 2, NOW, 2 * HOUR) == NOW + 6 * HOUR
    assert next_attempt_at(PAUSES, 3, NOW, 2 * HOUR) is None
