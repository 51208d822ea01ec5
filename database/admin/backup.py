"""Back up a database, in use or not, into one file."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from core.errors import DatabaseError, PantauError
from database.admin.pg_tools import dump, dumped_tables
from database.admin.rows import TABLES
from database.admin.sqlite_files import Progress, copy_file, count_rows, fsync, rename_unless_exists, temporary_beside


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup, with the rows of its tables where they can be counted."""

    file: Path
    bytes: int
    rows: dict[str, int]


def back_up(address: URL, target: Path, *, force: bool = False, progress: Progress | None = None) -> Backup:
    """Back up the existing database at ``address`` to the file ``target``.

    Args:
        address: of either kind, from ``database.engine.parse_url``.
        target: gets its name when the backup is complete and was read again; until then, and on any failure, an older
            file stays as it was.
        force: replace a file that is there.
        progress: called with pages done and in all, of a SQLite file.

    Raises:
        PantauError: it cannot be read or written, there is a file already, or the server's tool is missing.
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
    """Open an unchanging SQLite file for reading, without writing anything beside it."""
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
    """Check for disk space before a long copy would fill the disk.

    Raises:
        PantauError: the disk of ``folder`` has less than ``needed`` bytes free.
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
