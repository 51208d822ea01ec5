"""Files of a seed corpus: single ones, directories, patterns and tables, each document with its bytes."""

import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.models import Article, Rejection
from crawler.seeds.decoding import NotTextError, decode
from crawler.seeds.reading import read_document, read_record
from crawler.seeds.tables import Row, TableError, csv_rows, json_lines
from outlets.schema import Outlet

_TEXT = {"", ".txt", ".text", ".md", ".markdown"}
_TABLES: Mapping[str, Callable[[bytes], Iterator[Row]]] = {
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".csv": csv_rows,
    ".tsv": csv_rows,
}
_LARGEST_DOCUMENT = 10_000_000  # bytes; an article has thousands, so this is no document but a dump


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A document: a file, or a row of one ("news.csv:3", by the line it begins on).

    Attributes:
        name: for people.
        content: its bytes, untouched; a row's own, without its line end.
        record: a row's values, ``None`` for a file of its own.
    """

    name: str
    content: bytes
    record: Mapping[str, str] | None = None

    def read(self, outlets: Sequence[Outlet], now: datetime) -> Article | Rejection:
        """What the document says; arguments as for ``read_document``."""
        if self.record is not None:
            return read_record(self.record, self.name, outlets, now)
        return read_document(self.content, self.name, outlets, now)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be read, and why, for people."""

    name: str
    reason: str


def documents(paths: Sequence[str]) -> Iterator[SeedFile | Unreadable]:
    """Every document of files, directories (with all below, hidden ones aside) and patterns ("corpus/**/*.txt").

    In the order of ``paths``, within each sorted by name; a file named twice comes once. What cannot be read is a
    value, too, and the rest goes on.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _files(path):
            if isinstance(file, Unreadable):
                yield file
                continue
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield from _documents_of(file)


def _files(path: str) -> Iterator[Path | Unreadable]:
    if os.path.lexists(path):
        yield from _below(Path(path))
    elif glob.has_magic(path):
        found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        for match in found:
            yield from _below(Path(match))
        if not found:
            yield Unreadable(path, "matches no file")
    else:
        yield Unreadable(path, "no such file or directory")


def _below(path: Path) -> Iterator[Path | Unreadable]:
    if not path.is_dir():
        yield path if path.is_file() else Unreadable(str(path), "not a file")
        return
    errors: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = [Path(folder, name) for name in sorted(names) if not name.startswith(".")]
        yield from (file if file.is_file() else Unreadable(str(file), "not a file") for file in files)
    yield from (Unreadable(str(error.filename), error.strerror or str(error)) for error in errors)


def _documents_of(path: Path) -> Iterator[SeedFile | Unreadable]:
    suffix, name = path.suffix.casefold(), str(path)
    try:
        if suffix in _TABLES:
            yield from _rows(name, _TABLES[suffix](path.read_bytes()))
        elif suffix in {".html", ".htm", ".xhtml"}:
            yield Unreadable(name, "an HTML page, not a text document")
        elif suffix not in _TEXT:
            yield Unreadable(name, f"'{suffix}' is not read here, only {_kinds()}")
        else:
            yield _document(path)
    except OSError as error:
        yield Unreadable(name, error.strerror or str(error))
    except (NotTextError, TableError) as error:
        yield Unreadable(name, str(error))


def _document(path: Path) -> SeedFile | Unreadable:
    if (size := path.stat().st_size) > _LARGEST_DOCUMENT:
        return Unreadable(str(path), f"{size:,} bytes are too many for one document")
    content = path.read_bytes()
    decode(content)
    return SeedFile(str(path), content)


def _rows(name: str, rows: Iterator[Row]) -> Iterator[SeedFile | Unreadable]:
    for row in rows:
        place = f"{name}:{row.line}"
        if row.record is None:
            yield Unreadable(place, row.problem)
        elif "text" not in row.record:
            yield Unreadable(place, "no text")
        else:
            yield SeedFile(place, row.content, row.record)


def _kinds() -> str:
    return ", ".join(sorted({*_TEXT, *_TABLES} - {""}))
