"""Back up a database into one file, in use or not, and restore it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, inspect

from core.errors import DatabaseError, PantauError
from database.admin.exclusive import exclusive_locks
from database.admin.pg_tools import dump, dumped_tables, is_dump, restore
from database.admin.rows import TABLES
from database.admin.sqlite_files import (
    BESIDE,
    Progress,
    copy_file,
    copy_permissions,
    count_rows,
    fsync,
    rename_unless_exists,
    stamp,
    temporary_beside,
)
from database.engine import engine_as_it_is, open_database
from database.errors import display_url, translate_errors
from database.upgrade import known_revision


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup, with the rows of its tables where known."""

    file: Path
    bytes: int
    rows: dict[str, int]


def back_up(address: URL, target: Path, *, force: bool = False, progress: Progress | None = None) -> Backup:
    """Back up the existing database at ``address`` to the file ``target``.

    The target gets its name when the backup is complete and was read again.

    Raises:
        PantauError: it cannot be read or written, there is a file, or the server's tool is missing.
    """
    target = target.absolute()
    _check_target(address, target, force=force)
    rows: dict[str, int] = {}
    try:
        if address.get_backend_name() == "sqlite":
            rows = _back_up_file(Path(address.database or ""), target, force=force, progress=progress)
        else:
            _back_up_server(address, target, force=force)
        return Backup(target, target.stat().st_size, rows)
    except (sqlite3.Error, OSError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise PantauError(f"cannot write the backup {target}: {problem}; nothing of it is left behind") from error


def check_file(file: Path) -> None:
    """Read every page and reference of a SQLite file that is not in use.

    Raises:
        DatabaseError: it is damaged, or no database.
    """
    try:
        with closing(open_immutable(file)) as connection:
            results = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise DatabaseError(f"{file}: {error}") from error
    if results != ["ok"]:
        raise DatabaseError(f"{file} is damaged: {results[0]}")
    if broken is not None:
        raise DatabaseError(f"{file} is damaged: a row of {broken[0]} refers to one of {broken[2]} that is not there")


def open_immutable(file: Path) -> sqlite3.Connection:
    """Open an unchanging SQLite file, without writing anything beside it."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)


def _check_target(address: URL, target: Path, *, force: bool) -> None:
    if address.get_backend_name() == "sqlite" and target.exists() and target.samefile(address.database or ""):
        raise PantauError(f"{target} is the database itself: name another file")
    if target.is_dir():
        raise PantauError(f"{target} is a folder: name a file, e.g. {target / 'pantau.backup'}")
    if target.exists() and not force:
        raise PantauError(f"{target} exists: name another file, or replace it with --force")
    if not target.parent.is_dir():
        raise PantauError(f"there is no folder {target.parent}: make it first, or name another one")


def _back_up_file(file: Path, target: Path, *, force: bool, progress: Progress | None) -> dict[str, int]:
    check_room(target.parent, sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.exists()))
    return copy_file(file, target, replace=force, check=_check_copy, progress=progress)


def check_room(folder: Path, needed: int) -> None:
    """Check the free disk space of ``folder``.

    Raises:
        PantauError: it has less than ``needed`` bytes.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PantauError(f"{folder} has {free / 1e6:,.0f} MB free and {needed / 1e6:,.0f} MB are needed: make room")


def _check_copy(part: Path, rows: dict[str, int]) -> None:
    check_file(part)
    with closing(open_immutable(part)) as connection:
        copied = count_rows(connection)
    if copied != rows:
        wrong = next(name for name in {**rows, **copied} if rows.get(name) != copied.get(name))
        raise DatabaseError(f"the copy of {wrong} has {copied.get(wrong)} rows instead of {rows.get(wrong)}: try again")


def _back_up_server(address: URL, target: Path, *, force: bool) -> None:
    with temporary_beside(target) as part:
        dump(address, part)
        missing = {table.name for table in TABLES} - dumped_tables(part)
        if missing:
            raise DatabaseError(f"pg_dump left out {', '.join(sorted(missing))}: see the user's rights on the database")
        fsync(part)
        if force:
            part.replace(target)
        else:
            rename_unless_exists(part, target)
    fsync(target.parent)


# How long another program may take to close the file.
_PATIENCE_S = 5
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """A restored backup's revision, and the new place of the old database."""

    revision: str
    aside: Path | None


def restore_backup(address: URL, file: Path, now: datetime) -> RestoreResult:
    """Put the backup in the place of the database at ``address``; the backup stays.

    On a server the database must be empty.

    Raises:
        PantauError: the backup is damaged, or the database is in use; nothing was changed.
    """
    file = file.absolute()
    _check_kind(address, file)
    engine = engine_as_it_is(address.render_as_string(hide_password=False))
    try:
        if address.get_backend_name() == "sqlite":
            return _restore_file(engine, Path(address.database or "").absolute(), file, now)
        return _restore_server(engine, file)
    finally:
        engine.dispose()


def check_backup(file: Path) -> str:
    """Read all of a SQLite backup; return its schema's revision.

    Raises:
        DatabaseError: it is damaged, of a newer program, or not ours.
    """
    check_file(file)
    engine = engine_as_it_is(f"sqlite:///{file.absolute()}", immutable=True)
    try:
        with translate_errors(engine.url), engine.execution_options(sqlite_begin="BEGIN").connect() as connection:
            revision = known_revision(connection)
    finally:
        engine.dispose()
    if revision is None:
        raise DatabaseError(f"{file} holds nothing of this program's: name a backup that `scrapy database backup` made")
    return revision


def _check_kind(address: URL, file: Path) -> None:
    if not file.is_file():
        raise PantauError(f"there is no file {file}")
    with file.open("rb") as stream:
        file_of_ours = stream.read(len(_SQLITE)) == _SQLITE
    if address.get_backend_name() == "sqlite":
        if is_dump(file):
            raise PantauError(f"{file} is of a PostgreSQL database: name an empty one in DATABASE_URL")
        if not file_of_ours:
            raise PantauError(f"{file} is no SQLite database: name a backup that `scrapy database backup` made")
        if Path(f"{file}-wal").exists():
            raise PantauError(f"{file} is a database in use, not a backup: `scrapy database backup` makes one of it")
    elif file_of_ours:
        raise PantauError(
            f"{file} is of a SQLite database: DATABASE_URL=sqlite:///{file} scrapy database copy {display_url(address)}"
        )
    elif not is_dump(file):
        raise PantauError(f"{file} is no backup of a PostgreSQL database: `scrapy database backup` makes one")


def _restore_file(engine: Engine, place: Path, file: Path, now: datetime) -> RestoreResult:
    if place.exists() and place.samefile(file):
        raise PantauError(f"{file} is the database itself: name a backup")
    revision = check_backup(file)
    with translate_errors(engine.url):
        place.parent.mkdir(parents=True, exist_ok=True)
        with exclusive_locks(engine), temporary_beside(place) as part:
            check_room(place.parent, file.stat().st_size)
            shutil.copyfile(file, part)
            copy_permissions(place if place.exists() else file, part)
            fsync(part)
            return RestoreResult(revision, _exchange(place, part, now))


def _exchange(place: Path, part: Path, now: datetime) -> Path | None:
    """Replace the file at ``place`` so that at every moment a whole file is there."""
    if not place.exists():
        _clear(place, None)
        part.rename(place)
        fsync(place.parent)
        return None
    aside = place.with_name(f"{place.name}.before-{stamp(now)}")
    with _closed(place):
        rename_unless_exists(place, aside)
        # A log that stayed would be read as the new file's.
        _clear(place, aside)
        part.replace(place)
        fsync(place.parent)
    return aside


def _clear(place: Path, aside: Path | None) -> None:
    for ending in BESIDE:
        log = Path(f"{place}{ending}")
        if aside is not None and log.exists():
            log.rename(f"{aside}{ending}")
        log.unlink(missing_ok=True)


@contextmanager
def _closed(place: Path) -> Iterator[None]:
    """Make sure that no other program has the file open. A damaged file passes."""
    with closing(sqlite3.connect(place, timeout=_PATIENCE_S, isolation_level=None)) as connection:
        try:
            # Without its log it can be locked against readers, too. SQLite makes the change only if no other has it
            # open; a program that opens it just then brings the log back, which the query below shows.
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
                raise sqlite3.OperationalError("database is locked")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise DatabaseError(
                    f"database {place} is open in another program (`scrapy serve`, perhaps): end it first"
                ) from error
            # It is damaged: a reason to restore a backup.
        yield


def _restore_server(engine: Engine, file: Path) -> RestoreResult:
    where = display_url(engine.url)
    with translate_errors(engine.url), engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise DatabaseError(
            f"database {where} is not empty ({tables[0]}): make a new one (createdb NAME), name it in DATABASE_URL and "
            "restore into that; then drop the old one, or keep it"
        )
    with exclusive_locks(engine):
        restore(engine.url, file)
        with translate_errors(engine.url), engine.connect() as connection:
            revision = known_revision(connection)
    open_database(engine.url.render_as_string(hide_password=False)).dispose()
    return RestoreResult(str(revision), None)
