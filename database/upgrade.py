"""Create the schema or upgrade it to the newest revision.

SQLite: under a file lock, in one transaction, after a copy of the file. PostgreSQL: under an advisory lock, in one
transaction, without a copy: run ``pg_dump`` before a new version of the program.

Alembic takes 0.14 s to import, so it is imported only to migrate.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text

from core.clock import Clock, system_clock
from core.errors import DatabaseError
from database.admin.sqlite_files import backup_path, copy_file
from database.errors import display_url
from database.locks import exclusive_file, lock_folder
from database.schema import Base

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"
# Columns and indexes of article_terms that only PostgreSQL has.
_FULL_TEXT = frozenset({"search", "ix_article_terms_search", "labels", "ix_article_terms_labels"})
# Indexes that differ between the two databases, or exist in one only.
_OF_ONE_DATABASE = frozenset({"ix_articles_found", "ix_articles_alike", "ix_articles_newest"})
# Any number that other programs on the same server are unlikely to lock: "pantau" in ASCII.
_ADVISORY_KEY = int.from_bytes(b"pantau", "big")
# Stands in place of a schema's revision while another database is copied into this one.
UNFINISHED_COPY = "unfinished copy"


def upgrade(engine: Engine, *, may_create: bool = True, clock: Clock = system_clock) -> None:
    """Create or upgrade the schema; write nothing if it is the newest.

    ``may_create``: ``False`` refuses an empty database.

    Raises:
        DatabaseError: the schema is newer than this program, or the tables there are not ours.
        SQLAlchemyError, OSError, sqlite3.Error: it cannot be read or written.
    """
    newest = newest_revision()
    with engine.execution_options(sqlite_begin="BEGIN").connect() as connection:
        revision = known_revision(connection)
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar() if _is_file(connection) else "wal"
    # A file that another program copied by SQL (VACUUM INTO) has lost its write-ahead log.
    if revision == newest and (journal == "wal" or not may_create):
        return
    if revision is None and not may_create:
        raise DatabaseError(f"database {display_url(engine.url)} is empty: crawl an outlet or import seeds first")
    if revision not in {None, newest} and _is_read_only(engine):
        raise DatabaseError(
            f"database {display_url(engine.url)} has schema {revision}, and may not be written to upgrade it to "
            f"{newest}: allow it for once, or copy the file to another folder"
        )
    with _migration_lock(engine) as connection:
        # Another process may have upgraded it while we waited.
        revision = known_revision(connection)
        if revision != newest:
            _migrate(connection, revision, newest, clock)


def newest_revision() -> str:
    return max(_known_revisions())


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the schema there, known or not; ``None``: no schema."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    revision: str | None = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608
    return revision


def known_revision(connection: Connection) -> str | None:
    """Return the revision of the schema there; ``None`` if no table there is ours.

    Raises:
        DatabaseError: it is newer, an unfinished copy, or the tables there are not ours.
    """
    revision = current_revision(connection)
    where = display_url(connection.engine.url)
    if revision is None:
        if set(inspect(connection).get_table_names()) & set(Base.metadata.tables):
            raise DatabaseError(f"database {where} holds tables of another program: name another one in DATABASE_URL")
        return None
    if revision == UNFINISHED_COPY:
        raise DatabaseError(
            f"database {where} is an unfinished copy: `scrapy database copy`, called again, finishes it"
        )
    if revision not in _known_revisions():
        raise DatabaseError(
            f"database {where} has schema {revision}, this program knows {newest_revision()} at most: it was made by a "
            "newer version; update the program, or name another database in DATABASE_URL"
        )
    return revision


def alembic_config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def include_object(item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:  # noqa: FBT001 - Alembic's hook
    """Return True if Alembic compares this object of the database with the models.

    Not the full-text indexes, nor indexes that differ between the databases.
    """
    if kind == "table":
        return not str(name).startswith(("article_index", "article_label_index"))
    return not (name in _FULL_TEXT and item.table.name == "article_terms") and name not in _OF_ONE_DATABASE


def _known_revisions() -> set[str]:
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}


def _is_file(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _is_read_only(engine: Engine) -> bool:
    file = Path(engine.url.database or "")
    return engine.dialect.name == "sqlite" and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _migrate(connection: Connection, revision: str | None, newest: str, clock: Clock) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's docstring

    where, kept = display_url(connection.engine.url), ""
    if revision is not None and _is_file(connection):
        file = Path(connection.engine.url.database or "")
        copy = backup_path(file, revision, clock())
        copy_file(file, copy)
        kept = f"; a copy of the old one is at {copy}"
    command.upgrade(alembic_config(connection), "head")
    if _is_file(connection):
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseError(f"database {where}: the upgrade would break {len(broken)} references; nothing changed")
    if revision is not None:
        logger.warning("database %s: upgraded from schema %s to %s%s", where, revision, newest, kept)


@contextmanager
def _migration_lock(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            yield connection
        return
    with exclusive_file(lock_folder(engine) / "upgrade.lock", wait=True), engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA journal_mode = WAL")  # stays with the file
        # SQLite changes a table by making it anew; dropping the old one must not delete the rows that refer to it.
        # Can be switched outside of transactions only (https://www.sqlite.org/lang_altertable.html#otheralter).
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
