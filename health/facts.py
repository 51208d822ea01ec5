"""Facts about an outlet, findings of rules, and periods not to learn from. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from health.flags import FlagKind, FlagView
from health.measures import QuarterMeasures


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that a rule found, or found to persist."""

    kind: FlagKind
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source still polled.

    Attributes:
        checked_at: last usable answer; ``failures`` counts since.
        status: of HTTP; may be 200 with nothing usable.
    """

    url: str
    kind: str
    status: int | None
    checked_at: datetime | None
    failures: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class HostFacts:
    """A host; ``forbids``: its robots.txt forbids polled addresses."""

    host: str
    forbids: bool
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class GapFacts:
    """A gap that no other source has closed."""

    source: str
    found_at: datetime
    since: datetime
    lost: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Results of the outlet's runs.

    Attributes:
        state: of the last run that ended; ``None`` without one.
        failed_in_a_row: failed or killed runs since the last complete one.
        succeeded_at: begin of the last complete run; later publications are unseen.
    """

    state: str | None = None
    message: str | None = None
    failed_in_a_row: int = 0
    succeeded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """Facts about an outlet. Instants are aware.

    Attributes:
        parts: measures by quarter of a day, the oldest first.
        published: articles by quarter of a day before ``runs.succeeded_at``, the latest first.
        flags: the open ones, and those open at any time compared.
    """

    name: str
    now: datetime
    runs: RunFacts
    parts: Sequence[QuarterMeasures] = ()
    published: Sequence[int] = ()
    ever_stored: bool = True
    sources: Sequence[SourceFacts] = ()
    hosts: Sequence[HostFacts] = ()
    gaps: Sequence[GapFacts] = ()
    flags: Sequence[FlagView] = ()

    def open(self, kind: FlagKind) -> FlagView | None:
        return next((flag for flag in self.flags if flag.kind == kind and flag.cleared_at is None), None)


Measured = Literal["volume", "pages", "fields", "lengths", "latency"]

# A change of these kinds that lasts so long becomes usual, and what was before is forgotten. Other problems never do.
SETTLING_KINDS = frozenset({"volume-drop", "volume-jump", "slow"})
SETTLED_AFTER = timedelta(days=14)
_PAGES: tuple[Measured, ...] = ("volume", "pages", "fields", "lengths")
_SPOILS: Mapping[str, tuple[Measured, ...]] = {
    "failing": _PAGES, "certificate": _PAGES, "robots": _PAGES, "moved": _PAGES, "silent": _PAGES,
    "challenge-pages": _PAGES, "listing-pages": _PAGES, "rejections": _PAGES, "volume-drop": ("volume",),
    "volume-jump": ("volume",), "date-gone": ("fields",), "dates-equal": ("volume", "fields"),
    "clock": ("volume", "fields"), "title-gone": ("fields",), "author-gone": ("fields",), "section-gone": ("fields",),
    "text-short": ("lengths",), "slow": ("latency",),
}  # fmt: skip
LASTING_KINDS = frozenset(_SPOILS) - SETTLING_KINDS
# A problem may have begun up to a day before its flag.
_BEFORE = timedelta(days=1)


def is_excluded(
    flags: Iterable[FlagView], what: Measured, start: datetime, end: datetime, *, settled: datetime | None = None
) -> bool:
    """True if a flag that spoils the figures of ``what`` was open in this period.

    The flag about a lasting change spoils none after ``settled``.
    """
    return any(
        what in _SPOILS.get(flag.kind, ())
        and not (flag.kind in SETTLING_KINDS and settled is not None and flag.raised_at == settled)
        and flag.raised_at - _BEFORE < end
        and (flag.cleared_at is None or flag.cleared_at > start)
        for flag in flags
    )


def find_last_repair(flags: Iterable[FlagView], what: Measured) -> datetime | None:
    ends = (flag.cleared_at for flag in flags if flag.cleared_at and what in _SPOILS.get(flag.kind, ()))
    return max(ends, default=None)


def find_settled_since(flags: Iterable[FlagView], what: Measured, now: datetime) -> datetime | None:
    """Return since when a lasting change of ``what`` is usual, if any."""
    starts = (
        flag.raised_at
        for flag in flags
        if flag.kind in SETTLING_KINDS
        and what in _SPOILS[flag.kind]
        and (flag.cleared_at or now) - flag.raised_at >= SETTLED_AFTER
    )
    return max(starts, default=None)
