"""Pauses between attempts that fail in a row."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def next_attempt_at(
    pauses: Sequence[timedelta], failures: int, now: datetime, retry_after: timedelta | None = None
) -> datetime | None:
    """Return when to try again; ``None`` after more failures in a row than pauses.

    ``retry_after`` is the least pause.
    """
    if failures > len(pauses):
        return None
    return now + max(pauses[failures - 1], retry_after or timedelta(0))
