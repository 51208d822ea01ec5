"""One run of one outlet: its lock, its boundary, its worker processes, and its door to the ledger.

``open_run`` builds it before the engine starts, so that what a person has to put right (a locked outlet, a database
that cannot be opened) is said before the first request.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from scrapy.exceptions import CloseSpider
from scrapy.settings import BaseSettings
from sqlalchemy.orm import Session

from crawler.arguments import SEEDS, CrawlArguments
from crawler.discovery import Reading, SourceKind
from crawler.errors import DatabaseError, RefusedByDatabaseError, UsageError
from crawler.items import Reason
from crawler.outcomes import Outcome
from crawler.outlets.schema import Outlet
from crawler.wanted import partition
from crawler.workers import Workers
from database import ledger
from database.engine import open_database
from database.ledger import Admission, Boundary, Look, Pending, RunState, SourceState, Validators
from database.locks import outlet_lock
from database.profiles import Likeness
from database.writer import Writer
from pipelines.likeness import renew_likeness
from pipelines.linking import link_all_older

DATABASE_FAILED = "database failed"
T = TypeVar("T")


@dataclass(slots=True)
class CrawlRun:
    """What the spider and the pipelines of one run share.

    Attributes:
        look_back: days before and after an article in which its near copies are looked for.
        remaining: articles that may still be asked for; ``None``: any number.
        asked_for: the boundary is the person's own.
        likeness: tells how much an article is like the seeds.
        failures: what went wrong, in words, for the last line of the run.
        counts: outcomes of this run by state and reason.
        looked: what looking again at stored articles showed; ``seen_again`` are their ledger entries.
        close_reason: Scrapy's, once the spider is closed.
        fatal: why nothing could be written any more.
    """

    outlet: Outlet
    id: int
    boundary: Boundary
    started_at: datetime
    writer: Writer
    workers: Workers
    look_back: int
    remaining: int | None
    asked_for: bool = False
    likeness: Likeness = field(default_factory=Likeness)
    failures: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    looked: Counter[str] = field(default_factory=Counter)
    seen_again: set[int] = field(default_factory=set)
    close_reason: str | None = None
    fatal: str | None = None

    async def write(self, work: Callable[[Session], T], *, may_be_refused: bool = False) -> T:
        """The result of ``work`` in a transaction of the writer's.

        Raises:
            RefusedByDatabaseError: it takes everything but this, and ``may_be_refused``.
            CloseSpider: the database takes nothing any more; a crawl that cannot keep anything must end.
        """
        try:
            return await self.writer.run(work)
        except DatabaseError as error:
            if may_be_refused and isinstance(error, RefusedByDatabaseError):
                raise
            self.fatal = str(error)
            raise CloseSpider(DATABASE_FAILED) from error

    async def resume(self) -> list[Pending]:
        """What earlier runs left over and the boundary now admits."""
        left = await self.write(
            lambda session: ledger.resume(session, self.id, self.outlet.name, self.boundary, _now())
        )
        return self._within_limit(left)

    async def source(self, url: str, kind: SourceKind, parent: SourceState | None = None) -> SourceState:
        """The source's state, registered if new."""
        parent_id = parent.id if parent else None
        return await self.write(
            lambda session: ledger.source(session, self.outlet.name, url, kind, parent_id=parent_id)
        )

    async def children(self, parent: SourceState) -> list[SourceState]:
        """The child sitemaps that earlier readings of this index named."""
        return await self.write(lambda session: ledger.known_children(session, parent.id))

    async def admit(
        self, state: SourceState, reading: Reading, validators: Validators | None
    ) -> tuple[list[Pending], Admission]:
        """Enter a source's reading into the ledger; gives what is to be fetched now."""
        wanted, refused = partition(reading.candidates, self.outlet)
        boundary = self.boundary if self.asked_for else ledger.catch_up(state, self.boundary)
        admission = await self.write(
            lambda session: ledger.admit(
                session,
                self.id,
                state.id,
                wanted,
                boundary,
                _now(),
                validators=validators,
                children=reading.children,
                refused=refused,
            )
        )
        self.counts["named"] += len(reading.candidates)
        self.counts["too old"] += admission.too_old
        return self._within_limit(admission.admitted), admission

    async def source_unchanged(self, state: SourceState, status: int) -> None:
        """Record that a source had nothing new."""
        self.counts["unchanged sources"] += 1
        await self.write(lambda session: ledger.record_unchanged(session, state.id, status, _now()))

    async def source_failed(self, state: SourceState, problem: str, status: int | None) -> None:
        """Record that a source could not be read."""
        self.failures.append(f"{state.url}: {problem}")
        await self.write(lambda session: ledger.record_source_failure(session, state.id, problem, status, _now()))

    async def finish_walk(self, state: SourceState, began_at: datetime, validators: Validators | None) -> None:
        """Record that a listing was walked to its end, or to where nothing is new."""
        await self.write(
            lambda session: ledger.finish_walk(session, state.id, self.boundary, began_at, _now(), validators)
        )

    async def all_too_old(self, pending: Sequence[Pending]) -> bool:
        """Whether every one of these turned out to be older than the boundary."""
        ids = [one.url_id for one in pending]
        return bool(ids) and await self.write(lambda session: ledger.all_have_reason(session, ids, Reason.TOO_OLD))

    async def settle(self, pending: Pending, outcome: Outcome) -> None:
        """Record the outcome of a URL that brought no page."""
        self.counts["gone" if outcome.state == "gone" else f"{outcome.state}: {outcome.reason}"] += 1
        if outcome.state == "failed":
            self.failures.append(f"{pending.url}: {outcome.detail or outcome.reason}")
            await self.write(
                lambda session: ledger.fail(
                    session,
                    pending.url_id,
                    self.id,
                    outcome.reason,
                    outcome.detail,
                    _now(),
                    retry_after=outcome.retry_after,
                )
            )
            return
        state = outcome.state
        await self.write(
            lambda session: ledger.decide(
                session, pending.url_id, self.id, state, outcome.reason, outcome.detail, _now()
            )
        )

    async def looks(self) -> list[Look]:
        """The stored articles whose next look is due, each once a run. None under a limit: that is for new ones."""
        if self.remaining is not None:
            return []
        due = await self.write(lambda session: ledger.due_looks(session, self.outlet.name, _now()))
        looks = [look for look in due if look.url_id not in self.seen_again]
        self.seen_again.update(look.url_id for look in looks)
        return looks

    async def look_unchanged(self, look: Look) -> None:
        """Record that an article's page is as it was."""
        back = await self.write(lambda session: ledger.looked(session, look.url_id, self.id, _now()))
        self.looked["restored" if back else "unchanged"] += 1

    async def look_missing(self, look: Look, status: int) -> None:
        """Record that an article's page is not there."""
        removed = await self.write(lambda session: ledger.missing(session, look.url_id, self.id, status, _now()))
        self.looked["removed" if removed else "missing"] += 1

    async def look_failed(self, look: Look, outcome: Outcome) -> None:
        """Record that a page could not be looked at; the article stays as it is."""
        self.looked[f"failed: {outcome.reason}"] += 1
        if outcome.state == "failed":
            self.failures.append(f"{look.url}: {outcome.detail or outcome.reason}")
        await self.write(
            lambda session: ledger.look_failed(
                session,
                look.url_id,
                self.id,
                outcome.reason,
                outcome.detail,
                _now(),
                retry_after=outcome.retry_after,
            )
        )

    def _within_limit(self, pending: list[Pending]) -> list[Pending]:
        if self.remaining is None:
            return pending
        taken = pending[: self.remaining]
        self.remaining -= len(taken)
        return taken


