"""Build statements that take lists, as one parameter or in chunks for ``IN``.

With one parameter the statement is the same for every length.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ARRAY, JSON, ColumnElement, FromClause, any_, bindparam, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from database.schema import Base

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

DIALECTS = ("sqlite", "postgresql")
T = TypeVar("T")

# Parameters in one statement: SQLite before 3.32 takes 999, and longer lists gain nothing.
_CHUNK = 500


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Return the condition that the column's value is in the list bound as ``name``."""
    if dialect == "sqlite":
        return column.in_(select(elements(name, column.type, dialect).c.value))
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def elements(name: str, kind: TypeEngine[Any], dialect: str) -> FromClause:
    if dialect == "sqlite":
        return func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return func.unnest(bindparam(name, type_=ARRAY(kind))).table_valued("value").render_derived()


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the values in pieces that one statement's ``IN`` can take."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def insert_new(session: Session, table: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """Build ``INSERT … ON CONFLICT DO NOTHING``, which keeps another process's row."""
    from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415

    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
