"""The few statements that SQLite and PostgreSQL spell alike and SQLAlchemy does not."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database.schema import Base

T = TypeVar("T")
Insert = postgresql.Insert | sqlite.Insert

# Parameters in one statement: SQLite before 3.32 takes 999, and longer lists gain nothing.
_CHUNK = 500


def insert_new(session: Session, table: type[Base]) -> Insert:
    """``INSERT … ON CONFLICT DO NOTHING``: a row that another process made in the meantime stays as it is."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that one statement's ``IN`` can take."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