@contextmanager
def open_run(settings: BaseSettings, outlet: Outlet, arguments: CrawlArguments) -> Iterator[CrawlRun]:
    """The run, with everything it holds; released in reverse at the end, and the run's row closed.

    Raises:
        OutletBusyError: another run is at this outlet.
        DatabaseError: the database cannot be opened.
        UsageError: ``since=seeds`` without a seed of this outlet.
    """
    with ExitStack() as stack:
        engine = open_database(settings["DATABASE_URL"])
        stack.callback(engine.dispose)
        stack.enter_context(outlet_lock(engine, outlet.name))
        writer = Writer(engine)
        stack.callback(writer.close)
        look_back = settings.getint("STORY_LOOK_BACK_DAYS")
        link_all_older(writer, look_back=look_back)
        renew_likeness(writer)
        started_at = _now()
        boundary = _boundary(writer, outlet, arguments, started_at)
        run_id = writer.run_blocking(lambda session: ledger.start_run(session, outlet.name, boundary, started_at))
        count, timeout, tasks = (
            settings.getint("WORKERS"),
            settings.getfloat("WORKER_TIMEOUT"),
            settings.getint("WORKER_TASKS"),
        )
        workers = Workers(count, timeout, tasks)
        stack.callback(workers.close)
        asked_for = arguments.since is not None
        run = CrawlRun(outlet, run_id, boundary, started_at, writer, workers, look_back, arguments.limit, asked_for)
        try:
            yield run
        finally:
            _close(run)


def _close(run: CrawlRun) -> None:
    ends: dict[str | None, RunState] = {"finished": "finished", None: "failed"}
    state = ends.get(run.close_reason, "stopped")
    if run.fatal:
        return  # the row stays "running" and the next run marks it as killed
    message = run.failures[0] if run.failures else None
    counts = dict(run.counts) | {f"looked again: {what}": number for what, number in run.looked.items()}
    run.writer.run_blocking(lambda session: ledger.finish_run(session, run.id, state, counts, message, _now()))


def _boundary(writer: Writer, outlet: Outlet, arguments: CrawlArguments, now: datetime) -> Boundary:
    def look_up(session: Session) -> Boundary:
        newest = ledger.newest_published(session, outlet.name)
        unfinished = ledger.unfinished_since(session, outlet.name)
        since = arguments.since
        if since == SEEDS:
            since = ledger.newest_published(session, outlet.name, origin="seed")
            if since is None:
                raise UsageError(
                    f"since=seeds: no dated seed of {outlet.name} is stored; `scrapy seeds import PATH` adds some"
                )
        assert not isinstance(since, str)
        return ledger.crawl_boundary(newest, now, unfinished=unfinished, since=since, until=arguments.until)

    return writer.run_blocking(look_up)


def _now() -> datetime:
    return datetime.now(UTC)
