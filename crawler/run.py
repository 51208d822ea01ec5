"""One run of one outlet: its boundary, its door to the ledger, and what it counted."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from scrapy import Request
from scrapy.exceptions import CloseSpider
from sqlalchemy.orm import Session

from core.errors import DatabaseError, RefusedByDatabaseError
from core.models import Reason
from core.scheduling.boundary import Boundary
from core.scheduling.polling import PollHints
from crawler.discovery import SourceKind, SourceResult
from crawler.discovery.candidates import partition_candidates
from crawler.outcomes import Outcome
from crawler.resources import Resources
from crawler.workers import Workers
from database import ledger
from database.ledger import Admission, DueRecheck, Pending, SourceState, Validators
from database.schema import EndState
from database.writer import Writer
from health.measures import Measures
from outlets.schema import Outlet

DATABASE_FAILED = "database failed"
T = TypeVar("T")


class RunContext(Protocol):
    """The part of a run that the middlewares rely on: ``CrawlRun``, or a check's ``CheckContext``."""

    @property
    def outlet(self) -> Outlet:
        """The outlet that the request is for."""

    @property
    def id(self) -> int:
        """Number of the run; 0 for a check, which has none."""

    @property
    def measures(self) -> Measures:
        """Counters for the outlet's health."""

    def now(self) -> datetime:
        """Return the current time, aware."""


def run_context(request: Request) -> RunContext:
    """Return the context of the run that made the request."""
    context: RunContext = request.meta["run"]
    return context


