"""Book-keeping of a round: turns, changed flags, report and row."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from core.errors import DatabaseError
from crawler.resources import Resources
from crawler.run_lifecycle import OpenRun, record_measures
from database import rounds
from database.schema import EndState
from health.flag_updates import FlagChanges, update_unjudged_flags
from health.flags import FlagView, load_open_flags
from health.round_report import OutletReport, OutletStage, RoundReport, RoundState, to_json
from outlets.schema import Outlet

logger = logging.getLogger(__name__)

_UNREACHABLE = "no outlet could be reached: is this machine's network up? Nothing was judged"
_REST = timedelta(minutes=1)
_MESSAGES = 5  # of an outlet, in the report; the ledger has them all
T = TypeVar("T")


@dataclass(slots=True)
class OutletTurn:
    """An outlet's turn in a round.

    Attributes:
        newest_at: its newest article when the round began.
        flags: texts of its open flags, once it was judged.
        message: why it was not crawled.
    """

    outlet: Outlet
    stage: OutletStage = "waiting"
    opened: OpenRun | None = None
    finished_at: datetime | None = None
    newest_at: datetime | None = None
    flags: tuple[str, ...] = ()
    message: str | None = None

    @property
    def in_progress(self) -> bool:
        return self.stage in {"waiting", "running"}

    @property
    def unreachable(self) -> bool:
        return self.opened is not None and self.opened.run.unreachable

    @property
    def fatal(self) -> str | None:
        return self.opened.run.fatal if self.opened else None

    def is_resting(self, now: datetime) -> bool:
        """True for one minute after the outlet's last run; the daemon skips it meanwhile."""
        return self.finished_at is not None and now - self.finished_at < _REST

    def begin(self, opened: OpenRun) -> None:
        self.opened, self.stage = opened, "running"

    def skip(self, message: str, now: datetime) -> None:
        """Note that another run is crawling the outlet."""
        self.stage, self.message, self.finished_at = "busy", message, now

    def end(self, now: datetime) -> None:
        if self.opened is None:
            self.stage = "left" if self.stage == "waiting" else self.stage
            return
        self.finished_at = now
        self.stage = self.opened.run.state or "stopped"

    def report(self) -> OutletReport:
        name, title = self.outlet.name, self.outlet.title
        if self.opened is None:
            messages = (self.message,) if self.message else ()
            return OutletReport(name, title, self.stage, newest_at=self.newest_at, flags=self.flags, messages=messages)
        run = self.opened.run
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
            copies=sum(number for label, number in run.counts.items() if label.startswith("same-as")),
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


class Round:
    """A round, from its row to its report. The constructor and ``close`` block.

    ``outlets`` are all that the monitor watches; ``not_due`` counts the idle ones.
    """

    def __init__(self, resources: Resources, outlets: Sequence[str]) -> None:
        self._resources = resources
        self._outlets = outlets
        self.started_at = now = resources.clock()
        self.id = self._write(lambda session: rounds.start_round(session, now))
        self.turns: list[OutletTurn] = []
        self.not_due = 0
        self._raised: list[FlagView] = []
        self._cleared: list[FlagView] = []
        self._message: str | None = None
        self._failed = False
        logger.info("round %d begins", self.id)

    def add(self, changes: FlagChanges) -> None:
        self._raised += changes.raised
        self._cleared += changes.cleared

    def stop(self, message: str) -> None:
        self._message = message

    def fail(self, message: str) -> None:
        self._message, self._failed = message, True

    def report(self, state: RoundState = "running", finished_at: datetime | None = None) -> RoundReport:
        return RoundReport(
            self.id,
            self.started_at,
            finished_at,
            state,
            [turn.report() for turn in sorted(self.turns, key=lambda turn: turn.outlet.name)],
            self.not_due,
            [f"{flag.outlet}: {flag.words}" for flag in self._raised],
            [f"{flag.outlet}: {flag.words}" for flag in self._cleared],
            self._message,
        )

    async def keep(self, report: RoundReport) -> None:
        """Keep the report so far, in case the program is killed."""
        now = self._resources.clock()
        # A failing database fails the outlets' runs, too, and these end the round.
        with suppress(DatabaseError):
            await self._resources.writer.run(lambda session: rounds.keep_report(session, self.id, to_json(report), now))

    def close_runs(self) -> None:
        now = self._resources.clock()
        for turn in self.turns:
            if turn.opened is not None and turn.finished_at is None:
                turn.opened.close_blocking()
                self.add(turn.opened.changes)
            turn.end(now)

    def close(self, *, complete: bool = True) -> RoundReport:
        """Judge the outlets that were not crawled, and record the round's end.

        Raises:
            DatabaseError: it could not be recorded.
        """
        now, turns = self._resources.clock(), self.turns
        fatal = next((turn.fatal for turn in turns if turn.fatal), None)
        if fatal:
            self.fail(fatal)
        else:
            self._judge(now)
        stopped = not complete or any(turn.stage in {"left", "stopped"} for turn in turns)
        state: EndState = "failed" if self._failed else "stopped" if stopped else "finished"
        report = self.report(state, now)
        if not turns and state == "finished":
            self._write(lambda session: rounds.forget_round(session, self.id))  # one begins every ten minutes
        elif not fatal:
            message = self._message
            self._write(lambda session: rounds.finish_round(session, self.id, state, to_json(report), message, now))
        logger.info("round %d ends: %s, %d outlets, %d not due", self.id, state, len(turns), self.not_due)
        return report

    def _judge(self, now: datetime) -> None:
        begun = [turn for turn in self.turns if turn.opened]
        unreachable = [turn.opened.run for turn in begun if turn.opened and turn.unreachable]
        if unreachable and len(unreachable) == len(begun) and len(self.turns) > 1:
            self.fail(_UNREACHABLE)
            return
        for run in unreachable:
            self._write(partial(record_measures, run))
        for changes in self._write(lambda session: update_unjudged_flags(session, self._outlets, now)).values():
            self.add(changes)
        flags = self._write(lambda session: load_open_flags(session, self._outlets))
        for turn in self.turns:
            turn.flags = tuple(flag.words for flag in flags.get(turn.outlet.name, ()))

    def _write(self, work: Callable[[Session], T]) -> T:
        return self._resources.writer.run_blocking(work)


def _rejected(counts: Counter[str]) -> dict[str, int]:
    rejected = Counter(_by_reason(counts, "rejected: "))
    rejected["too-old"] += counts["too old"]
    return {reason: number for reason, number in rejected.most_common() if number}


def _by_reason(counts: Counter[str], prefix: str) -> dict[str, int]:
    return {label.removeprefix(prefix): number for label, number in counts.items() if label.startswith(prefix)}
