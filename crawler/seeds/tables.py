"""Rows of CSV files and lines of JSON Lines files as records, with the bytes that each came from."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.seeds.decoding import decode

# What a column or key may be called, by what it holds; of several the first that is filled.
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
    """The file is no table of documents; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: where it begins (first line is 1), its own bytes, and its record or the reason why there is none."""

    line: int
    content: bytes
    record: Mapping[str, str] | None
    problem: str = ""


def json_lines(content: bytes) -> Iterator[Row]:
    """The objects of a JSON Lines file; empty lines are skipped.

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
    """The rows of a CSV file with a header; the separator is the header's (comma, semicolon, tab or bar).

    Raises:
        NotTextError: the file is no text.
        TableError: no column holds the text, or the quoting is broken (with what came before it already given).
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
    """The lines with their ends, each put into ``consumed`` when it is taken."""
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
