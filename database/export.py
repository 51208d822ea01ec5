"""Writing articles out: JSON Lines or CSV, to a file or a stream, however many there are."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

from sqlalchemy.orm import Session

from crawler.errors import PantauError
from database.records import KEYS, Record, records
from database.search.search import load
from database.search.selection import Selection, selected

Format = Literal["jsonl", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)

# Articles held in memory at a time: some 5 MB of text.
_BATCH = 500
_LIST_SEPARATOR = " | "
# What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def exported(session: Session, selection: Selection) -> Iterator[Record]:
    """The records of the articles selected, oldest stored first, read as they are asked for.

    One statement names them all, so that what is stored meanwhile neither doubles nor hides any. The session forgets
    each batch before the next.
    """
    statement = selected(session, selection)
    ids = session.scalars(statement.order_by(statement.selected_columns.article_id).execution_options(yield_per=_BATCH))
    for batch in ids.partitions():
        yield from records(session, load(session, batch))
        session.expunge_all()


def write(rows: Iterable[Record], form: Format, stream: TextIO, keys: Sequence[str] = KEYS) -> int:
    """Writes the records, each a line of JSON or a row of CSV below a row of keys; gives their number."""
    put = _csv_writer(stream, keys) if form == "csv" else _json_writer(stream)
    count = 0
    for row in rows:
        put(row)
        count += 1
    return count


def cell(value: Any) -> Any:
    """A value as a CSV cell: lists joined by " | ", and no text that a spreadsheet would run as a formula."""
    if isinstance(value, list):
        value = _LIST_SEPARATOR.join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


@contextmanager
def replacing(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A stream whose text becomes the file when all is written; until then, and on any failure, the old file stays.

    Raises:
        PantauError: the file cannot be written.
    """
    target = path.resolve()
    # A device or pipe takes what comes and must not be replaced by a file.
    straight = target.exists() and not target.is_file()
    written = target if straight else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with written.open("w", encoding=encoding, newline="") as stream:
            yield stream
            stream.flush()
            if not straight:
                os.fsync(stream.fileno())
        if not straight:
            written.replace(target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise PantauError(
            f"cannot write {path}: {error.strerror or error}; what was there before is unchanged"
        ) from error
    finally:
        if not straight:
            written.unlink(missing_ok=True)


def _json_writer(stream: TextIO) -> Callable[[Record], Any]:
    return lambda row: stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def _csv_writer(stream: TextIO, keys: Sequence[str]) -> Callable[[Record], Any]:
    writer = csv.writer(stream)
    writer.writerow(keys)
    return lambda row: writer.writerow([cell(row[key]) for key in keys])
