"""Who is crawled when: one process, one engine, an outlet's run beside the other's.

A round takes the outlets that have something to do now, those that have waited longest first, and ends when all of
them have. A daemon goes on: whoever becomes due in the meantime begins at once, so that no slow outlet holds up the
others, and a round is what ended within some minutes.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from sqlalchemy.orm import Session

from core.errors import DatabaseError, OutletBusyError
from crawler.monitor.outlet_turn import OutletTurn
from crawler.resources import Resources
from crawler.run import DATABASE_FAILED
from crawler.run_lifecycle import begin_run, close_run, record_measures
from crawler.run_options import CrawlArguments
from crawler.spiders.news import NewsSpider
from database import ledger, rounds
from health import Changes, OutletFlag, judge_all, open_flags
from health.overview import newest_of
from health.round_report import RoundReport, RoundState, to_json
from outlets.schema import Outlet

TIME_IS_UP = "time is up"
_UNREACHABLE = "no outlet could be reached: is this machine's network up? Nothing was judged"
# So long a daemon's round lasts; its report, and whoever is to be told, wait no longer.
_ROUND = timedelta(minutes=10)
# So often a daemon looks at the clock, which may have been set, and a round is kept as it stands.
_LOOK_S, _KEEP_S = 30.0, 60.0
_SHOW_S = 0.25
# With 500, a thousand outlets took 690 MB; the machine's cores are busy with far fewer.
AT_ONCE = 150

EndState = rounds.RoundState
Show = Callable[[RoundReport], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for.

    Attributes:
        outlets: those that may be crawled.
        since: the person's own boundary; then all sources are asked, whenever their time is.
        every_source: all sources are asked, whenever their time is.
        budget: no outlet goes on beyond it; ``None``: as long as it takes.
        daemon: go on until somebody ends it.
        at_once: outlets crawled at a time; each holds connections, a queue and what it has found.
    """

    outlets: Sequence[Outlet]
    since: datetime | None = None
    every_source: bool = False
    budget: timedelta | None = None
    daemon: bool = False
    at_once: int = AT_ONCE

    @property
    def only_due(self) -> bool:
        """Whether a source's time counts."""
        return self.since is None and not self.every_source


@dataclass(slots=True)
class _Round:
    id: int
    started_at: datetime
    turns: list[OutletTurn] = field(default_factory=list)
    not_due: int = 0
    raised: list[OutletFlag] = field(default_factory=list)
    cleared: list[OutletFlag] = field(default_factory=list)
    message: str | None = None
    failed: bool = False

    def add(self, changes: Changes) -> None:
        """Flags that changed in this round."""
        self.raised += changes.raised
        self.cleared += changes.cleared


