"""What may not be learned from: days on which something was wrong do not tell what is usual. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from database.health.facts import OutletFlag

Measured = Literal["volume", "pages", "fields", "lengths", "latency"]

# A lasting change of these is the outlet's own way from then on; what else is wrong for long stays wrong.
SETTLES = frozenset({"volume-drop", "volume-jump", "slow"})
SETTLED_AFTER = timedelta(days=14)
_ALL: tuple[Measured, ...] = ("volume", "pages", "fields", "lengths")
_SPOILS: Mapping[str, tuple[Measured, ...]] = {
    "failing": _ALL, "certificate": _ALL, "robots": _ALL, "moved": _ALL, "silent": _ALL, "challenge-pages": _ALL,
    "listing-pages": _ALL, "rejections": _ALL, "volume-drop": ("volume",), "volume-jump": ("volume",),
    "date-gone": ("volume", "fields"), "dates-equal": ("volume", "fields"), "clock": ("volume", "fields"),
    "title-gone": ("fields",), "author-gone": ("fields",), "section-gone": ("fields",), "text-short": ("lengths",),
    "slow": ("latency",),
}  # fmt: skip
LASTING = frozenset(_SPOILS) - SETTLES
# What is wrong was so for up to a day before it was noticed.
_BEFORE = timedelta(days=1)


def spoiled(flags: Iterable[OutletFlag], what: Measured, start: datetime, end: datetime) -> bool:
    """Whether something was wrong, at some time between these, that shows in ``what``."""
    return any(
        what in _SPOILS.get(flag.kind, ())
        and flag.raised_at - _BEFORE < end
        and (flag.cleared_at is None or flag.cleared_at > start)
        for flag in flags
    )
