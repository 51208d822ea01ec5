"""What a question to the database may cost: so many at once, each for so long.

A word of every third article keeps a core busy for seconds, and whoever asks it five times in a row must not starve a
crawl on the same machine. Questions wait for their turn; one that takes too long is ended.
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
# PostgreSQL's word for a statement that was ended by its time-out.
_CANCELLED = "57014"
# SQLite forgets an interruption that falls between two statements, so it is repeated.
_AGAIN_S = 0.1


class TooCostlyError(PantauError):
    """The question takes longer than questions may."""


class BusyError(PantauError):
    """Other questions take all the time there is."""


class Limits:
    """Bounds what questions cost.

    Args:
        seconds: how long a question may take, and how long it waits for its turn.
        at_once: how many are answered at a time; half the cores if not given, but two at least.
    """

    def __init__(self, seconds: float = SECONDS, at_once: int | None = None) -> None:
        self._seconds = seconds
        self._turns = BoundedSemaphore(at_once or max(2, (os.cpu_count() or 1) // 2))

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Session]:
        """A session that only reads; one inside another would wait for itself.

        Raises:
            TooCostlyError: it took too long.
            BusyError: its turn did not come.
            DatabaseError: the database does not answer.
        """
        with self._turn(), _told(engine), Session(reading(engine)) as session, self._timed(session):
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._seconds):
            raise BusyError("other questions keep the server busy: try again in a moment")
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
                    f"this takes longer than {self._seconds:g} s: narrow it by a rarer word, an outlet or a period"
                ) from error
            raise


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose changes are committed at the end.

    Raises:
        DatabaseError: the database does not answer, or takes no changes.
    """
    options: dict[str, Any] = {"sqlite_begin": "BEGIN IMMEDIATE", "postgresql_readonly": False}
    with _told(engine), Session(engine.execution_options(**options)) as session, session.begin():
        yield session


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    file = Path(engine.url.database or "")
    # SQLite would answer from the deleted file as long as a connection is open, and make an empty one for the next.
    if engine.dialect.name == "sqlite" and not file.exists():
        raise DatabaseError(
            f"the database {display_url(engine.url)} is no longer there: put it back, or start the server anew"
        )
    try:
        yield
    except SQLAlchemyError as error:
        raise database_error(error, engine.url) from error


@contextmanager
def _interrupted_after(driver: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Ends what the connection does when the time is over, and then everything it begins."""
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
