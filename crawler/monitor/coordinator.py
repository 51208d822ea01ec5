"""Coordinator: choose the outlets that are due and crawl them in one engine.

A daemon starts an outlet as soon as it is due, so that no slow one holds up the others; its rounds last some minutes.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from scrapy.exceptions import CloseSpider
from sqlalchemy.orm import Session

from core.errors import DatabaseError, OutletBusyError
from crawler.monitor.round import OutletTurn, Round
from crawler.resources import Resources
from crawler.run import DATABASE_FAILED
from crawler.run_lifecycle import crawl_outlet_once
from crawler.run_options import CrawlArguments
from crawler.spiders.news import NewsSpider
from database import ledger
from health.overview import load_newest
from health.round_report import RoundReport
from outlets.schema import Outlet

TIME_IS_UP = "time is up"
# Length of a daemon's round; its report and its alerts wait no longer.
_ROUND = timedelta(minutes=10)
# Seconds: a daemon checks the clock, which may have been set; a running round's report is kept.
_CHECK_S, _KEEP_S = 30.0, 60.0
_SHOW_S = 0.25
# With 500, a thousand outlets took 690 MB; the machine's cores are busy with far fewer.
AT_ONCE = 150

ShowReport = Callable[[RoundReport], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Options of a monitor.

    Attributes:
        since: the user's own boundary; every source is polled then.
        budget: end after this time, even with outlets left; ``None``: no limit.
        daemon: go on until cancelled.
        at_once: outlets crawled at a time.
    """

    outlets: Sequence[Outlet]
    since: datetime | None = None
    every_source: bool = False
    budget: timedelta | None = None
    daemon: bool = False
    at_once: int = AT_ONCE

    @property
    def only_due(self) -> bool:
        return self.since is None and not self.every_source


def find_due_outlets(session: Session, plan: Plan, now: datetime) -> list[str]:
    """Return due outlets: those with new sources, then longest waiting first."""
    names = [outlet.name for outlet in plan.outlets]
    if not plan.only_due:
        return names
    due = ledger.outlets_due(session, names, now)
    sources = ledger.known_sources(session, names)
    new = [
        outlet.name
        for outlet in plan.outlets
        if outlet.name not in due and _has_new_sources(outlet, sources.get(outlet.name, set()))
    ]
    return [*new, *sorted(due, key=lambda name: (due[name].since is not None, due[name].since or now))]


def _has_new_sources(outlet: Outlet, known: set[str]) -> bool:
    return not known.issuperset((*outlet.discover.feeds, *outlet.discover.sitemaps))


class Coordinator:
    """Crawls the due outlets of a plan, round by round.

    ``show`` gets the running round's report several times a second, ``ended`` (in a thread) a daemon's recorded ones.
    """

    def __init__(self, resources: Resources, plan: Plan, show: ShowReport, ended: ShowReport) -> None:
        self._resources = resources
        self._plan = plan
        self._show = show
        self._ended = ended
        self._outlets = {outlet.name: outlet for outlet in plan.outlets}
        self._round = self._begin_round()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(plan.at_once)
        self._complete = plan.daemon  # a daemon's end is never early

    async def work(self, spider: NewsSpider) -> None:
        """Crawl all that is due; a daemon, until it is cancelled.

        Raises:
            CloseSpider: the time is up, or the database fails.
        """
        showing = asyncio.ensure_future(self._keep_showing())
        budget = self._plan.budget.total_seconds() if self._plan.budget else None
        try:
            async with asyncio.timeout(budget):
                await self._start_due(spider)
                while self._plan.daemon:
                    await self._wait(await self._seconds_until_due())
                    await self._begin_next_round()
                    await self._start_due(spider)
                while self._tasks:
                    await self._wait(None)
            self._complete = True
        except TimeoutError:
            self._round.stop(TIME_IS_UP)
            raise CloseSpider(TIME_IS_UP) from None
        except DatabaseError as error:
            raise self._fail(error) from error
        finally:
            showing.cancel()
            for task in self._tasks:
                task.cancel()

    def close(self) -> RoundReport:
        """Record the last round, after the engine has ended.

        Raises:
            DatabaseError: it could not be recorded.
        """
        self._round.close_runs()
        return self._round.close(complete=self._complete)

    async def _start_due(self, spider: NewsSpider) -> None:
        now = self._resources.clock()
        names = await self._resources.writer.run(lambda session: find_due_outlets(session, self._plan, now))
        newest = await self._resources.writer.run(lambda session: load_newest(session, names))
        self._round.not_due = len(self._outlets) - len(names)
        skipped = {turn.outlet.name for turn in self._round.turns if turn.in_progress or turn.is_resting(now)}
        for name in names:
            if name not in skipped:
                turn = OutletTurn(self._outlets[name], newest_at=newest.get(name))
                self._round.turns.append(turn)
                self._tasks.add(asyncio.ensure_future(self._crawl(turn, spider)))

    async def _crawl(self, turn: OutletTurn, spider: NewsSpider) -> None:
        crawl = partial(
            crawl_outlet_once,
            self._resources,
            turn.outlet,
            spider,
            CrawlArguments(since=self._plan.since),
            only_due=self._plan.only_due,
            round_id=self._round.id,  # of the round that it became due in
            judge_unreachable=False,  # the round decides, when it knows of the others
            on_open=turn.begin,
        )
        async with self._room:
            try:
                opened = await crawl()
            except OutletBusyError as error:
                turn.skip(str(error), self._resources.clock())
                return
            except DatabaseError as error:
                raise self._fail(error) from error
            self._round.add(opened.changes)
            turn.end(self._resources.clock())

    def _fail(self, error: DatabaseError) -> CloseSpider:
        self._round.fail(str(error))
        return CloseSpider(DATABASE_FAILED)

    async def _wait(self, seconds: float | None) -> None:
        if not self._tasks:
            await asyncio.sleep(seconds or 0)
            return
        done, self._tasks = await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _seconds_until_due(self) -> float:
        due_at = await self._resources.writer.run(
            lambda session: ledger.next_due(session, list(self._outlets), self._resources.clock())
        )
        now = self._resources.clock()
        ends = (due_at or now + _ROUND, self._round.started_at + _ROUND)
        return min(_CHECK_S, max(1.0, min((at - now).total_seconds() for at in ends)))

    def _begin_round(self) -> Round:
        return Round(self._resources, list(self._outlets))

    async def _begin_next_round(self) -> None:
        if self._resources.clock() - self._round.started_at < _ROUND:
            return
        in_progress = [turn for turn in self._round.turns if turn.in_progress]
        if len(in_progress) < len(self._round.turns):
            self._round.turns = [turn for turn in self._round.turns if not turn.in_progress]
            report = await asyncio.to_thread(self._round.close)
            await asyncio.to_thread(self._ended, report)
            self._round = await asyncio.to_thread(self._begin_round)
            self._round.turns = in_progress

    async def _keep_showing(self) -> None:
        since_kept = 0.0
        while True:
            await asyncio.sleep(_SHOW_S)
            report = self._round.report()
            self._show(report)
            since_kept += _SHOW_S
            if since_kept >= _KEEP_S:
                since_kept = 0.0
                await self._round.keep(report)
