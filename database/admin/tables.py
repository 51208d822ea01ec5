"""All tables, in an order in which their rows can be written, and what of a row has to wait for later ones."""

from sqlalchemy import Column, Table

from database.schema import Base

# A row comes after those that it refers to, except where tables refer to each other or to themselves.
TABLES: tuple[Table, ...] = tuple(Base.metadata.sorted_tables)
_PLACES = {table.name: place for place, table in enumerate(TABLES)}


def key(table: Table) -> list[Column[object]]:
    """The columns that tell a table's rows apart."""
    return list(table.primary_key.columns)


def refers_to_later_tables(column: Column[object]) -> bool:
    """Whether the row that a column refers to is written only after its own table."""
    return any(_PLACES[one.column.table.name] > _PLACES[column.table.name] for one in column.foreign_keys)


def refers_to_its_own(column: Column[object]) -> bool:
    """Whether the row that a column refers to is one of the same table, before or after it."""
    return any(one.column.table is column.table for one in column.foreign_keys)
