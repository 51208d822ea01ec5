"""Turn database errors into ``DatabaseError`` with advice."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.errors import DatabaseError, RefusedByDatabaseError

# Part of the driver's message (lower case) → meaning and remedy.
_ADVICE = (
    ("file is not a database", "this file is no SQLite database: name another one in DATABASE_URL"),
    ("malformed", "the file is damaged: restore a backup"),
    ("unable to open database file", "the file cannot be opened: check that it and its folder exist and may be read"),
    ("readonly database", "the file or its folder may not be written: check their owner and permissions"),
    ("disk is full", "the disk is full: make room and start again, nothing that was stored is lost"),
    ("no space left", "the disk is full: make room and start again, nothing that was stored is lost"),
    ("disk i/o error", "the disk does not read or write: check its space and health"),
    ("database is locked", "another program keeps it locked: wait for it or end it"),
    ("password authentication failed", "user or password is wrong: check DATABASE_URL"),
    ("no password supplied", "the server wants a password: put it into DATABASE_URL"),
    ("does not exist", "create it first, or correct the name in DATABASE_URL"),
    ("connection refused", "no server answers there: start it, or correct host and port in DATABASE_URL"),
    ("could not translate host name", "there is no such host: correct DATABASE_URL"),
    ("failed to resolve host", "there is no such host: correct DATABASE_URL"),
    ("name or service not known", "there is no such host: correct DATABASE_URL"),
    ("permission denied", "this user may not do that: grant it the rights on the database"),
    ("server closed the connection", "the server went away: see that it runs, then start again"),
    ("terminating connection", "the server ended the connection: see that it runs, then start again"),
)
# Waiting and trying again may help: SQLite's locks; PostgreSQL's serialisation failure and deadlock.
_PASSING_WORDS = ("database is locked", "database table is locked")
_PASSING_STATES = ("40001", "40P01")


def display_url(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return url.set(drivername="postgresql").render_as_string()


def database_error(error: Exception, url: URL) -> DatabaseError:
    if isinstance(error, OSError):
        return DatabaseError(_describe_file_error(error, url))
    message = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).strip()
    first = message.splitlines()[0].strip() if message else type(error).__name__
    advice = next((remedy for words, remedy in _ADVICE if words in message.lower()), None)
    kind = DatabaseError if advice or may_pass(error) else RefusedByDatabaseError
    return kind(f"database {display_url(url)}: {first} ({advice or 'see the message'})")


def may_pass(error: Exception) -> bool:
    """Return True if the same work may succeed when tried again."""
    if not isinstance(error, DBAPIError):
        return False
    message = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state in _PASSING_STATES or any(words in message for words in _PASSING_WORDS)


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Raise a driver's errors within the context as ``DatabaseError``."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise database_error(error, url) from error


def _describe_file_error(error: OSError, url: URL) -> str:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    advice = (
        "make room and start again, nothing that was stored is lost" if full else "check DATABASE_URL and the folder"
    )
    where = f" {error.filename}" if error.filename else ""
    return f"database {display_url(url)}:{where} {error.strerror or error} ({advice})"
