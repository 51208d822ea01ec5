"""Process locks: one crawl per outlet, one monitor, one alert sender.

They hold across machines and die with their process: a killed run (``kill -9``) leaves none behind.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock, system_clock
from core.errors import MonitorBusyError, OutletBusyError, PantauError, WatchBusyError
from database.errors import translate_errors

# No outlet can have these names.
_WATCH, _MONITOR = "-watch", "-monitor"
# Makes the error from the description of the holder.
_Busy = Callable[[str], PantauError]


class Locks:
    """The locks that this process holds on a database. For one thread.

    On a server one session holds them all, since its connections are few. ``DatabaseError``: a lock cannot be taken at
    all (folder not writable, server down).
    """

    def __init__(self, engine: Engine, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._clock = clock
        self._session: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            # Closing the session releases the locks, even if the server is gone.
            self._session.invalidate()
            self._session.close()

    def outlet(self, name: str) -> AbstractContextManager[None]:
        """Hold the outlet's lock.

        Raises:
            OutletBusyError: another run holds it.
        """
        return self._lock(
            name,
            lambda holder: OutletBusyError(f"{name} is being crawled by another run ({holder}): wait for it or end it"),
        )

    def monitor(self) -> AbstractContextManager[None]:
        """Hold the lock of the one monitor.

        Raises:
            MonitorBusyError: another one holds it.
        """
        return self._lock(
            _MONITOR, lambda holder: MonitorBusyError(f"another monitor of this database is at work ({holder})")
        )

    def watch(self) -> AbstractContextManager[None]:
        """Hold the lock of the one process that sends alerts.

        Raises:
            WatchBusyError: another one holds it.
        """
        return self._lock(
            _WATCH,
            lambda holder: WatchBusyError(f"another run ({holder}) is sending alerts: wait for it or end it"),
        )

    @contextmanager
    def _lock(self, name: str, busy: _Busy) -> Iterator[None]:
        if self._engine.dialect.name == "sqlite":
            with _file_lock(self._engine, name, busy, self._clock):
                yield
            return
        if self._session is None:
            with translate_errors(self._engine.url):
                self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with _server_lock(self._session, name, busy):
            yield


@contextmanager
def watch_lock(engine: Engine) -> Iterator[None]:
    with Locks(engine) as locks, locks.watch():
        yield


def lock_folder(engine: Engine) -> Path:
    return Path(f"{engine.url.database}.locks")


@contextmanager
def exclusive_file(path: Path, *, wait: bool) -> Iterator[int]:
    """Hold the kernel's lock on ``path``.

    The file is never removed: removing it would let two processes hold one name.

    Raises:
        BlockingIOError: another process holds it, and ``wait`` is false.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)  # not inherited by children (PEP 446)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _file_lock(engine: Engine, name: str, busy: _Busy, clock: Clock) -> Iterator[None]:
    path = lock_folder(engine) / f"{name}.lock"
    with ExitStack() as stack:
        with translate_errors(engine.url):
            try:
                handle = stack.enter_context(exclusive_file(path, wait=False))
            except BlockingIOError:
                raise busy(_holder(path)) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} since {clock():%Y-%m-%d %H:%M:%S} UTC".encode(), 0)
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
        # The end of the session releases it too, but later: the next process would find it taken.
        with suppress(SQLAlchemyError):
            session.scalar(select(func.pg_advisory_unlock(key)))


def _advisory_key(name: str) -> int:
    # Advisory locks are signed 64-bit numbers, one space per database.
    return int.from_bytes(hashlib.sha256(f"pantau outlet {name}".encode()).digest()[:8], "big", signed=True)


def _server_holder(connection: Connection, key: int) -> str:
    # pg_locks shows the key's halves: https://www.postgresql.org/docs/current/view-pg-locks.html
    holder = connection.execute(
        text(
            "SELECT a.client_addr, a.backend_start FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND (l.classid::bigint << 32) | l.objid::bigint = :key"
        ),
        {"key": key},
    ).first()
    if holder is None:
        return "process unknown"
    return f"on {holder.client_addr or 'the server itself'} since {holder.backend_start:%Y-%m-%d %H:%M:%S %Z}"
