"""What is known of an outlet when it is judged, and the shapes that the judgement takes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from health.flags import FlagKind, FlagView
from health.measures import QuarterMeasures


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, or found to go on."""

    kind: FlagKind
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source that is still polled.

    Attributes:
        kind: feed, sitemap, listing or home.
        checked_at: when it last answered usefully; ``failures`` how often it failed since.
        status: of HTTP; 200 with failures: it answers, but with nothing that is of use.
    """

    url: str
    kind: str
    status: int | None
    checked_at: datetime | None
    failures: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class HostFacts:
    """A host of the outlet, and whether its robots.txt forbids what is polled there."""

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
    """How the outlet's runs went.

    Attributes:
        state: how the last one ended that did; ``None``: none has.
        message: what it said.
        failed_in_a_row: how many failed or were killed since the last that came to its end.
        succeeded_at: when one last came to its end: up to then, what the outlet published could be seen.
    """

    state: str | None = None
    message: str | None = None
    failed_in_a_row: int = 0
    succeeded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """What an outlet is judged from.

    Attributes:
        now: aware, as all instants.
        parts: what its runs measured, the oldest first.
        published: articles by publication in the quarters of a day before ``runs.succeeded_at``, the latest first.
        ever_stored: whether any article of it is stored.
        flags: those that are open, and those that were while what is compared was measured.
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
        """The open flag of that kind."""
        return next((flag for flag in self.flags if flag.kind == kind and flag.cleared_at is None), None)


Measured = Literal["volume", "pages", "fields", "lengths", "latency"]

# What changes in these for so long is the outlet's own way from then on: what was before is forgotten. All else that is
# wrong stays wrong, however long it is so.
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
# What is wrong was so for up to a day before it was noticed.
_BEFORE = timedelta(days=1)


def is_excluded(
    flags: Iterable[FlagView], what: Measured, start: datetime, end: datetime, *, settled: datetime | None = None
) -> bool:
    """Whether something was wrong, at some time between these, that shows in ``what``.

    ``settled``: since when it is as it is now (``settled_since``), so that this is no longer wrong.
    """
    return any(
        what in _SPOILS.get(flag.kind, ())
        and not (flag.kind in SETTLING_KINDS and settled is not None and flag.raised_at == settled)
        and flag.raised_at - _BEFORE < end
        and (flag.cleared_at is None or flag.cleared_at > start)
        for flag in flags
    )


def find_last_repair(flags: Iterable[FlagView], what: Measured) -> datetime | None:
    """When something that shows in ``what`` was last seen to be well again."""
    ends = (flag.cleared_at for flag in flags if flag.cleared_at and what in _SPOILS.get(flag.kind, ()))
    return max(ends, default=None)


def find_settled_since(flags: Iterable[FlagView], what: Measured, now: datetime) -> datetime | None:
    """Since when ``what`` is as it is now, where it changed and stayed so; ``None``: it did not."""
    starts = (
        flag.raised_at
        for flag in flags
        if flag.kind in SETTLING_KINDS
        and what in _SPOILS[flag.kind]
        and (flag.cleared_at or now) - flag.raised_at >= SETTLED_AFTER
    )
    return max(starts, default=None)
