"""Each outlet's turn in a round: what is known of it while it lasts, told as an ``OutletReport``."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.run import CrawlRun
from health.round_report import OutletReport, OutletStage
from outlets.schema import Outlet

_REST = timedelta(minutes=1)
_MESSAGES = 5  # of an outlet, in the report; the ledger has them all


@dataclass(slots=True)
class OutletTurn:
    """An outlet in a round.

    Attributes:
        held: its lock, while it has it.
        newest_at: its newest article when the round began.
        flags: the words of its open flags, once it was judged.
    """

    outlet: Outlet
    stage: OutletStage = "waiting"
    run: CrawlRun | None = None
    finished_at: datetime | None = None
    held: ExitStack = field(default_factory=ExitStack)
    newest_at: datetime | None = None
    flags: tuple[str, ...] = ()
    message: str | None = None

    @property
    def unreachable(self) -> bool:
        """Whether it was asked and nothing answered at all."""
        return self.run is not None and self.run.measures.requests > 0 and self.run.measures.answers == 0

    @property
    def goes_on(self) -> bool:
        """Whether it is not over yet."""
        return self.stage in {"waiting", "running"}

    def rests(self, now: datetime) -> bool:
        """Whether it ended so lately that a daemon leaves the outlet alone, whatever seems to be due there."""
        return self.finished_at is not None and now - self.finished_at < _REST

    def end(self, now: datetime) -> None:
        """Its run came to an end, or the round did; its lock is free."""
        self.held.close()
        if self.run is None:
            self.stage = "left" if self.stage == "waiting" else self.stage
            return
        self.finished_at = now
        self.stage = self.run.state or "stopped"

    def report(self) -> OutletReport:
        """How it stands."""
        name, title, run = self.outlet.name, self.outlet.title, self.run
        if run is None:
            messages = (self.message,) if self.message else ()
            return OutletReport(name, title, self.stage, newest_at=self.newest_at, flags=self.flags, messages=messages)
        return OutletReport(
            name,
            title,
            self.stage,
            run_id=run.id,
            started_at=run.started_at,
            finished_at=self.finished_at,
            discovered=run.counts["named"],
            new=run.counts["stored"],
            updated=run.recheck_counts["revised"],
            copies=sum(number for what, number in run.counts.items() if what.startswith("same-as")),
            rejected=_rejected(run.counts),
            failed=_by_reason(run.counts, "failed: "),
            waiting=run.in_flight,
            requests=run.measures.requests,
            bytes=run.measures.bytes,
            newest_at=max(filter(None, (self.newest_at, run.measures.newest_at)), default=None),
            missed=sum(run.missed.values()),
            flags=self.flags,
            messages=tuple(run.failures[:_MESSAGES]),
        )


def _rejected(counts: Counter[str]) -> dict[str, int]:
    """By reason; what was too old by its source's word alone counts with what was by its page."""
    rejected = Counter(_by_reason(counts, "rejected: "))
    rejected["too-old"] += counts["too old"]
    return {reason: number for reason, number in rejected.most_common() if number}


def _by_reason(counts: Counter[str], prefix: str) -> dict[str, int]:
    return {what.removeprefix(prefix): number for what, number in counts.items() if what.startswith(prefix)}
