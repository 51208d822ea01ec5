"""A database's place, size and content in numbers."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from database.admin.exclusive import holders
from database.admin.rows import count
from database.errors import display_url
from database.schema import Base, Round, Run, StoredArticle
from database.upgrade import current_revision

MAIN_TABLES = ("articles", "urls", "stories", "revisions", "originals", "sources", "runs", "rounds", "url_events")


@dataclass(frozen=True, slots=True)
class DatabaseStatistics:
    """A database in numbers. Instants are UTC.

    Attributes:
        where: without a password.
        bytes: with the log.
        free: on the disk of a SQLite file.
        open_runs: outlet (None: a round of the monitor) and start.
    """

    where: str
    kind: str
    revision: str | None
    bytes: int
    free: int | None
    rows: dict[str, int]
    newest_at: datetime | None
    open_runs: list[tuple[str | None, datetime]]
    held: list[str]


def read_statistics(engine: Engine) -> DatabaseStatistics:
    """Read the numbers; on a large database the counts take some seconds."""
    with engine.connect() as connection:
        file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
        runs = connection.execute(
            select(Run.outlet, Run.started_at).where(Run.state == "running").order_by(Run.started_at, Run.id)
        )
        rounds = connection.scalars(select(Round.started_at).where(Round.state == "running").order_by(Round.id))
        return DatabaseStatistics(
            where=display_url(engine.url),
            kind=_kind(connection),
            revision=current_revision(connection),
            bytes=_file_size(file) if file else _size_on_server(connection),
            free=shutil.disk_usage(file.absolute().parent).free if file else None,
            rows={name: count(connection, Base.metadata.tables[name]) for name in MAIN_TABLES},
            newest_at=connection.scalar(select(func.max(StoredArticle.published_at))),
            open_runs=[*((None, at) for at in rounds), *((outlet, at) for outlet, at in runs)],
            held=holders(engine),
        )


def _kind(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"


def _file_size(file: Path) -> int:
    return sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists())


def _size_on_server(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
