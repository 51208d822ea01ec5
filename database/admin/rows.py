"""Read tables as values that are equal on both databases, and compare them.

JSON is read as its stored text, instants are aware and in UTC, and strings are ordered by their bytes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    Float,
    LargeBinary,
    String,
    Table,
    Text,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy import cast as sql_cast

from database.errors import translate_errors
from database.schema import Base
from database.types import UtcDateTime

# A row comes after the rows it refers to, except where tables refer to each other or to themselves.
TABLES: tuple[Table, ...] = tuple(Base.metadata.sorted_tables)
_PLACES = {table.name: place for place, table in enumerate(TABLES)}


def key(table: Table) -> list[Column[object]]:
    return list(table.primary_key.columns)


def refers_to_later_tables(column: Column[object]) -> bool:
    """Return True if the table comes before the one that its column refers to."""
    return any(_PLACES[one.column.table.name] > _PLACES[column.table.name] for one in column.foreign_keys)


def refers_to_its_own(column: Column[object]) -> bool:
    return any(one.column.table is column.table for one in column.foreign_keys)


Row = Sequence[Any]
# Rows that are read at a time: seed documents may have some megabytes each.
_AT_ONCE, _TOLD_EVERY = 100, 10_000
_DIGEST_BYTES = 16
_ROUND = 1 << 8 * _DIGEST_BYTES
# Replaces NUL, which PostgreSQL cannot hold.
_INSTEAD_OF_NUL = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Checksum:
    """A digest of a table's content, independent of the order of rows."""

    rows: int
    digest: str
    nuls: int


def read_rows(connection: Connection, table: Table, columns: Sequence[Column[Any]], after: Row | None) -> Iterator[Row]:
    """Yield the table's rows after the key ``after``, in key order."""
    query = select(*map(_portable, columns)).order_by(*(ordered(one, connection) for one in key(table)))
    if after is not None:
        query = query.where(beyond(table, after, connection))
    with translate_errors(connection.engine.url):
        yield from connection.execute(query, execution_options={"yield_per": _AT_ONCE})


def last_key(connection: Connection, table: Table) -> Row | None:
    last = select(*key(table)).order_by(*(ordered(one, connection).desc() for one in key(table))).limit(1)
    return connection.execute(last).one_or_none()


def count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def checksum(connection: Connection, table: Table, progress: Callable[[int], None]) -> Checksum:
    """Read the whole table; NUL counts as its replacement."""
    makers = [_maker(column) for column in table.columns]
    texts = texts_of(table)
    rows, total, nuls = 0, 0, 0
    query = select(*map(_portable, table.columns))
    with translate_errors(connection.engine.url):
        for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
            made = zip(row, makers, strict=True)
            values = [value if value is None or make is None else make(value) for value, make in made]
            nuls += replace_nuls(values, texts)
            total = (total + _digest(values)) % _ROUND
            rows += 1
            if not rows % _TOLD_EVERY:
                progress(rows)
    progress(rows)
    return Checksum(rows, f"{total:0{2 * _DIGEST_BYTES}x}", nuls)


def replace_nuls(values: list[Any], texts: Sequence[int]) -> int:
    places = [place for place in texts if values[place] is not None and "\0" in values[place]]
    for place in places:
        values[place] = values[place].replace("\0", _INSTEAD_OF_NUL)
    return len(places)


def texts_of(table: Table) -> list[int]:
    return [place for place, column in enumerate(table.columns) if isinstance(column.type, String)]


def _digest(values: list[Any]) -> int:
    written = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(written, digest_size=_DIGEST_BYTES).digest(), "big")


def _portable(column: Column[Any]) -> ColumnElement[Any]:
    return sql_cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column


def ordered(column: Column[Any], connection: Connection) -> ColumnElement[Any]:
    """Return the column in byte order, which SQLite has anyway."""
    words = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return column.collate("C") if words else column


def beyond(table: Table, after: Row, connection: Connection) -> ColumnElement[bool]:
    columns = key(table)
    places = [ordered(column, connection) for column in columns]
    limits = [literal(value, column.type) for value, column in zip(after, columns, strict=True)]
    return places[0] > limits[0] if len(columns) == 1 else tuple_(*places) > tuple_(*limits)


def _maker(column: Column[Any]) -> Callable[[Any], Any] | None:
    kind = column.type
    if isinstance(kind, UtcDateTime | Date):
        return lambda value: value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: value.hex()
    if isinstance(kind, JSON):
        return lambda value: json.dumps(json.loads(value), sort_keys=True)
    if isinstance(kind, Float):
        return lambda value: value + 0.0  # SQLite knows no negative zero
    return None
