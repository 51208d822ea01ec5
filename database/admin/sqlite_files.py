"""Whole SQLite files: copied while they are in use, and never half there."""

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

# Pages copied between two looks at whether somebody wants to end it; 16 MB.
_STEP = 4_096
# What SQLite keeps beside a file that is in use.
BESIDE = ("-wal", "-shm", "-journal")

# Told of pages: how many were copied, of how many.
Progress = Callable[[int, int], None]
# Given a copy and how many rows its tables must have; raises what is wrong with it.
Check = Callable[[Path, dict[str, int]], None]


def copy_file(
    source: Path,
    target: Path,
    *,
    replace: bool = False,
    check: Check | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Copies the committed state of ``source`` to the file ``target``, also while others write to ``source``.

    Uses SQLite's online backup (https://www.sqlite.org/backup.html). A failed copy leaves nothing behind; one that is
    there is whole and on the disk.

    Args:
        source: the database in use.
        target: the new file.
        replace: a file that is there is replaced once the new one is whole.
        check: looks at the copy before it gets its name.
        progress: told how far it is.

    Returns:
        How many rows each table has.

    Raises:
        sqlite3.Error, OSError: it cannot be read, or not be written there; FileExistsError where there is one already.
    """
    if target.exists() and not replace:
        raise FileExistsError(errno.EEXIST, "there is a file already", str(target))
    with beside(target) as part:
        rows = _copy(source, part, progress or _untold)
        part.chmod(stat.S_IMODE(source.stat().st_mode))  # what was not for all to read stays so
        if check is not None:
            check(part, rows)
        fsync(part)
        if replace:
            part.replace(target)
        else:
            give_name(part, target)
    fsync(target.parent)
    return rows


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A name in the target's folder for a file that is being made; nothing of it is left there at the end."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for ending in ("", *BESIDE):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def give_name(part: Path, target: Path) -> None:
    """Names a finished file, unless another has come to have that name: renaming would replace it."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # this kind of disk knows no second names
        part.rename(target)


def give_rights(like: Path, to: Path) -> None:
    """Lets those read and write a new file who may with another; to its owner, too, where we may give files away."""
    known = like.stat()
    to.chmod(stat.S_IMODE(known.st_mode))
    if os.geteuid() == 0:
        os.chown(to, known.st_uid, known.st_gid)


def fsync(path: Path) -> None:
    """Waits until a file, or what a folder lists, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def backup_path(file: Path, revision: str, now: datetime) -> Path:
    """Where the copy of ``file`` at schema ``revision`` goes: beside it, named by revision and instant (UTC)."""
    return file.with_name(f"{file.name}.backup-{revision}-{stamp(now)}")


def stamp(now: datetime) -> str:
    """The instant as names of files have it, in UTC."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has; the full-text indexes, which follow the others, are left out."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE 'article_index%' AND name NOT LIKE 'article_label_index%' ORDER BY name"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608


def _copy(source: Path, part: Path, progress: Progress) -> dict[str, int]:
    with closing(sqlite3.connect(source, isolation_level=None)) as old, closing(sqlite3.connect(part)) as new:
        new.execute("PRAGMA synchronous = OFF")  # it is synchronised at the end
        # One state for all the steps and the counts; else each write of another process would begin the copy anew.
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master")
        old.backup(new, pages=_STEP, progress=lambda _, left, whole: progress(whole - left, whole))
        return count_rows(old)


def _untold(_done: int, _whole: int) -> None:
    pass
