"""A list as one parameter, so that a statement with it stays the same, compiled once, however long the list is."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

DIALECTS = ("sqlite", "postgresql")


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column's value is one of the list bound as ``name``."""
    if dialect == "sqlite":
        return column.in_(select(elements(name, column.type, dialect).c.value))
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def elements(name: str, kind: TypeEngine[Any], dialect: str) -> FromClause:
    """The list bound as ``name`` as rows with one column, ``value``."""
    if dialect == "sqlite":
        return func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return func.unnest(bindparam(name, type_=ARRAY(kind))).table_valued("value").render_derived()
