"""Opening and closing runs: the lock, the row, how far back, and the verdict at the end.

``open_run`` does both before and after the engine, so that what a person has to put right (a locked outlet, a wrong
argument) is said before the first request; the monitor opens and closes runs while the engine works.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from core.errors import UsageError
from core.scheduling.boundary import Boundary, crawl_boundary
from crawler.resources import Resources
from crawler.run import CrawlRun
from crawler.run_options import SEEDS, CrawlArguments
from database import ledger
from health import Changes, add_to_day, judge_outlet
from outlets.schema import Outlet


@contextmanager
def open_run(resources: Resources, outlet: Outlet, arguments: CrawlArguments) -> Iterator[CrawlRun]:
    """The run, alone at its outlet; its row is closed at the end.

    Raises:
        OutletBusyError: another run is at this outlet.
        DatabaseError: the database fails.
        UsageError: ``since=seeds`` without a seed of this outlet.
    """
    with resources.locks.outlet(outlet.name):
        run = resources.writer.run_blocking(partial(begin_run, resources, outlet, arguments))
        try:
            yield run
        finally:
            if not run.fatal:  # otherwise the row stays "running" and the next run marks it as killed
                resources.writer.run_blocking(partial(close_run, run))


def begin_run(
    resources: Resources,
    outlet: Outlet,
    arguments: CrawlArguments,
    session: Session,
    *,
    only_due: bool = False,
    round_id: int | None = None,
) -> CrawlRun:
    """A new run and its row, in the caller's transaction; the caller holds the outlet's lock.

    Raises:
        UsageError: ``since=seeds`` without a seed of this outlet.
    """
    now = resources.clock()
    boundary = _boundary(session, outlet, arguments, now)
    run_id = ledger.start_run(session, outlet.name, boundary, now, round_id=round_id)
    asked_for = arguments.since is not None
    return CrawlRun(outlet, run_id, boundary, now, resources, arguments.limit, asked_for, only_due)


def close_run(run: CrawlRun, session: Session, *, judge: bool = True) -> Changes:
    """Close the run's row, and judge the outlet by it, in the caller's transaction; the flags that changed."""
    now, measures = run.now(), run.measures
    message = run.failures[0] if run.failures else None
    counts = dict(run.counts) | {f"looked again: {what}": number for what, number in run.recheck_counts.items()}
    effort = {"requests": measures.requests, "received": measures.bytes}
    ledger.finish_run(session, run.id, run.state or "stopped", counts, message, now, **effort)
    if not judge:
        return Changes()
    record_measures(run, session)
    return judge_outlet(session, run.outlet.name, now)


def record_measures(run: CrawlRun, session: Session) -> None:
    """Add what the run measured to its outlet's day, in the caller's transaction."""
    add_to_day(session, run.outlet.name, run.measures, run.now())


def _boundary(session: Session, outlet: Outlet, arguments: CrawlArguments, now: datetime) -> Boundary:
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
