"""Copying everything from one database into another, of either kind; a copy that was killed goes on where it was.

Rows go over in the order of their keys, some thousands in a transaction, table after table. So what the target holds
tells where to go on: nothing that is kept beside the rows could disagree with them. What refers to a row that is not
there yet goes over empty and is filled in at the end, so that no reference is ever broken and none of
the server's checks has to be switched off, which only its administrator may.

Until both have been compared, the target carries a mark in place of its schema's revision: no other command opens it,
and a copy knows its own by what the mark says of the source.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Engine, Table, bindparam, column, insert, select, table, update
from sqlalchemy.types import JSON, Text

from core.errors import DatabaseError
from database.failures import database_error
from database.keeping.rows import Checksum, Row, checksum, count, last_key, read_rows, replace_nuls, texts_of
from database.keeping.tables import TABLES, key, refers_to_its_own, refers_to_later_tables

# One transaction: large enough that its end on the disk does not count, small enough that little has to be done again.
_ROWS, _CHARACTERS = 20_000, 8_000_000

# Told of a table: its name, how many of its rows are over, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """A table's content on both sides."""

    table: str
    source: Checksum
    target: Checksum

    @property
    def same(self) -> bool:
        """Whether both hold the same rows."""
        return (self.source.rows, self.source.digest) == (self.target.rows, self.target.digest)


def contents(connection: Connection) -> str:
    """What tells a source from others, and from itself after it was written to: each table's rows and last key."""
    told = {one.name: [count(connection, one), *map(str, last_key(connection, one) or ())] for one in TABLES}
    return json.dumps(told, sort_keys=True)


def copy_rows(source: Connection, target: Engine, progress: Progress) -> None:
    """Copies what the target does not have yet; it holds nothing else.

    Args:
        source: in a transaction during which nobody writes.
        target: with the same schema.
        progress: told after each transaction.

    Raises:
        DatabaseError: the target does not take a row.
    """
    for one in TABLES:
        _copy_table(source, target, one, progress)
    for one in TABLES:
        for late in one.columns:
            if refers_to_its_own(late) or refers_to_later_tables(late):
                _fill_in(source, target, one, late, progress)


def compare(source: Connection, target: Engine, progress: Progress) -> Iterator[Compared]:
    """Reads all of both and compares them, table by table."""
    with target.connect() as there:
        for one in TABLES:
            whole = count(source, one)
            tell = partial(_tell, progress, f"comparing {one.name}", 2 * whole)
            yield Compared(
                one.name, checksum(source, one, partial(tell, 0)), checksum(there, one, partial(tell, whole))
            )


def set_sequences(target: Engine) -> None:
    """Lets the server count on from the last number of each table; SQLite does so by itself."""
    if target.dialect.name != "postgresql":
        return
    with target.begin() as connection:
        for one in TABLES:
            if one.autoincrement_column is not None:
                name, number = one.name, one.autoincrement_column.name
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', '{number}'), coalesce(max({number}), 1), "  # noqa: S608
                    f"max({number}) IS NOT NULL) FROM {name}"
                )
        connection.exec_driver_sql("ANALYZE")


def _tell(progress: Progress, what: str, whole: int, before: int, done: int) -> None:
    progress(what, before + done, whole)


def _copy_table(source: Connection, target: Engine, one: Table, progress: Progress) -> None:
    with target.connect() as there:
        after, done = last_key(there, one), count(there, one)
    whole = count(source, one)
    progress(one.name, done, whole)
    for batch in _batches(read_rows(source, one, list(one.columns), after)):
        with target.begin() as connection:
            _write(connection, one, _presentable(one, batch, connection.dialect.name))
        done += len(batch)
        progress(one.name, done, whole)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) == _ROWS or size > _CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _presentable(one: Table, batch: Sequence[Row], dialect: str) -> list[list[Any]]:
    """The rows without what the target cannot take yet, or at all."""
    columns = list(one.columns)
    later = [place for place, each in enumerate(columns) if refers_to_later_tables(each)]
    own = [place for place, each in enumerate(columns) if refers_to_its_own(each)]
    texts = texts_of(one) if dialect == "postgresql" else []
    # A table that refers to itself has one number as its key.
    last = batch[-1][columns.index(key(one)[0])]
    rows = [list(row) for row in batch]
    for row in rows:
        for place in later:
            row[place] = None
        for place in own:
            row[place] = None if row[place] is not None and row[place] > last else row[place]
        replace_nuls(row, texts)
    return rows


def _write(connection: Connection, one: Table, rows: Sequence[Row]) -> None:
    names = [each.name for each in one.columns]
    if connection.dialect.name != "postgresql":
        # A row may refer to a later one of the same transaction. (PostgreSQL asks at the end of each statement.)
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        plain = table(one.name, *(column(each.name, _kept_as(each)) for each in one.columns))
        connection.execute(insert(plain), [dict(zip(names, row, strict=True)) for row in rows])
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    quoted = ", ".join(f'"{name}"' for name in names)
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{one.name}" ({quoted}) FROM STDIN') as stream:
            for row in rows:
                stream.write_row(row)
    except psycopg.Error as error:
        where = error.diag.context or one.name
        raise DatabaseError(f"{database_error(error, connection.engine.url)}; {where}") from error


def _kept_as(each: Column[Any]) -> Any:
    return Text() if isinstance(each.type, JSON) else each.type


def _fill_in(source: Connection, target: Engine, one: Table, late: Column[Any], progress: Progress) -> None:
    """Writes the references that were left out; those that are there stay, so that doing it again does no harm."""
    (number,) = key(one)
    wanted = select(number, late).where(late.is_not(None)).order_by(number)
    if refers_to_its_own(late):
        wanted = wanted.where(late > number)
    change = (
        update(one).where(number == bindparam("its_key"), late.is_(None)).values({late.name: bindparam("refers_to")})
    )
    done = 0
    for batch in _batches(iter(source.execute(wanted, execution_options={"yield_per": 1_000}))):
        with target.begin() as connection:
            connection.execute(change, [{"its_key": its_key, "refers_to": refers_to} for its_key, refers_to in batch])
        done += len(batch)
        progress(f"{one.name}.{late.name}", done, done)
