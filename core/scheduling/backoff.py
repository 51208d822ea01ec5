"""Pauses between attempts that fail in a row."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def next_attempt_at(
    pauses: Sequence[timedelta], failures: int, now: datetime, retry_after: timedelta | None = None
) -> datetime | None:
    """Return when to try again; ``None`` after more failures than there are pauses.

    Args:
        pauses: after the first failure, the second, and so on.
        failures: in a row, at least 1.
        now: of the last failure.
        retry_after: the least pause, as a server asked for it.
    """
    if failures > len(pauses):
        return None
    return now + max(pauses[failures - 1], retry_after or timedelta(0))
