"""Limits on database queries: their number at once and the time of each.

One search may keep a core busy for seconds; five in a row must not starve a crawl on the same machine.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import DatabaseError, PantauError
from database.engine import reading
from database.errors import database_error, display_url

SECONDS = 10.0
# PostgreSQL's SQLSTATE query_canceled: ended by statement_timeout.
_CANCELLED = "57014"
# SQLite forgets an interrupt between two statements, so it is repeated.
_AGAIN_S = 0.1


class TooCostlyError(PantauError):
    """The query took longer than the limit."""


class BusyError(PantauError):
    """Too many other queries are running."""


class Limits:
    """Limits of one server.

    Args:
        seconds: longest time of a query, and longest wait for its turn.
        at_once: number of concurrent queries; by default half the cores, at least two.
    """

    def __init__(self, seconds: float = SECONDS, at_once: int | None = None) -> None:
        self._seconds = seconds
        self._turns = BoundedSemaphore(at_once or max(2, (os.cpu_count() or 1) // 2))

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Session]:
        """Open a read-only session. Do not nest: the inner one would wait for the outer.

        Raises:
            TooCostlyError: it took too long.
            BusyError: no turn came in time.
            DatabaseError: the database does not answer.
        """
        with self._turn(), _translate_errors(engine), Session(reading(engine)) as session, self._timed(session):
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._seconds):
            raise BusyError("the server is busy with other queries; try again in a moment")
        try:
            yield
        finally:
            self._turns.release()

    @contextmanager
    def _timed(self, session: Session) -> Iterator[None]:
        driver = session.connection().connection.driver_connection
        try:
            if isinstance(driver, sqlite3.Connection):
                with _interrupted_after(driver, self._seconds):
                    yield
            else:
                session.execute(text(f"SET LOCAL statement_timeout = {round(self._seconds * 1000):d}"))
                yield
        except DBAPIError as error:
            if _was_ended(error.orig):
                raise TooCostlyError(
                    f"the query takes longer than {self._seconds:g} s; add a rarer word, an outlet or a period"
                ) from error
            raise


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a session that is committed at the end.

    Raises:
        DatabaseError: the database does not answer, or is read-only.
    """
    options: dict[str, Any] = {"sqlite_begin": "BEGIN IMMEDIATE", "postgresql_readonly": False}
    with _translate_errors(engine), Session(engine.execution_options(**options)) as session, session.begin():
        yield session


@contextmanager
def _translate_errors(engine: Engine) -> Iterator[None]:
    file = Path(engine.url.database or "")
    # SQLite would answer from the deleted file while a connection is open, and create an empty one for the next.
    if engine.dialect.name == "sqlite" and not file.exists():
        raise DatabaseError(
            f"the database {display_url(engine.url)} no longer exists; restore it, or restart the server"
        )
    try:
        yield
    except SQLAlchemyError as error:
        raise database_error(error, engine.url) from error


@contextmanager
def _interrupted_after(driver: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Interrupt the connection's statement after the time, and every later one."""
    done = Event()

    def interrupt() -> None:
        pause = seconds
        while not done.wait(pause):
            driver.interrupt()
            pause = _AGAIN_S

    watch = Thread(target=interrupt, name="time limit", daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()  # else it might interrupt the connection's next user


def _was_ended(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorname == "SQLITE_INTERRUPT"
    return getattr(error, "sqlstate", None) == _CANCELLED
