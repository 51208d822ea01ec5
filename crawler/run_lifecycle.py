"""Opening and closing of runs: lock, row, boundary, verdict."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from core.errors import OutletBusyError, UsageError
from core.formatting import iso_time
from core.scheduling.boundary import Boundary, crawl_boundary
from crawler.resources import Resources
from crawler.run import CrawlRun
from crawler.run_options import SEEDS, CrawlArguments
from database import ledger
from health.flag_updates import FlagChanges, update_flags
from health.measures import add_to_day
from outlets.schema import Outlet

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class OpenRun:
    """A run that holds its outlet's lock until closed; closing again does nothing.

    Attributes:
        judge_unreachable: judge although nothing answered, perhaps by our network's fault.
        changes: empty until the run is closed.
    """

    run: CrawlRun
    lock: ExitStack
    judge_unreachable: bool = True
    changes: FlagChanges = field(default_factory=FlagChanges)
    closed: bool = False

    async def close(self) -> None:
        """Record the end, judge the outlet, release its lock.

        Raises:
            DatabaseError: nothing could be written; the lock is still held.
        """
        if not self.closed:
            self._set_closed(await self.run.writer.run(self._record_end))

    def close_blocking(self) -> None:
        """Close from outside the event loop.

        After a fatal error the row stays "running"; the next run marks it as killed.
        """
        if not self.closed:
            self._set_closed(FlagChanges() if self.run.fatal else self.run.writer.run_blocking(self._record_end))

    def _record_end(self, session: Session) -> FlagChanges:
        return close_run(self.run, session, judge=self.judge_unreachable or not self.run.unreachable)

    def _set_closed(self, changes: FlagChanges) -> None:
        run = self.run
        self.changes, self.closed = changes, True
        self.lock.close()
        logger.info(
            "%s: run %d ended: %s, %d stored, %d requests, flags: %d raised, %d cleared",
            run.outlet.name, run.id, run.state or "stopped", run.counts["stored"], run.measures.requests,
            len(changes.raised), len(changes.cleared),
        )  # fmt: skip


async def crawl_outlet_once(
    resources: Resources,
    outlet: Outlet,
    spider: "NewsSpider",
    arguments: CrawlArguments | None = None,
    *,
    only_due: bool = False,
    round_id: int | None = None,
    judge_unreachable: bool = True,
    on_open: Callable[[OpenRun], None] = lambda _: None,
) -> OpenRun:
    """Lock an outlet, crawl it, close the run and judge the outlet.

    A cancelled crawl stays open, because the engine still stores the pages in flight. The caller gets it through
    ``on_open`` and closes it once the engine has ended.

    Raises:
        OutletBusyError: another run is crawling the outlet.
        DatabaseError: the run could not be opened or closed.
        UsageError: ``since=seeds`` without a seed of this outlet.
        CloseSpider: the database fails in mid-crawl.
    """
    with ExitStack() as lock:
        try:
            lock.enter_context(resources.locks.outlet(outlet.name))
        except OutletBusyError as error:
            logger.info("%s: skipped: %s", outlet.name, error)
            raise
        logger.info("%s: locked", outlet.name)
        begin = partial(
            begin_run, resources, outlet, arguments or CrawlArguments(), only_due=only_due, round_id=round_id
        )
        run = await resources.writer.run(begin)
        opened = OpenRun(run, lock.pop_all(), judge_unreachable)
    since = iso_time(run.boundary.since, outlet.timezone) if run.boundary.since else "the beginning"
    logger.info("%s: run %d begins, back to %s", outlet.name, run.id, since)
    on_open(opened)
    await spider.crawl_outlet(run)
    await opened.close()
    return opened


def begin_run(
    resources: Resources,
    outlet: Outlet,
    arguments: CrawlArguments,
    session: Session,
    *,
    only_due: bool = False,
    round_id: int | None = None,
) -> CrawlRun:
    """Create a run and its row in the caller's transaction, under the outlet's lock.

    Raises:
        UsageError: ``since=seeds`` without a seed of this outlet.
    """
    now = resources.clock()
    boundary = _find_boundary(session, outlet, arguments, now)
    run_id = ledger.start_run(session, outlet.name, boundary, now, round_id=round_id)
    return CrawlRun(outlet, run_id, boundary, now, resources, arguments.limit, arguments.since is not None, only_due)


def close_run(run: CrawlRun, session: Session, *, judge: bool = True) -> FlagChanges:
    """Close a run's row and judge its outlet, in the caller's transaction.

    Does nothing to a closed run: its measures must not be added twice.
    """
    if not ledger.is_open(session, run.id):
        return FlagChanges()
    now, measures = run.now(), run.measures
    message = run.failures[0] if run.failures else None
    # The stored names of the counts stay as older versions wrote them.
    counts = dict(run.counts) | {f"looked again: {result}": number for result, number in run.recheck_counts.items()}
    effort = {"requests": measures.requests, "received": measures.bytes}
    ledger.finish_run(session, run.id, ledger.RunEnd(run.state or "stopped", counts, message, **effort), now)
    if not judge:
        return FlagChanges()
    record_measures(run, session)
    return update_flags(session, run.outlet.name, now)


def record_measures(run: CrawlRun, session: Session) -> None:
    """Add the run's measures to its outlet's day, in the caller's transaction."""
    add_to_day(session, run.outlet.name, run.measures, run.now())


def _find_boundary(session: Session, outlet: Outlet, arguments: CrawlArguments, now: datetime) -> Boundary:
    since = arguments.since
    if since == SEEDS:
        since = ledger.newest_published(session, outlet.name, origin="seed")
        if since is None:
            raise UsageError(
                f"since=seeds: no dated seed of {outlet.name} is stored; `scrapy seeds import PATH` adds some"
            )
    assert not isinstance(since, str)
    newest = ledger.newest_published(session, outlet.name)
    unfinished = ledger.unfinished_since(session, outlet.name)
    return crawl_boundary(newest, now, unfinished=unfinished, since=since, until=arguments.until)
