"""Copies of a SQLite database that is in use."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path


def copy_file(source: Path, target: Path) -> None:
    """Copies the committed state of ``source`` to the new file ``target``, also while others write to ``source``.

    Uses SQLite's online backup (https://www.sqlite.org/backup.html); a failed copy leaves no file behind.

    Raises:
        sqlite3.Error, OSError: it cannot be read, or not be written there.
    """
    target.touch(exist_ok=False)
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except BaseException:
        target.unlink()
        raise


def backup_path(file: Path, revision: str, now: datetime) -> Path:
    """Where the copy of ``file`` at schema ``revision`` goes: beside it, named by revision and instant (UTC)."""
    return file.with_name(f"{file.name}.backup-{revision}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
