"""What may not be learned from: days on which something was wrong do not tell what is usual. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from health.facts import OutletFlag

Measured = Literal["volume", "pages", "fields", "lengths", "latency"]

# What changes in these for so long is the outlet's own way from then on: what was before is forgotten. All else that is
# wrong stays wrong, however long it is so.
SETTLES = frozenset({"volume-drop", "volume-jump", "slow"})
SETTLED_AFTER = timedelta(days=14)
_PAGES: tuple[Measured, ...] = ("volume", "pages", "fields", "lengths")
_SPOILS: Mapping[str, tuple[Measured, ...]] = {
    "failing": _PAGES, "certificate": _PAGES, "robots": _PAGES, "moved": _PAGES, "silent": _PAGES,
    "challenge-pages": _PAGES, "listing-pages": _PAGES, "rejections": _PAGES, "volume-drop": ("volume",),
    "volume-jump": ("volume",), "date-gone": ("fields",), "dates-equal": ("volume", "fields"),
    "clock": ("volume", "fields"), "title-gone": ("fields",), "author-gone": ("fields",), "section-gone": ("fields",),
    "text-short": ("lengths",), "slow": ("latency",),
}  # fmt: skip
LASTING = frozenset(_SPOILS) - SETTLES
# What is wrong was so for up to a day before it was noticed.
_BEFORE = timedelta(days=1)


def spoiled(
    flags: Iterable[OutletFlag], what: Measured, start: datetime, end: datetime, *, settled: datetime | None = None
) -> bool:
    """Whether something was wrong, at some time between these, that shows in ``what``.

    ``settled``: since when it is as it is now (``settled_since``), so that this is no longer wrong.
    """
    return any(
        what in _SPOILS.get(flag.kind, ())
        and not (flag.kind in SETTLES and settled is not None and flag.raised_at == settled)
        and flag.raised_at - _BEFORE < end
        and (flag.cleared_at is None or flag.cleared_at > start)
        for flag in flags
    )


def repaired_at(flags: Iterable[OutletFlag], what: Measured) -> datetime | None:
    """When something that shows in ``what`` was last seen to be well again."""
    ends = (flag.cleared_at for flag in flags if flag.cleared_at and what in _SPOILS.get(flag.kind, ()))
    return max(ends, default=None)


def settled_since(flags: Iterable[OutletFlag], what: Measured, now: datetime) -> datetime | None:
    """Since when ``what`` is as it is now, where it changed and stayed so; ``None``: it did not."""
    starts = (
        flag.raised_at
        for flag in flags
        if flag.kind in SETTLES
        and what in _SPOILS[flag.kind]
        and (flag.cleared_at or now) - flag.raised_at >= SETTLED_AFTER
    )
    return max(starts, default=None)
