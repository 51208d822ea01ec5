"""Files and folders that are whole or not there: what was there before stays until all is written."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO, TypeVar

from core.errors import PantauError

S = TypeVar("S", bound=IO[Any])


@contextmanager
def replacing(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A stream whose text becomes the file when all is written; until then, and on any failure, the old file stays.

    Raises:
        PantauError: the file cannot be written.
    """
    with _replacing(path, lambda written: written.open("w", encoding=encoding, newline="")) as stream:
        yield stream


@contextmanager
def replacing_bytes(path: Path) -> Iterator[BinaryIO]:
    """As ``replacing``, for bytes."""
    with _replacing(path, lambda written: written.open("wb")) as stream:
        yield stream


@contextmanager
def replacing_folder(path: Path, *, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """An empty folder that becomes the one at ``path`` when all is in it; on any failure the old one stays.

    Args:
        path: where it shall be.
        ours: whether a folder that holds something may be replaced.

    Raises:
        PantauError: it cannot be written, or what is there must not be replaced.
    """
    target = path.resolve()
    written = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _check_replaceable(path, target, ours)
        written.mkdir()
        yield written
        _exchange(target, written)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        shutil.rmtree(written, ignore_errors=True)


@contextmanager
def _replacing(path: Path, opened: Callable[[Path], S]) -> Iterator[S]:
    target = path.resolve()
    # A device or pipe takes what comes and must not be replaced by a file.
    straight = target.exists() and not target.is_file()
    written = target if straight else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        stream = opened(written)
        with stream:
            yield stream
            stream.flush()
            if not straight:
                os.fsync(stream.fileno())
        if not straight:
            written.replace(target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        if not straight:
            written.unlink(missing_ok=True)


def _check_replaceable(path: Path, target: Path, ours: Callable[[Path], bool]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise PantauError(f"cannot write {path}: it is a file; name a folder")
    if any(target.iterdir()) and not ours(target):
        raise PantauError(f"cannot write {path}: it holds what no export made; name a new or an empty folder")


def _exchange(target: Path, written: Path) -> None:
    """A folder cannot be replaced in one step: the old one is set aside, and back if the new one cannot take over."""
    if not target.exists():
        written.rename(target)
        return
    aside = target.with_name(f".{target.name}.{os.getpid()}.old")
    target.rename(aside)
    try:
        written.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside)


def _cannot(path: Path, error: OSError) -> PantauError:
    return PantauError(f"cannot write {path}: {error.strerror or error}; what was there before is unchanged")
