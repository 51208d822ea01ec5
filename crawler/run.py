"""State of one crawl run: boundary, ledger access, counters."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from scrapy import Request
from scrapy.exceptions import CloseSpider
from sqlalchemy.orm import Session

from core.errors import DatabaseError, RefusedByDatabaseError
from core.formatting import format_count
from core.models import Reason
from core.scheduling.boundary import Boundary
from core.scheduling.polling import PollHints
from crawler.discovery.candidates import partition_candidates
from crawler.discovery.result import SourceKind, SourceResult
from crawler.outcomes import Outcome
from crawler.resources import Resources
from crawler.workers import Workers
from database import ledger
from database.ledger import Admission, DueRecheck, Pending, SourceState, Validators
from database.schema import EndState
from database.writer import Writer
from health.measures import Measures
from outlets.schema import Outlet

logger = logging.getLogger(__name__)

DATABASE_FAILED = "database failed"
T = TypeVar("T")


class RunContext(Protocol):
    """Context of a request for the middlewares: a ``CrawlRun`` or ``CheckContext``."""

    @property
    def outlet(self) -> Outlet:
        """Outlet of the request."""

    @property
    def id(self) -> int:
        """Number of the run; 0 for a check."""

    @property
    def measures(self) -> Measures:
        """Counters for the outlet's health."""

    def now(self) -> datetime:
        """Current time, aware."""


def run_context(request: Request) -> RunContext:
    context: RunContext = request.meta["run"]
    return context


