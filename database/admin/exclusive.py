"""Have a database to oneself while it is copied or replaced."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from core.errors import DatabaseError
from database.admin.rows import TABLES
from database.errors import display_url, translate_errors
from database.locks import Locks, lock_folder

# How long a server waits for current writers.
_PATIENCE_S = 30
_SESSIONS = """
    SELECT DISTINCT a.pid, coalesce(host(a.client_addr), 'the server itself') AS place, a.backend_start
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND a.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY a.backend_start
"""


def holders(engine: Engine) -> list[str]:
    if engine.dialect.name == "sqlite":
        descriptions = (_holder(path) for path in sorted(lock_folder(engine).glob("*.lock")))
        return [holder for holder in descriptions if holder]
    with translate_errors(engine.url), engine.connect() as connection:
        rows = connection.execute(text(_SESSIONS)).all()
    return [f"a run on {row.place} since {row.backend_start:%Y-%m-%d %H:%M:%S %Z}" for row in rows]


def check_free(engine: Engine) -> None:
    """Check that no run holds the database.

    Raises:
        DatabaseError: one does.
    """
    if current := holders(engine):
        raise DatabaseError(
            f"database {display_url(engine.url)} is in use: {'; '.join(current)}: wait for them or end them"
        )


@contextmanager
def exclusive_locks(engine: Engine) -> Iterator[None]:
    """Keep the monitor and ``scrapy watch`` away.

    Raises:
        DatabaseError, MonitorBusyError, WatchBusyError: the database is in use.
    """
    check_free(engine)
    with Locks(engine) as locks, locks.monitor(), locks.watch():
        yield


@contextmanager
def read_without_writers(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that blocks other writers, not readers.

    Raises:
        DatabaseError: another process writes or holds a lock.
    """
    with ExitStack() as held:
        held.enter_context(exclusive_locks(engine))
        with translate_errors(engine.url):
            connection = held.enter_context(engine.connect())
            held.enter_context(connection.begin())  # SQLite: alone among writers from here on
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'")
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(one.name for one in TABLES)} IN SHARE MODE")
        yield connection


def _holder(path: Path) -> str | None:
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return f"{path.stem.lstrip('-')} ({path.read_text(encoding='utf-8', errors='replace') or 'process unknown'})"
    else:
        return None
    finally:
        os.close(handle)
