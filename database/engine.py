"""Open the database, SQLite or PostgreSQL.

SQLite has one writer and any number of readers (WAL). Every transaction begins with ``BEGIN IMMEDIATE``: one that reads
first and writes later would fail at once if another wrote in between.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, FromClause, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import ArgumentError

from core.clock import Clock, system_clock
from core.errors import DatabaseError
from database.errors import translate_errors
from database.upgrade import upgrade

# Writers hold the lock for one group commit, the longest for a sitemap of 50,000 URLs: some seconds. Half a minute
# outlasts several of them; a longer lock is stuck, and the operator should know.
BUSY_TIMEOUT_MS = 30_000
# The pages of indexes that every article touches at random stay in memory, and the log is written back only at some
# size: most of these pages have then changed many times and are written once.
CACHE_KIB = 64 * 1024
CHECKPOINT_PAGES = 8_000  # 32 MB of log
# How long to wait for a PostgreSQL server's answer to a connection attempt, per address.
CONNECT_TIMEOUT_S = 10


def open_database(url: str, *, read_only_ok: bool = False, clock: Clock = system_clock) -> Engine:
    """Open the database at ``url``, created or upgraded to the newest schema.

    ``sqlite:///data/pantau.db`` is relative to the working folder; four slashes for an absolute path. With
    ``read_only_ok`` nothing is created, a read-only file will do, and the engine is a ``reading`` one.

    Raises:
        DatabaseError: it cannot be opened, is not one of ours, or is newer than this program.
    """
    address = parse_url(url)
    if address.get_backend_name() == "sqlite":
        _prepare_file(address, read_only=read_only_ok)
    engine = _create(address, immutable=read_only_ok and _cannot_change(address))
    try:
        with translate_errors(address):
            upgrade(engine, may_create=not read_only_ok, clock=clock)
    except DatabaseError:
        engine.dispose()
        raise
    return reading(engine) if read_only_ok else engine


def engine_as_it_is(url: str, *, immutable: bool = False) -> Engine:
    """Return an engine for ``url`` without creating, upgrading or checking anything.

    ``immutable``: a SQLite file does not change meanwhile; nothing is written beside it.

    Raises:
        DatabaseError: the URL cannot be read.
    """
    return _create(parse_url(url), immutable=immutable)


def reading(engine: Engine) -> Engine:
    """Return an engine on the same connections for reading; it waits for no writer."""
    return engine.execution_options(sqlite_begin="BEGIN", postgresql_readonly=True)


def parse_url(url: str) -> URL:
    """Return ``url`` with the driver that we use.

    Raises:
        DatabaseError: the URL names another kind of database.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(f"DATABASE_URL {url!r} is no database URL, e.g. sqlite:///data/pantau.db") from error
    kind = address.drivername.partition("+")[0]
    if kind in {"postgresql", "postgres"}:
        return address.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DatabaseError(f"DATABASE_URL: {kind} is not supported; use sqlite:///FILE or postgresql://…")
    if not address.database or address.database == ":memory:":
        raise DatabaseError("DATABASE_URL: SQLite needs a file, e.g. sqlite:///data/pantau.db")
    return address


def _prepare_file(address: URL, *, read_only: bool) -> None:
    file = Path(address.database or "")
    if read_only and not file.exists():
        raise DatabaseError(f"there is no database at {file} yet: crawl an outlet or import seeds first")
    with translate_errors(address):
        file.parent.mkdir(parents=True, exist_ok=True)


def _cannot_change(address: URL) -> bool:
    """Return True for a file in a read-only folder, complete without its log.

    SQLite cannot make the files there that WAL readers share; as immutable it needs none
    (https://www.sqlite.org/wal.html#read_only_databases).
    """
    if address.get_backend_name() != "sqlite":
        return False
    file = Path(address.database or "")
    return not os.access(file.parent, os.W_OK) and not Path(f"{file}-wal").exists()


def _create(address: URL, *, immutable: bool) -> Engine:
    if address.get_backend_name() == "sqlite":
        # The pool gives a connection to one thread at a time.
        options: dict[str, Any] = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        if immutable:
            file = Path(address.database or "").resolve().as_uri() + "?immutable=1"
            engine = create_engine(address, creator=lambda: sqlite3.connect(file, uri=True, **options))
        else:
            engine = create_engine(address, connect_args=options)
        engine.dialect.statement_compiler = _Compiler
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    server_options = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "pantau"} | dict(address.query)
    # A connection that the server dropped while it lay in the pool is noticed and replaced.
    return create_engine(address, connect_args=server_options, pool_pre_ping=True)


class _Compiler(SQLiteCompiler):
    """Write hints behind tables (``articles INDEXED BY …``); SQLAlchemy omits them."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:  # noqa: ARG002 - SQLAlchemy's hook
        return text


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # We begin transactions ourselves; the driver would begin them before writes only, and none around DDL.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS:d}")
    connection.execute("PRAGMA foreign_keys = ON")
    # A killed process loses nothing committed either way; FULL keeps it through a power cut too, and costs one
    # fsync per transaction, which the writer's group commit shares among many pages.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB:d}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES:d}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))