@dataclass(slots=True)
class CrawlRun:
    """One outlet's run, as spider and pipelines share it.

    Attributes:
        remaining: articles that may still be requested; ``None``: no limit.
        user_boundary: the user gave the boundary; gaps do not extend it.
        failures: messages; the first one is stored with the run.
        counts: outcomes by state and reason.
        rechecked: ``url_id`` of articles.
        missed: estimated articles lost, by gap id.
        state: ``None`` while the run goes on or if it was stopped.
        fatal: a database error.
        ended: set when nothing is in flight.
    """

    outlet: Outlet
    id: int
    boundary: Boundary
    started_at: datetime
    resources: Resources
    remaining: int | None = None
    user_boundary: bool = False
    only_due: bool = False
    failures: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    recheck_counts: Counter[str] = field(default_factory=Counter)
    rechecked: set[int] = field(default_factory=set)
    polled_urls: set[str] = field(default_factory=set)
    missed: dict[int, int] = field(default_factory=dict)
    measures: Measures = field(default_factory=Measures)
    state: EndState | None = None
    fatal: str | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _in_flight: int = 0

    @property
    def writer(self) -> Writer:
        return self.resources.writer

    @property
    def workers(self) -> Workers:
        return self.resources.workers

    def now(self) -> datetime:
        return self.resources.clock()

    @property
    def in_flight(self) -> int:
        return self._in_flight

    @property
    def unreachable(self) -> bool:
        return self.measures.requests > 0 and self.measures.answers == 0

    def expect(self) -> None:
        self._in_flight += 1

    def done(self) -> None:
        """Count one request or page less in flight; the last one ends the run."""
        self._in_flight -= 1
        if not self._in_flight:
            self.ended.set()

    def record_internal_error(self, error: Exception) -> None:
        """Record a bug of ours; the next run does the rest."""
        self.failures.append(f"{self.outlet.name}: internal error: {type(error).__name__}: {error}")
        self.state = "failed"

    async def write(self, work: Callable[[Session], T], *, may_be_refused: bool = False) -> T:
        """Run ``work`` in a transaction of the writer.

        Raises:
            RefusedByDatabaseError: only these values are refused, and ``may_be_refused`` is set.
            CloseSpider: the database fails; a crawl that cannot store anything must end.
        """
        try:
            return await self.writer.run(work)
        except DatabaseError as error:
            if may_be_refused and isinstance(error, RefusedByDatabaseError):
                raise
            self.fatal = str(error)
            raise CloseSpider(DATABASE_FAILED) from error

    async def resume_pending(self) -> list[Pending]:
        left = await self.write(
            lambda session: ledger.resume(session, self.id, self.outlet.name, self.boundary, self.now())
        )
        return self._within_limit(left)

    async def find_source(self, url: str, kind: SourceKind, parent: SourceState | None = None) -> SourceState:
        parent_id = parent.id if parent else None
        return await self.write(
            lambda session: ledger.source(session, self.outlet.name, url, kind, parent_id=parent_id)
        )

    async def find_children(self, parent: SourceState) -> list[SourceState]:
        return await self.write(lambda session: ledger.known_children(session, parent.id))

    async def admit(
        self,
        state: SourceState,
        reading: SourceResult,
        validators: Validators | None,
        hints: PollHints,
        *,
        page: int | None = None,
    ) -> tuple[list[Pending], Admission]:
        """Enter a source's candidates into the ledger; return the articles to fetch now.

        ``validators``: ``None`` in a walk; ``page``: of a listing, ``None`` if it is the only one.
        """
        candidates, refused = partition_candidates(reading.candidates, self.outlet)
        boundary = self.boundary if self.user_boundary else ledger.catch_up(state, self.boundary)
        admission = await self.write(
            lambda session: ledger.admit(
                session,
                self.id,
                state.id,
                ledger.SourceAnswer(
                    candidates, validators=validators, children=reading.children, refused=refused, page=page
                ),
                boundary,
                self.now(),
                pace=hints,
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
        logger.info(
            "%s: polled %s: %s named, %d to fetch%s",
            self.outlet.name, state.url, format_count(len(reading.candidates), "article"), len(admission.admitted),
            f", about {admission.gap.estimate} missed" if admission.gap else "",
        )  # fmt: skip
        return self._within_limit(admission.admitted), admission

    async def record_source_unchanged(self, state: SourceState, status: int, hints: PollHints) -> None:
        logger.info("%s: polled %s: unchanged (HTTP %d)", self.outlet.name, state.url, status)
        self.counts["unchanged sources"] += 1
        self.measures.sources_answered += 1
        await self.write(lambda session: ledger.record_unchanged(session, state.id, status, self.now(), hints))

    async def record_source_failure(
        self, state: SourceState, problem: str, status: int | None, hints: PollHints
    ) -> None:
        logger.info("%s: polled %s: %s", self.outlet.name, state.url, problem)
        self.failures.append(f"{state.url}: {problem}")
        self.measures.sources_failed += 1
        self._note_certificate(problem)
        await self.write(
            lambda session: ledger.record_source_failure(session, state.id, problem, status, self.now(), hints)
        )

    async def finish_walk(
        self, state: SourceState, began_at: datetime, validators: Validators | None, *, whole: bool
    ) -> None:
        """Record a complete walk of a listing, ``whole`` or of one day."""
        await self.write(
            lambda session: ledger.finish_walk(
                session, state.id, self.boundary, began_at, self.now(), validators, whole=whole
            )
        )

    async def are_all_too_old(self, pending: Sequence[Pending]) -> bool:
        ids = [article.url_id for article in pending]
        return bool(ids) and await self.write(lambda session: ledger.all_have_reason(session, ids, Reason.TOO_OLD))

    async def record_outcome(self, pending: Pending, outcome: Outcome) -> None:
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
                session, pending.url_id, self.id, ledger.UrlOutcome(state, outcome.reason, outcome.detail), self.now()
            )
        )

    async def due_rechecks(self) -> list[DueRecheck]:
        """Return due rechecks, each once a run; none under a limit, for new articles."""
        if self.remaining is not None:
            return []
        due = await self.write(lambda session: ledger.due_rechecks(session, self.outlet.name, self.now()))
        rechecks = [recheck for recheck in due if recheck.url_id not in self.rechecked]
        self.rechecked.update(recheck.url_id for recheck in rechecks)
        return rechecks

    async def record_recheck_unchanged(self, recheck: DueRecheck) -> None:
        restored = await self.write(
            lambda session: ledger.record_recheck_unchanged(session, recheck.url_id, self.id, self.now())
        )
        self.recheck_counts["restored" if restored else "unchanged"] += 1

    async def record_recheck_missing(self, recheck: DueRecheck, status: int) -> None:
        removed = await self.write(
            lambda session: ledger.record_recheck_missing(session, recheck.url_id, self.id, status, self.now())
        )
        self.recheck_counts["removed" if removed else "missing"] += 1

    async def record_recheck_failure(self, recheck: DueRecheck, outcome: Outcome) -> None:
        self.recheck_counts[f"failed: {outcome.reason}"] += 1
        if outcome.state == "failed":
            self.failures.append(f"{recheck.url}: {outcome.detail or outcome.reason}")
        await self.write(
            lambda session: ledger.fail_recheck(
                session,
                recheck.url_id,
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
