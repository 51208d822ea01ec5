"""Write from the crawl: one thread and one transaction for many jobs.

A commit costs one fsync however much it holds, so the thread commits all waiting jobs at once. If one fails, all are
run again, each in its own savepoint, so that it undoes nothing but itself.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import DatabaseError
from database.errors import database_error, may_pass

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Jobs in one transaction: enough that the fsync no longer counts, few enough that other processes get their turn soon.
GROUP = 200
# Seconds before a group that hit a lock, a serialisation failure or a lost connection is tried again; the sum bridges
# a server's restart. SQLite has waited for ``BUSY_TIMEOUT_MS`` before each of them.
RETRY_AFTER = (0.05, 0.2, 1.0, 3.0, 10.0)


@dataclass(slots=True)
class _Job:
    work: Callable[[Session], Any]
    answer: "Future[Any]" = field(default_factory=Future)


class Writer:
    """Run writing functions in the order they come, each complete or not at all.

    Work must not commit, and must do nothing but database work: it runs again when its group is retried. Callers wait
    for the commit, which bounds the queue.
    """

    def __init__(self, engine: Engine, *, group: int = GROUP) -> None:
        self._engine = engine
        self._group = group
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="database-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Session], T]) -> T:
        """Return the result of ``work`` once it is committed.

        Raises:
            DatabaseError: nothing of it was written.
            Exception: raised by ``work`` itself; nothing of it was written.
        """
        # Cancelling the waiter does not undo a job that the thread may be committing.

        result: T = await asyncio.shield(asyncio.wrap_future(self._put(work)))
        return result

    def run_blocking(self, work: Callable[[Session], T]) -> T:
        result: T = self._put(work).result()
        return result

    def close(self) -> None:
        """Finish waiting jobs, then end the thread. Later calls of ``run`` fail."""
        with self._closing:
            if not self._closed:
                self._jobs.put(None)
            self._closed = True
        self._thread.join()

    def _put(self, work: Callable[[Session], T]) -> "Future[T]":
        job = _Job(work)
        with self._closing:  # so that nothing comes behind the mark that ends the thread
            if self._closed:
                raise DatabaseError("the database writer is closed: the program is stopping")
            self._jobs.put(job)
        return job.answer

    def _serve(self) -> None:
        with_more = True
        while with_more:
            jobs, with_more = self._take()
            if jobs:
                self._answer(jobs)

    def _take(self) -> tuple[list[_Job], bool]:
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == self._group:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _answer(self, jobs: list[_Job]) -> None:
        try:
            outcomes = self._commit(jobs)
        except Exception as error:  # noqa: BLE001 - every job gets the failure, of any kind
            failure = database_error(error, self._engine.url) if isinstance(error, DBAPIError) else error
            outcomes = [(None, failure)] * len(jobs)
        for job, (result, problem) in zip(jobs, outcomes, strict=True):
            if problem is None:
                job.answer.set_result(result)
            else:
                job.answer.set_exception(problem)

    def _commit(self, jobs: list[_Job]) -> list[tuple[Any, Exception | None]]:
        for pause in RETRY_AFTER:
            try:
                return self._attempt(jobs)
            except DBAPIError as error:
                if not may_pass(error):
                    raise
                logger.info("group of %d writes is retried in %g s: %s", len(jobs), pause, error.orig)
                time.sleep(pause)
        return self._attempt(jobs)

    def _attempt(self, jobs: list[_Job]) -> list[tuple[Any, Exception | None]]:
        """Run all jobs in one transaction.

        Savepoints cost as much as a small job, so they come only after one failed.
        """
        try:
            with Session(self._engine) as session, session.begin():
                return [(job.work(session), None) for job in jobs]
        except Exception as error:
            if isinstance(error, DBAPIError) and may_pass(error):
                raise
        with Session(self._engine) as session, session.begin():
            return [self._run_one(session, job) for job in jobs]

    def _run_one(self, session: Session, job: _Job) -> tuple[Any, Exception | None]:
        try:
            with session.begin_nested():
                return job.work(session), None
        except DBAPIError as error:
            if may_pass(error):
                raise  # the whole transaction is lost, not only this job
            return None, database_error(error, self._engine.url)
        except Exception as error:  # noqa: BLE001 - a job's failure is its answer
            return None, error
