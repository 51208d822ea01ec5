"""Files of a seed corpus: files, directories, patterns and tables of documents."""

import csv
import glob
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.models import Article, Rejection
from outlets.schema import Outlet
from pipelines.seeds.charset import NotTextError, decode
from pipelines.seeds.document import read_document, read_record

# Names of columns or keys, by content; of several the first filled one counts.
_KEYS = {
    "text": ("text", "content", "body", "isi", "teks", "artikel"),
    "title": ("title", "judul", "headline"),
    "date": (
        "published_at",
        "date",
        "tanggal",
        "published",
        "published_date",
        "publish_date",
        "waktu",
        "published_raw",
    ),
    "author": ("authors", "author", "penulis"),
    "url": ("url", "link", "canonical_url"),
    "outlet": ("outlet", "source", "media", "sumber"),
    "section": ("section", "category", "kategori", "rubrik"),
    "summary": ("summary", "ringkasan"),
    "dateline": ("dateline",),
    "credit": ("credit",),
}
_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_DELIMITERS = ",;\t|"


class TableError(ValueError):
    """A file that is no table of documents; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: first line (from 1), own bytes, and record or problem."""

    line: int
    content: bytes
    record: Mapping[str, str] | None
    problem: str = ""


def json_lines(content: bytes) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file; empty lines are skipped.

    Raises:
        NotTextError: the file is no text.
    """
    text, encoding = decode(content)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        raw = line.rstrip("\r").encode(encoding)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Row(number, raw, None, f"not JSON ({error})")
            continue
        if isinstance(value, dict):
            yield _row(number, raw, value)
        else:
            yield Row(number, raw, None, "not a JSON object")


def csv_rows(content: bytes) -> Iterator[Row]:
    """Yield the rows of a CSV file with a header, which shows the separator.

    Raises:
        NotTextError: the file is no text.
        TableError: no column holds the text, or the quoting is broken.
    """
    text, encoding = decode(content)
    consumed: list[str] = []
    lines = _recorded(text, consumed)
    header, delimiter = _header(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    skipped = len(consumed)
    while True:
        start, first = len(consumed), skipped + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise TableError(f"line {first}: {error}") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            raw = "".join(consumed[start:]).rstrip("\r\n").encode(encoding)
            yield _row(first, raw, dict(zip(header, cells, strict=False)))


def _recorded(text: str, consumed: list[str]) -> Iterator[str]:
    for line in filter(None, _LINE_END.split(text)):
        consumed.append(line)
        yield line


def _header(lines: Iterator[str]) -> tuple[list[str], str]:
    line = next((line for line in lines if line.strip() and not line.casefold().startswith("sep=")), "")
    delimiter = max(_DELIMITERS, key=line.count)
    names = [name.strip().casefold() for name in next(csv.reader([line], delimiter=delimiter), [])]
    if not set(names) & set(_KEYS["text"]):
        raise TableError(f"no column is called {', '.join(_KEYS['text'][:-1])} or {_KEYS['text'][-1]}")
    return names, delimiter


def _row(line: int, raw: bytes, values: Mapping[str, Any]) -> Row:
    plain = {str(key).strip().casefold(): _as_text(value) for key, value in values.items()}
    record = {name: next(filter(None, map(plain.get, keys)), "") for name, keys in _KEYS.items()}
    return Row(line, raw, {name: value for name, value in record.items() if value})


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_as_text, value)))
    if isinstance(value, dict):
        return _as_text(value.get("name"))
    return "" if value is None or isinstance(value, bool) else str(value).strip()


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
    """A document: a file, or a row of one ("news.csv:3", by its first line).

    ``content`` is untouched; ``record`` is None for a whole file.
    """

    name: str
    content: bytes
    record: Mapping[str, str] | None = None

    def read(self, outlets: Sequence[Outlet], now: datetime) -> Article | Rejection:
        if self.record is not None:
            return read_record(self.record, self.name, outlets, now)
        return read_document(self.content, self.name, outlets, now)


@dataclass(frozen=True, slots=True)
class UnreadableDocument:
    """An unreadable file or row, and the reason."""

    name: str
    reason: str


def find_documents(paths: Sequence[str]) -> Iterator[SeedFile | UnreadableDocument]:
    """Yield every document of files, directories and patterns ("corpus/**/*.txt").

    Sorted within each path, every file once, hidden ones only if named. Unreadable ones are yielded too.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _files(path):
            if isinstance(file, UnreadableDocument):
                yield file
                continue
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield from _documents_of(file)


def _files(path: str) -> Iterator[Path | UnreadableDocument]:
    if os.path.lexists(path):
        yield from _below(Path(path))
    elif glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        for match in matches:
            yield from _below(Path(match))
        if not matches:
            yield UnreadableDocument(path, "matches no file")
    else:
        yield UnreadableDocument(path, "no such file or directory")


def _below(path: Path) -> Iterator[Path | UnreadableDocument]:
    if not path.is_dir():
        yield path if path.is_file() else UnreadableDocument(str(path), "not a file")
        return
    errors: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = [Path(folder, name) for name in sorted(names) if not name.startswith(".")]
        yield from (file if file.is_file() else UnreadableDocument(str(file), "not a file") for file in files)
    yield from (UnreadableDocument(str(error.filename), error.strerror or str(error)) for error in errors)


def _documents_of(path: Path) -> Iterator[SeedFile | UnreadableDocument]:
    suffix, name = path.suffix.casefold(), str(path)
    try:
        if suffix in _TABLES:
            yield from _rows(name, _TABLES[suffix](path.read_bytes()))
        elif suffix in {".html", ".htm", ".xhtml"}:
            yield UnreadableDocument(name, "an HTML page, not a text document")
        elif suffix not in _TEXT:
            yield UnreadableDocument(name, f"'{suffix}' is not read here, only {_kinds()}")
        else:
            yield _document(path)
    except OSError as error:
        yield UnreadableDocument(name, error.strerror or str(error))
    except (NotTextError, TableError) as error:
        yield UnreadableDocument(name, str(error))


def _document(path: Path) -> SeedFile | UnreadableDocument:
    if (size := path.stat().st_size) > _LARGEST_DOCUMENT:
        return UnreadableDocument(str(path), f"{size:,} bytes are too many for one document")
    content = path.read_bytes()
    decode(content)
    return SeedFile(str(path), content)


def _rows(name: str, rows: Iterator[Row]) -> Iterator[SeedFile | UnreadableDocument]:
    for row in rows:
        place = f"{name}:{row.line}"
        if row.record is None:
            yield UnreadableDocument(place, row.problem)
        elif "text" not in row.record:
            yield UnreadableDocument(place, "no text")
        else:
            yield SeedFile(place, row.content, row.record)


def _kinds() -> str:
    return ", ".join(sorted({*_TEXT, *_TABLES} - {""}))
