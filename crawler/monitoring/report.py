"""What a round of the monitor did, outlet by outlet: what the live view shows, and the report keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

# Of an outlet in a round. ``busy``: another run is crawling it; ``left``: the round ended before its turn.
OutletStage = Literal["waiting", "running", "finished", "stopped", "failed", "busy", "left"]
RoundState = Literal["running", "finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class OutletReport:
    """One outlet in a round, as it stands. Instants are aware.

    Attributes:
        run_id: of its run, once it has begun.
        discovered: URLs that its sources named; ``new`` articles stored, ``updated`` a new revision, ``copies`` the
            same as a stored article.
        rejected: by reason, those too old among them; ``failed`` likewise.
        waiting: URLs admitted and still to be fetched.
        newest_at: the outlet's newest article, whenever it was stored.
        missed: estimate of articles that its sources may have lost, of the gaps found in this round and not closed.
        flags: the words of every flag that is open.
        messages: what failed, in words; the first ones.
    """

    name: str
    title: str
    stage: OutletStage
    run_id: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    discovered: int = 0
    new: int = 0
    updated: int = 0
    copies: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    requests: int = 0
    bytes: int = 0
    newest_at: datetime | None = None
    missed: int = 0
    flags: Sequence[str] = ()
    messages: Sequence[str] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took, once it is over."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class RoundReport:
    """A round as it stands.

    Attributes:
        outlets: those that were due, by name.
        not_due: how many of the outlets asked for had nothing to do.
        raised: the flags raised in this round, in words with the outlet's name before them; ``cleared`` likewise.
        message: why it ended early or failed, if it did.
    """

    id: int
    started_at: datetime
    finished_at: datetime | None
    state: RoundState
    outlets: Sequence[OutletReport]
    not_due: int = 0
    raised: Sequence[str] = ()
    cleared: Sequence[str] = ()
    message: str | None = None

    @property
    def failed(self) -> bool:
        """Whether a person is needed: the round broke, or a flag was raised. A page that failed is tried again."""
        return self.state == "failed" or bool(self.raised)
