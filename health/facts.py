"""What is known of an outlet when it is judged, and the shapes that the judgement takes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from health.daily_measures import Part

# The worst first: where an outlet has several, the first of these is shown.
Kind = Literal[
    "failing", "certificate", "robots", "moved", "silent", "challenge-pages", "listing-pages", "rejections",
    "date-gone", "dates-equal", "clock", "title-gone", "text-short", "volume-drop", "author-gone", "section-gone",
    "gap", "partly-failing", "slow", "volume-jump",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutletFlag:
    """Something that is, or was, wrong with an outlet. Instants are UTC.

    Attributes:
        kind: one of ``Kind``.
        words: for the operator, without the outlet's name.
        facts: the figures behind the words.
        seen_at: when it was last found to be so.
        cleared_at: ``None``: it is open.
    """

    id: int
    outlet: str
    kind: str
    words: str
    facts: Mapping[str, Any]
    raised_at: datetime
    seen_at: datetime
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, or found to go on."""

    kind: Kind
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
class Facts:
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
    parts: Sequence[Part] = ()
    published: Sequence[int] = ()
    ever_stored: bool = True
    sources: Sequence[SourceFacts] = ()
    hosts: Sequence[HostFacts] = ()
    gaps: Sequence[GapFacts] = ()
    flags: Sequence[OutletFlag] = ()

    def open(self, kind: Kind) -> OutletFlag | None:
        """The open flag of that kind."""
        return next((flag for flag in self.flags if flag.kind == kind and flag.cleared_at is None), None)
