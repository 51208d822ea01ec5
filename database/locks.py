"""Who may work at a database: one run an outlet, one monitor, one that tells what watchlists found; on any machines.

The locks are held by something that dies with its process, so that a killed run (``kill -9``) leaves none behind: the
kernel's lock on an open file, and the server's on an open session.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from core.errors import MonitorBusyError, OutletBusyError, PantauError, WatchBusyError
from database.errors import translate_errors

# No outlet can be called so.
_WATCH, _MONITOR = "-watch", "-monitor"
# Makes the error of who the holder is, as far as that is known.
_Busy = Callable[[str], PantauError]


class Locks:
    """The locks that this process holds on a database; given back, all of them, at the end of the context.

    On a server all are held by one session, however many there are: its connections are few. For one thread.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            # Closing the session gives the locks back, also where the server is gone.
            self._session.invalidate()
            self._session.close()

    @contextmanager
    def outlet(self, name: str) -> Iterator[None]:
        """Holds the outlet's lock.

        Raises:
            OutletBusyError: another run holds it; says which process since when, as far as that is known.
            DatabaseError: the lock cannot be taken at all (folder not writable, server down).
        """

        def busy(holder: str) -> PantauError:
            return OutletBusyError(f"{name} is being crawled by another run ({holder}): wait for it or end it")

        with self._lock(name, busy):
            yield

    @contextmanager
    def monitor(self) -> Iterator[None]:
        """Holds the lock of the one monitor of this database.

        Raises:
            MonitorBusyError: another one holds it.
            DatabaseError: the lock cannot be taken at all.
        """

        def busy(holder: str) -> PantauError:
            return MonitorBusyError(f"another monitor of this database is at work ({holder})")

        with self._lock(_MONITOR, busy):
            yield

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Holds the lock of those who tell what this database's watchlists found.

        Raises:
            WatchBusyError: another run holds it.
            DatabaseError: the lock cannot be taken at all.
        """

        def busy(holder: str) -> PantauError:
            return WatchBusyError(f"another run ({holder}) is telling what the watchlists found: wait for it or end it")

        with self._lock(_WATCH, busy):
            yield

    @contextmanager
    def _lock(self, name: str, busy: _Busy) -> Iterator[None]:
        if self._engine.dialect.name == "sqlite":
            with _file_lock(self._engine, name, busy):
                yield
            return
        if self._session is None:
            with translate_errors(self._engine.url):
                self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with _server_lock(self._session, name, busy):
            yield


@contextmanager
def outlet_lock(engine: Engine, outlet: str) -> Iterator[None]:
    """``Locks.outlet`` for who holds no other."""
    with Locks(engine) as locks, locks.outlet(outlet):
        yield


@contextmanager
def watch_lock(engine: Engine) -> Iterator[None]:
    """``Locks.watch`` for who holds no other."""
    with Locks(engine) as locks, locks.watch():
        yield


def lock_folder(engine: Engine) -> Path:
    """Where the lock files of a SQLite database are: beside it."""
    return Path(f"{engine.url.database}.locks")


@contextmanager
def exclusive_file(path: Path, *, wait: bool) -> Iterator[int]:
    """Holds the kernel's lock on ``path`` (made if need be, never removed: removing would let two hold one name).

    Raises:
        BlockingIOError: another process holds it, and we do not wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)  # not inherited by children (PEP 446)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _file_lock(engine: Engine, name: str, busy: _Busy) -> Iterator[None]:
    path = lock_folder(engine) / f"{name}.lock"
    with ExitStack() as held:
        with translate_errors(engine.url):
            try:
                handle = held.enter_context(exclusive_file(path, wait=False))
            except BlockingIOError:
                raise busy(_holder(path)) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC".encode(), 0)
        yield


def _holder(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") or "process unknown"


@contextmanager
def _server_lock(session: Connection, name: str, busy: _Busy) -> Iterator[None]:
    key = _advisory_key(name)
    with translate_errors(session.engine.url):
        taken = session.scalar(select(func.pg_try_advisory_lock(key)))
        holder = "" if taken else _server_holder(session, key)
    if not taken:
        raise busy(holder)
    try:
        yield
    finally:
        # The end of the session gives it back, too, but later: whoever comes next would find it taken.
        with suppress(SQLAlchemyError):
            session.scalar(select(func.pg_advisory_unlock(key)))


def _advisory_key(name: str) -> int:
    """Advisory locks are signed 64-bit numbers, one space per database."""
    return int.from_bytes(hashlib.sha256(f"pantau outlet {name}".encode()).digest()[:8], "big", signed=True)


def _server_holder(connection: Connection, key: int) -> str:
    # pg_locks shows the key's halves: https://www.postgresql.org/docs/current/view-pg-locks.html
    found = connection.execute(
        text(
            "SELECT a.client_addr, a.backend_start FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND (l.classid::bigint << 32) | l.objid::bigint = :key"
        ),
        {"key": key},
    ).first()
    if found is None:
        return "process unknown"
    return f"on {found.client_addr or 'the server itself'} since {found.backend_start:%Y-%m-%d %H:%M:%S %Z}"
