"""Bringing a database to the schema that this program knows, once, whoever opens it first.

SQLite: under a lock on a file, in one transaction, after a copy of the file. PostgreSQL: under an advisory lock, in
one transaction, whose failure the server undoes completely (its DDL is transactional); no copy is made, since only
the server's own tools can make one that restores everything: run ``pg_dump`` before a new version of the program.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from core.errors import DatabaseError
from database.admin.sqlite_files import backup_path, copy_file
from database.errors import display_url
from database.locks import exclusive_file, lock_folder
from database.schema import Base

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
# What article_terms has on PostgreSQL beside its words.
_FULL_TEXT = frozenset({"search", "ix_article_terms_search", "labels", "ix_article_terms_labels"})
# What is made otherwise, or only, on one of the two.
_OF_ONE_DATABASE = frozenset({"ix_articles_found", "ix_articles_alike", "ix_articles_newest"})
# Any number that other programs on the same server are unlikely to lock: "pantau" in ASCII.
_ADVISORY_KEY = int.from_bytes(b"pantau", "big")
# What stands in place of a schema's revision while another database is copied into this one.
UNFINISHED_COPY = "unfinished copy"


def upgrade(engine: Engine, *, may_create: bool = True) -> None:
    """Makes or upgrades the schema; does nothing, and writes nothing, where it is the newest.

    Raises:
        DatabaseError: the schema is newer than this program, or the tables there are not ours.
        SQLAlchemyError, OSError, sqlite3.Error: the database cannot be read or written.
    """
    config = alembic_config()
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.execution_options(sqlite_begin="BEGIN").connect() as connection:
        revision = known_revision(connection, config)
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
    with _alone(engine) as connection:
        # Another process may have upgraded it while we waited.
        revision = known_revision(connection, config)
        if revision != newest:
            _migrate(connection, config, revision, newest)


def newest_revision() -> str | None:
    """The revision of the schema that this program makes."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def current_revision(connection: Connection) -> str | None:
    """The revision of the schema there, whether we know it or not; None where there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def described(item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:  # noqa: FBT001 - Alembic's hook
    """Whether the models describe a thing in the database; the full-text indexes are the migrations' alone.

    So is, to this comparison, an index that is not the same on both.
    """
    if kind == "table":
        return not str(name).startswith(("article_index", "article_label_index"))
    return not (name in _FULL_TEXT and item.table.name == "article_terms") and name not in _OF_ONE_DATABASE


def _is_file(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _is_read_only(engine: Engine) -> bool:
    file = Path(engine.url.database or "")
    return engine.dialect.name == "sqlite" and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def known_revision(connection: Connection, config: Config | None = None) -> str | None:
    """The revision of the schema there; None where there is none of ours.

    Raises:
        DatabaseError: it is newer than this program, or an unfinished copy, or the tables there are not ours.
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
    scripts = ScriptDirectory.from_config(config or alembic_config())
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        newest = scripts.get_current_head()
        raise DatabaseError(
            f"database {where} has schema {revision}, this program knows {newest} at most: it was made by a newer "
            "version; update the program, or name another database in DATABASE_URL"
        )
    return revision


def _migrate(connection: Connection, config: Config, revision: str | None, newest: str | None) -> None:
    where, kept = display_url(connection.engine.url), ""
    if revision is not None and _is_file(connection):
        file = Path(connection.engine.url.database or "")
        copy = backup_path(file, revision, datetime.now(UTC))
        copy_file(file, copy)
        kept = f"; a copy of the old one is at {copy}"
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if _is_file(connection):
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseError(f"database {where}: the upgrade would break {len(broken)} references; nothing changed")
    if revision is not None:
        logger.warning("database %s: upgraded from schema %s to %s%s", where, revision, newest, kept)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process's upgrade runs beside; committed at the end."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            yield connection
        return
    with exclusive_file(lock_folder(engine) / "upgrade.lock", wait=True), engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA journal_mode = WAL")  # stays with the file
        # SQLite changes a table by making it anew; dropping the old one must not delete what refers to it. Switched
        # outside of transactions only (https://www.sqlite.org/lang_altertable.html#otheralter).
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