class Coordinator:
    """Gives outlets their turns, and tells what became of them.

    Args:
        resources: held for all runs.
        plan: what was asked for.
        show: called with the round as it stands, some times a second.
        ended: called in a thread of its own with each round of a daemon's that is over and written down.
    """

    def __init__(self, resources: Resources, plan: Plan, show: Show, ended: Show) -> None:
        self._resources = resources
        self._plan = plan
        self._show = show
        self._ended = ended
        self._outlets = {outlet.name: outlet for outlet in plan.outlets}
        self._round = self._begin_round()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(plan.at_once)
        self._whole = plan.daemon  # a daemon's end is never early

    async def work(self, spider: NewsSpider) -> None:
        """Crawl all that is due; a daemon, until it is cancelled.

        Raises:
            CloseSpider: the time is up, or the database takes nothing any more.
        """
        showing = asyncio.ensure_future(self._keep_showing())
        budget = self._plan.budget.total_seconds() if self._plan.budget else None
        try:
            async with asyncio.timeout(budget):
                await self._start_due(spider)
                while self._plan.daemon:
                    await self._wait(await self._pause())
                    await self._next_round()
                    await self._start_due(spider)
                while self._tasks:
                    await self._wait(None)
            self._whole = True
        except TimeoutError:
            self._round.message = TIME_IS_UP
            raise CloseSpider(TIME_IS_UP) from None
        except DatabaseError as error:
            raise self._broken(error) from error
        finally:
            showing.cancel()
            for task in self._tasks:
                task.cancel()

    def close(self) -> RoundReport:
        """End the last round, after the engine has; gives its report.

        Raises:
            DatabaseError: it could not be written down.
        """
        return self._close_round(last=True)

    def report(self, state: RoundState = "running", finished_at: datetime | None = None) -> RoundReport:
        """The round as it stands."""
        found = self._round
        outlets = [turn.report() for turn in sorted(found.turns, key=lambda turn: turn.outlet.name)]
        return RoundReport(
            found.id,
            found.started_at,
            finished_at,
            state,
            outlets,
            found.not_due,
            [f"{flag.outlet}: {flag.words}" for flag in found.raised],
            [f"{flag.outlet}: {flag.words}" for flag in found.cleared],
            found.message,
        )

    # --- turns ------------------------------------------------------------------------------------------------------

    async def _start_due(self, spider: NewsSpider) -> None:
        now = self._resources.clock()
        names = await self._resources.writer.run(partial(self._due, now=now))
        newest = await self._resources.writer.run(lambda session: newest_of(session, names))
        self._round.not_due = len(self._outlets) - len(names)
        resting = {turn.outlet.name for turn in self._round.turns if turn.goes_on or turn.rests(now)}
        for name in names:
            if name not in resting:
                turn = OutletTurn(self._outlets[name], newest_at=newest.get(name))
                self._round.turns.append(turn)
                self._tasks.add(asyncio.ensure_future(self._take(turn, spider)))

    def _due(self, session: Session, *, now: datetime) -> list[str]:
        """Those that have something to do, who has waited longest first."""
        names = list(self._outlets)
        if not self._plan.only_due:
            return names
        due = ledger.outlets_due(session, names, now)
        known = ledger.known_sources(session, names)
        new = [name for name in names if name not in due and self._newly_declared(name, known.get(name, set()))]
        return [*new, *sorted(due, key=lambda name: (due[name].since is not None, due[name].since or now))]

    def _newly_declared(self, name: str, known: set[str]) -> bool:
        declared = self._outlets[name].discover
        return not known.issuperset((*declared.feeds, *declared.sitemaps))

    async def _take(self, turn: OutletTurn, spider: NewsSpider) -> None:
        """One outlet's turn, from its lock to its verdict."""
        resources, plan = self._resources, self._plan
        start = partial(
            begin_run,
            resources,
            turn.outlet,
            CrawlArguments(since=plan.since),
            only_due=plan.only_due,
            round_id=self._round.id,
        )
        async with self._room:
            try:
                turn.held.enter_context(resources.locks.outlet(turn.outlet.name))
                turn.run = await resources.writer.run(start)
                turn.stage = "running"
                await spider.crawl_outlet(turn.run)
                changes = await resources.writer.run(partial(close_run, turn.run, judge=not turn.unreachable))
            except OutletBusyError as error:
                turn.stage, turn.message, turn.finished_at = "busy", str(error), resources.clock()
                return
            except DatabaseError as error:
                raise self._broken(error) from error
            self._round.add(changes)
            turn.end(resources.clock())

    def _broken(self, error: DatabaseError) -> CloseSpider:
        self._round.message, self._round.failed = str(error), True
        return CloseSpider(DATABASE_FAILED)

    async def _wait(self, seconds: float | None) -> None:
        """Until an outlet's turn ends, or for so long."""
        if not self._tasks:
            await asyncio.sleep(seconds or 0)
            return
        done, self._tasks = await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _pause(self) -> float:
        """Seconds until the daemon has something to do."""
        due_at = await self._resources.writer.run(
            lambda session: ledger.next_due(session, list(self._outlets), self._resources.clock())
        )
        now = self._resources.clock()
        ends = (due_at or now + _ROUND, self._round.started_at + _ROUND)
        return min(_LOOK_S, max(1.0, min((at - now).total_seconds() for at in ends)))

    # --- rounds -----------------------------------------------------------------------------------------------------

    def _begin_round(self) -> _Round:
        now = self._resources.clock()
        return _Round(self._resources.writer.run_blocking(lambda session: rounds.start_round(session, now)), now)

    async def _next_round(self) -> None:
        """A daemon's round that has lasted long enough ends; outlets that are being crawled go over to the next."""
        if self._resources.clock() - self._round.started_at < _ROUND:
            return
        going = [turn for turn in self._round.turns if turn.goes_on]
        if len(going) < len(self._round.turns):
            self._round.turns = [turn for turn in self._round.turns if not turn.goes_on]
            report = await asyncio.to_thread(self._close_round)
            await asyncio.to_thread(self._ended, report)
            self._round = await asyncio.to_thread(self._begin_round)
            self._round.turns = going

    def _close_round(self, *, last: bool = False) -> RoundReport:
        """Close what is left open, judge who was not crawled, write the report down."""
        now, turns = self._resources.clock(), self._round.turns
        for turn in turns if last else ():
            if turn.run is not None and turn.finished_at is None and not turn.run.fatal:
                self._round.add(self._write(partial(close_run, turn.run, judge=not turn.unreachable)))
            turn.end(now)
        fatal = next((turn.run.fatal for turn in turns if turn.run and turn.run.fatal), None)
        self._round.message = fatal or self._round.message
        self._round.failed = self._round.failed or fatal is not None
        if not fatal:
            self._judge(now)
        stopped = (last and not self._whole) or any(turn.stage in {"left", "stopped"} for turn in turns)
        state: EndState = "failed" if self._round.failed else "stopped" if stopped else "finished"
        report = self.report(state, now)
        if not turns and state == "finished":
            self._write(lambda session: rounds.forget_round(session, report.id))  # started every ten minutes
        elif not fatal:
            message = self._round.message
            self._write(lambda s: rounds.finish_round(s, report.id, state, to_json(report), message, now))
        return report

    def _judge(self, now: datetime) -> None:
        turns = self._round.turns
        silent = [turn for turn in turns if turn.unreachable and turn.run]
        if silent and len(silent) == sum(turn.run is not None for turn in turns) and len(turns) > 1:
            self._round.message, self._round.failed = _UNREACHABLE, True
            return
        for turn in silent:
            assert turn.run
            self._write(partial(record_measures, turn.run))
        names = list(self._outlets)
        for changes in self._write(lambda session: judge_all(session, names, now)).values():
            self._round.add(changes)
        flags = self._write(lambda session: open_flags(session, names))
        for turn in turns:
            turn.flags = tuple(flag.words for flag in flags.get(turn.outlet.name, ()))

    def _write(self, work: Callable[[Session], T]) -> T:
        return self._resources.writer.run_blocking(work)

    async def _keep_showing(self) -> None:
        """Show the round some times a second; and write it down as it stands, for whoever finds it killed."""
        kept = 0.0
        while True:
            await asyncio.sleep(_SHOW_S)
            report = self.report()
            self._show(report)
            kept += _SHOW_S
            if kept >= _KEEP_S:
                kept, now = 0.0, self._resources.clock()
                with suppress(
                    DatabaseError
                ):  # what is to be written for the outlets meets the same, and ends the round
                    await self._resources.writer.run(
                        lambda session, report=report, now=now: rounds.keep_report(  # type: ignore[misc]  # bound early
                            session, report.id, to_json(report), now
                        )
                    )


async def crawl_round(crawler: Crawler, coordinator: Coordinator) -> RoundReport:
    """One round from begin to end within a running event loop; the crawler is for this one alone."""
    await crawler.crawl_async(work=coordinator.work)
    return await asyncio.to_thread(coordinator.close)