@dataclass(slots=True)
class CrawlRun:
    """What the spider and the pipelines know of one outlet's run.

    Attributes:
        remaining: articles that may still be asked for; ``None``: any number.
        asked_for: the boundary is the person's own.
        only_due: sources whose time has not come are left alone.
        failures: what went wrong, in words, for the last line of the run.
        counts: outcomes of this run by state and reason.
        recheck_counts: what looking again at stored articles showed; ``rechecked`` are their ledger entries.
        asked: the addresses of the sources asked so far.
        missed: estimate of articles that sources lost, by gap.
        measures: for the outlet's health.
        state: how it ended; ``None`` while it goes on, and when it was stopped.
        fatal: why nothing could be written any more.
        over: set when nothing that the run asked for is on its way any more.
    """

    outlet: Outlet
    id: int
    boundary: Boundary
    started_at: datetime
    resources: Resources
    remaining: int | None = None
    asked_for: bool = False
    only_due: bool = False
    failures: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    recheck_counts: Counter[str] = field(default_factory=Counter)
    rechecked: set[int] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    missed: dict[int, int] = field(default_factory=dict)
    measures: Measures = field(default_factory=Measures)
    state: EndState | None = None
    fatal: str | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _in_flight: int = 0

    @property
    def writer(self) -> Writer:
        """The database's."""
        return self.resources.writer

    @property
    def workers(self) -> Workers:
        """The processes that parse."""
        return self.resources.workers

    def now(self) -> datetime:
        """What time it is, aware."""
        return self.resources.clock()

    @property
    def in_flight(self) -> int:
        """How many requests and pages are on their way."""
        return self._in_flight

    @property
    def unreachable(self) -> bool:
        """True if requests were made and nothing answered at all."""
        return self.measures.requests > 0 and self.measures.answers == 0

    def expect(self) -> None:
        """Something more is on its way: a request, or a page to be stored."""
        self._in_flight += 1

    def done(self) -> None:
        """One of what was expected came to its end."""
        self._in_flight -= 1
        if not self._in_flight:
            self.over.set()

    def record_internal_error(self, error: Exception) -> None:
        """A fault of ours: something of the run was not done, and the next one takes it up."""
        self.failures.append(f"{self.outlet.name}: internal error: {type(error).__name__}: {error}")
        self.state = "failed"

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

    async def resume_pending(self) -> list[Pending]:
        """What earlier runs left over and the boundary now admits."""
        left = await self.write(
            lambda session: ledger.resume(session, self.id, self.outlet.name, self.boundary, self.now())
        )
        return self._within_limit(left)

    async def find_source(self, url: str, kind: SourceKind, parent: SourceState | None = None) -> SourceState:
        """The source's state, registered if new."""
        parent_id = parent.id if parent else None
        return await self.write(
            lambda session: ledger.source(session, self.outlet.name, url, kind, parent_id=parent_id)
        )

    async def find_children(self, parent: SourceState) -> list[SourceState]:
        """The child sitemaps that earlier readings of this index named."""
        return await self.write(lambda session: ledger.known_children(session, parent.id))

    async def admit(
        self,
        state: SourceState,
        reading: SourceResult,
        validators: Validators | None,
        pace: PollHints,
        *,
        page: int | None = None,
    ) -> tuple[list[Pending], Admission]:
        """Enter a source's reading into the ledger; gives what is to be fetched now.

        Args:
            state: the source.
            reading: what it says.
            validators: the answer's; ``None`` for the pages of a walk.
            pace: how often it may be asked.
            page: of a listing that goes on with further pages; ``None``: this is all.
        """
        wanted, refused = partition_candidates(reading.candidates, self.outlet)
        boundary = self.boundary if self.asked_for else ledger.catch_up(state, self.boundary)
        admission = await self.write(
            lambda session: ledger.admit(
                session,
                self.id,
                state.id,
                wanted,
                boundary,
                self.now(),
                validators=validators,
                children=reading.children,
                refused=refused,
                pace=pace,
                page=page,
            )
        )
        self.counts["named"] += len(reading.candidates)
        self.counts["too old"] += admission.too_old
        self.measures.named += len(reading.candidates)
        self.measures.fresh += admission.fresh
        self.measures.sources_answered += 1
        if not reading.candidates and state.kind != "sitemap":
            self.measures.empty_listings += 1
        if admission.gap:
            self.missed[admission.gap.id] = admission.gap.estimate
        return self._within_limit(admission.admitted), admission

    async def record_source_unchanged(self, state: SourceState, status: int, pace: PollHints) -> None:
        """Record that a source had nothing new."""
        self.counts["unchanged sources"] += 1
        self.measures.sources_answered += 1
        await self.write(lambda session: ledger.record_unchanged(session, state.id, status, self.now(), pace))

    async def record_source_failure(
        self, state: SourceState, problem: str, status: int | None, pace: PollHints
    ) -> None:
        """Record that a source could not be read."""
        self.failures.append(f"{state.url}: {problem}")
        self.measures.sources_failed += 1
        self._note_certificate(problem)
        await self.write(
            lambda session: ledger.record_source_failure(session, state.id, problem, status, self.now(), pace)
        )

    async def finish_walk(
        self, state: SourceState, began_at: datetime, validators: Validators | None, *, whole: bool
    ) -> None:
        """Record that a listing, ``whole`` or of one day, was walked to its end, or to where nothing is new."""
        await self.write(
            lambda session: ledger.finish_walk(
                session, state.id, self.boundary, began_at, self.now(), validators, whole=whole
            )
        )

    async def are_all_too_old(self, pending: Sequence[Pending]) -> bool:
        """Whether every one of these turned out to be older than the boundary."""
        ids = [one.url_id for one in pending]
        return bool(ids) and await self.write(lambda session: ledger.all_have_reason(session, ids, Reason.TOO_OLD))

    async def record_outcome(self, pending: Pending, outcome: Outcome) -> None:
        """Record the outcome of a URL that brought no page."""
        self.counts["gone" if outcome.state == "gone" else f"{outcome.state}: {outcome.reason}"] += 1
        if outcome.state == "failed":
            self.failures.append(f"{pending.url}: {outcome.detail or outcome.reason}")
            self.measures.failed[outcome.reason] += 1
            self._note_certificate(outcome.detail)
            await self.write(
                lambda session: ledger.fail(
                    session,
                    pending.url_id,
                    self.id,
                    outcome.reason,
                    outcome.detail,
                    self.now(),
                    retry_after=outcome.retry_after,
                )
            )
            return
        state = outcome.state
        self.measures.rejected[outcome.reason] += 1
        await self.write(
            lambda session: ledger.decide(
                session, pending.url_id, self.id, state, outcome.reason, outcome.detail, self.now()
            )
        )

    async def due_rechecks(self) -> list[DueRecheck]:
        """The stored articles whose next look is due, each once a run. None under a limit: that is for new ones."""
        if self.remaining is not None:
            return []
        due = await self.write(lambda session: ledger.due_rechecks(session, self.outlet.name, self.now()))
        looks = [look for look in due if look.url_id not in self.rechecked]
        self.rechecked.update(look.url_id for look in looks)
        return looks

    async def record_recheck_unchanged(self, look: DueRecheck) -> None:
        """Record that an article's page is as it was."""
        back = await self.write(
            lambda session: ledger.record_recheck_unchanged(session, look.url_id, self.id, self.now())
        )
        self.recheck_counts["restored" if back else "unchanged"] += 1

    async def record_recheck_missing(self, look: DueRecheck, status: int) -> None:
        """Record that an article's page is not there."""
        removed = await self.write(
            lambda session: ledger.record_recheck_missing(session, look.url_id, self.id, status, self.now())
        )
        self.recheck_counts["removed" if removed else "missing"] += 1

    async def record_recheck_failure(self, look: DueRecheck, outcome: Outcome) -> None:
        """Record that a page could not be looked at; the article stays as it is."""
        self.recheck_counts[f"failed: {outcome.reason}"] += 1
        if outcome.state == "failed":
            self.failures.append(f"{look.url}: {outcome.detail or outcome.reason}")
        await self.write(
            lambda session: ledger.fail_recheck(
                session,
                look.url_id,
                self.id,
                outcome.reason,
                outcome.detail,
                self.now(),
                retry_after=outcome.retry_after,
            )
        )

    def _note_certificate(self, problem: str) -> None:
        if "certificate" in problem.lower():
            self.measures.certificate = problem

    def _within_limit(self, pending: list[Pending]) -> list[Pending]:
        if self.remaining is None:
            return pending
        taken = pending[: self.remaining]
        self.remaining -= len(taken)
        return taken
