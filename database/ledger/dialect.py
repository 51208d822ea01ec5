"""The few statements that SQLite and PostgreSQL spell alike and SQLAlchemy does not."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database.schema import Base

Insert = postgresql.Insert | sqlite.Insert


def insert_new(session: Session, table: type[Base]) -> Insert:
    """``INSERT … ON CONFLICT DO NOTHING``: a row that another process made in the meantime stays as it is."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
