"""Copy whole SQLite files while in use, never leaving half a file."""

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

# Pages copied between two checks for an interrupt; 16 MB.
_STEP = 4_096
# Endings of the files that SQLite keeps beside one in use.
BESIDE = ("-wal", "-shm", "-journal")

# Called with the pages copied, and the pages in all.
Progress = Callable[[int, int], None]
# Called with a copy and the rows its tables must have; raises if it is wrong.
Check = Callable[[Path, dict[str, int]], None]


def copy_file(
    source: Path,
    target: Path,
    *,
    replace: bool = False,
    check: Check | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Copy the committed state of ``source`` to the file ``target``, in use or not.

    Uses SQLite's online backup (https://www.sqlite.org/backup.html); a failed copy leaves nothing behind. ``check``
    sees the copy before it gets its name. Returns the rows of each table.

    Raises:
        sqlite3.Error, OSError: it cannot be read or written; FileExistsError: there is a file.
    """
    if target.exists() and not replace:
        raise FileExistsError(errno.EEXIST, "there is a file already", str(target))
    with temporary_beside(target) as part:
        rows = _copy(source, part, progress or _no_progress)
        part.chmod(stat.S_IMODE(source.stat().st_mode))  # no more users may read it than before
        if check is not None:
            check(part, rows)
        fsync(part)
        if replace:
            part.replace(target)
        else:
            rename_unless_exists(part, target)
    fsync(target.parent)
    return rows


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """Yield a temporary name in the target's folder; leave nothing there at the end."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for ending in ("", *BESIDE):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def rename_unless_exists(part: Path, target: Path) -> None:
    """Give a finished file its name; renaming alone would replace another file there."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # this kind of disk knows no second names
        part.rename(target)


def copy_permissions(like: Path, to: Path) -> None:
    status = like.stat()
    to.chmod(stat.S_IMODE(status.st_mode))
    if os.geteuid() == 0:
        os.chown(to, status.st_uid, status.st_gid)


def fsync(path: Path) -> None:
    """Wait until a file, or a folder's listing, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def backup_path(file: Path, revision: str, now: datetime) -> Path:
    return file.with_name(f"{file.name}.backup-{revision}-{stamp(now)}")


def stamp(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of each table except the full-text indexes."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE 'article_index%' AND name NOT LIKE 'article_label_index%' ORDER BY name"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608


def _copy(source: Path, part: Path, progress: Progress) -> dict[str, int]:
    with closing(sqlite3.connect(source, isolation_level=None)) as old, closing(sqlite3.connect(part)) as new:
        new.execute("PRAGMA synchronous = OFF")  # it is synchronised at the end
        # One state for all steps and counts; else each write of another process would restart the copy.
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master")
        old.backup(new, pages=_STEP, progress=lambda _, left, whole: progress(whole - left, whole))
        return count_rows(old)


def _no_progress(_done: int, _whole: int) -> None:
    pass
