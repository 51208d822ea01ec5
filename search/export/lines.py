"""Records as text: a line of JSON each, or a row of CSV that no spreadsheet runs."""

import csv
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, Literal, TextIO

from sqlalchemy.orm import Session

from search.records import KEYS, Record, load_records
from search.results import load_articles
from search.selection import Selection, select_ids

_LIST_SEPARATOR = " | "
# What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_records(
    rows: Iterable[Record], form: Literal["jsonl", "csv"], stream: TextIO, keys: Sequence[str] = KEYS
) -> int:
    """Writes the records, each a line of JSON or a row of CSV below a row of keys; gives their number."""
    put = csv_writer(stream, keys) if form == "csv" else _json_writer(stream)
    count = 0
    for row in rows:
        put(row)
        count += 1
    return count


def csv_cell(value: Any) -> Any:
    """A value as a CSV cell: lists joined by " | ", and no text that a spreadsheet would run as a formula."""
    if isinstance(value, list):
        value = _LIST_SEPARATOR.join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def csv_writer(stream: TextIO, keys: Sequence[str]) -> Callable[[Record], Any]:
    """Writes the row of keys, and gives what writes a record below it."""
    writer = csv.writer(stream)
    writer.writerow(keys)
    return lambda row: writer.writerow([csv_cell(row[key]) for key in keys])


def _json_writer(stream: TextIO) -> Callable[[Record], Any]:
    return lambda row: stream.write(json.dumps(row, ensure_ascii=False) + "\n")


# Articles held in memory at a time: some 5 MB of text.
_BATCH = 500


def export_records(session: Session, selection: Selection) -> Generator[Record, None, None]:
    """The records of the articles selected, oldest stored first, read as they are asked for.

    One statement names them all, so that what is stored meanwhile neither doubles nor hides any. The session forgets
    each batch before the next.
    """
    statement = select_ids(session, selection)
    ids = session.scalars(statement.order_by(statement.selected_columns.article_id).execution_options(yield_per=_BATCH))
    for batch in ids.partitions():
        yield from load_records(session, load_articles(session, batch))
        session.expunge_all()
