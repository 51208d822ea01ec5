"""A database with rows in every table and a value in every column, whatever tables there are."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    select,
    update,
)

from database.admin.copy import set_sequences
from database.admin.rows import TABLES, key, refers_to_its_own, refers_to_later_tables

ROWS = 5
NOW = datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC)
ODD = "“é” \t\n\\N\\. \x01\x7f\u2028🙂 \"' % :a {} "
JSON_VALUE = {"z": [1, 2.5, None, True, "é\u0000🙂"], "a": {"kosong": {}}, "\\": "\\u0041"}


def fill(engine: Engine, rows: int = ROWS) -> None:
    """Fills an empty database. The last row of each table has nothing where nothing may be."""
    with engine.begin() as connection:
        for table in TABLES:
            made = [_row(table, number, bare=number == rows) for number in range(1, rows + 1)]
            connection.execute(insert(table), made)
        for table in TABLES:
            for column in table.columns:
                if refers_to_later_tables(column) or refers_to_its_own(column):
                    _refer(connection, table, column, rows)
    set_sequences(engine)


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows by table, in the order of their keys."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=lambda row: str(row[:3]))
            for table in TABLES
        }


def value(column: Column[Any], number: int) -> Any:
    """A value for the column that no other number has, two of booleans aside."""
    kind = column.type
    if column.foreign_keys:
        return number
    if isinstance(kind, String):
        return f"{number}{column.name}{ODD * 20}"[: kind.length or 700]
    return next(made(number) for sort, made in _MADE if isinstance(kind, sort))


_MADE: list[tuple[Any, Any]] = [
    (BigInteger, lambda number: number),
    (Boolean, lambda number: number % 2 == 0),
    (Integer, lambda number: -number),
    (Float, lambda number: number / 3),
    (JSON, lambda number: JSON_VALUE | {"n": number}),
    (LargeBinary, lambda number: bytes(range(256)) + bytes([number % 256])),
    (Date, lambda number: date(2026, 11, 1) + timedelta(days=number)),
    (object, lambda number: NOW + timedelta(days=number, microseconds=number)),
]


def _row(table: Table, number: int, *, bare: bool) -> dict[str, Any]:
    columns = list(table.columns)
    waiting = [one for one in columns if refers_to_later_tables(one) or refers_to_its_own(one)]
    left_out = [one for one in columns if one.nullable] if bare else waiting
    values = {one.name: value(one, number) for one in columns}
    if len(key(table)) == 1:
        values |= {one.name: number for one in key(table) if isinstance(one.type, Integer)}
    return values | {one.name: None for one in left_out}


def _refer(connection: Connection, table: Table, column: Column[Any], rows: int) -> None:
    """Each row to the next one, the last to itself, the one before it to the first."""
    (number,) = key(table)
    for one in range(1, rows):
        to = one + 1 if one < rows - 1 else 1
        connection.execute(update(table).where(number == one).values({column.name: to}))
    connection.execute(update(table).where(number == rows).values({column.name: rows}))
