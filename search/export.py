"""Export articles as JSON Lines, CSV or a folder of texts.

Files and folders appear whole or not at all. Parquet has a module of its own (``search.parquet``).
"""

import csv
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, TextIO, TypeVar

from sqlalchemy.orm import Session

from core.errors import PantauError
from search.records import KEYS, Record, load_records
from search.results import load_articles
from search.selection import Selection, select_ids

_LIST_SEPARATOR = " | "
# Beginnings of formulas in spreadsheets (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_records(
    rows: Iterable[Record], form: Literal["jsonl", "csv"], stream: TextIO, keys: Sequence[str] = KEYS
) -> int:
    put = csv_writer(stream, keys) if form == "csv" else _json_writer(stream)
    count = 0
    for row in rows:
        put(row)
        count += 1
    return count


def csv_cell(value: Any) -> Any:
    """Return a CSV cell that no spreadsheet runs as a formula."""
    if isinstance(value, list):
        value = _LIST_SEPARATOR.join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def csv_writer(stream: TextIO, keys: Sequence[str]) -> Callable[[Record], Any]:
    writer = csv.writer(stream)
    writer.writerow(keys)
    return lambda row: writer.writerow([csv_cell(row[key]) for key in keys])


def _json_writer(stream: TextIO) -> Callable[[Record], Any]:
    return lambda row: stream.write(json.dumps(row, ensure_ascii=False) + "\n")


# Articles held in memory at a time: some 5 MB of text.
_BATCH = 500


def export_records(session: Session, selection: Selection) -> Generator[Record, None, None]:
    """Yield the selected articles' records, oldest stored first.

    One statement selects them all: a running crawl neither doubles nor hides any.
    """
    statement = select_ids(session, selection)
    ids = session.scalars(statement.order_by(statement.selected_columns.article_id).execution_options(yield_per=_BATCH))
    for batch in ids.partitions():
        yield from load_records(session, load_articles(session, batch))
        session.expunge_all()


S = TypeVar("S", bound=IO[Any])


@contextmanager
def replace_file(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Open a text stream that replaces the file when all is written.

    Raises:
        PantauError: the file cannot be written.
    """
    with _replacing(path, lambda written: written.open("w", encoding=encoding, newline="")) as stream:
        yield stream


@contextmanager
def replace_binary_file(path: Path) -> Iterator[BinaryIO]:
    with _replacing(path, lambda written: written.open("wb")) as stream:
        yield stream


@contextmanager
def replace_folder(path: Path, *, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """Open an empty folder that replaces the one at ``path`` when complete.

    Raises:
        PantauError: it cannot be written, or the old one has files and is not ``ours``.
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
    # A device or pipe must not be replaced by a file.
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
        raise PantauError(f"cannot write {path}: it holds files of other origin; name a new or an empty folder")


def _exchange(target: Path, written: Path) -> None:
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


MANIFEST = "manifest.csv"
_MANIFEST_KEYS = ("file", *(key for key in KEYS if key != "text"))
_UNDATED = "undated"
_FILE = re.compile(rf"(?:\d{{4}}-\d\d-\d\d|{_UNDATED})-\d+\.txt", re.ASCII)
_DAY = len("2024-09-14")
# Characters unsafe in file names on some systems; and names that Windows keeps for devices.
_UNSAFE = re.compile(r"[^a-z0-9_.]+")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_MAX_NAME = 80


def write_corpus(rows: Iterable[Record], folder: Path) -> int:
    """Write a file for each record, and the manifest; return the records' number.

    Raises:
        PantauError: the folder cannot be written, or is no corpus.
    """
    with replace_folder(folder, ours=is_corpus) as written:
        # Excel recognises UTF-8 by its mark, as in all our CSV files.
        with (written / MANIFEST).open("w", encoding="utf-8-sig", newline="") as stream:
            put = csv_writer(stream, _MANIFEST_KEYS)
            count = 0
            for row in rows:
                put({**row, "file": _write(row, written)})
                count += 1
        return count


def is_corpus(folder: Path) -> bool:
    if not (folder / MANIFEST).is_file():
        return False
    parts = [part for part in folder.iterdir() if part.name != MANIFEST]
    return all(
        part.is_dir() and not part.is_symlink() and all(_FILE.fullmatch(file.name) for file in part.iterdir())
        for part in parts
    )


def folder_name(outlet: str | None) -> str:
    """Return a folder name safe on every system: seeds name outlets in any words."""
    folded = unicodedata.normalize("NFKD", outlet or "").encode("ascii", "ignore").decode().lower()
    name = _UNSAFE.sub("-", folded)[:_MAX_NAME].strip("-.") or "unknown"
    return f"{name}-" if _DEVICES.fullmatch(name) else name


def _write(row: Record, folder: Path) -> str:
    published: str | None = row["published_at"]
    outlet = folder / folder_name(row["outlet"])
    outlet.mkdir(exist_ok=True)
    file = outlet / f"{published[:_DAY] if published else _UNDATED}-{row['id']}.txt"
    text = f"{row['title']}\n\n{row['text']}\n" if row["title"] else f"{row['text']}\n"
    file.write_text(text, encoding="utf-8", newline="\n")
    return file.relative_to(folder).as_posix()
