"""Articles as a Parquet file, whose columns have types: moments in UTC, lists, numbers.

``timezone`` has the zone by whose clock the outlet published.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]  # the library has no annotations
from pyarrow.parquet import ParquetWriter  # type: ignore[import-untyped]

from search.records import KEYS, TIMES, Record

# Articles in a row group, which is held in memory: some 5 MB of text, several times while it is written.
_GROUP = 1_000


class _Sink:
    """Takes the file's bytes, up to a failure: pyarrow would still end the file as if it were whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._failed = self.closed = False

    def write(self, data: bytes) -> int:
        return len(data) if self._failed else self._stream.write(data)

    def flush(self) -> None:
        if not self._failed:
            self._stream.flush()

    def close(self) -> None:
        self.closed = True

    def fail(self) -> None:
        self._failed = True


def write_parquet(rows: Iterable[Record], stream: BinaryIO) -> int:
    """Writes the records, a group at a time; gives their number.

    If anything fails, what was written is no Parquet file.

    Args:
        rows: export records.
        stream: need not be seekable.
    """
    schema, sink, count = _schema(), _Sink(stream), 0
    with ParquetWriter(sink, schema, compression="zstd") as writer:
        try:
            for group in _groups(rows):
                writer.write_table(pa.Table.from_pylist(group, schema))
                count += len(group)
        except BaseException:
            sink.fail()
            raise
    return count


def _groups(rows: Iterable[Record]) -> Iterator[list[Record]]:
    left = iter(rows)
    while group := list(islice(left, _GROUP)):
        yield [row | {key: _moment(row[key]) for key in TIMES} for row in group]


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _schema() -> pa.Schema:
    kinds: dict[str, Any] = {
        "id": pa.int64(), "story_id": pa.int64(), "revision": pa.int32(), "first_in_story": pa.bool_(),
        "similarity": pa.float64(), "seed_similarity": pa.float64(),
    }  # fmt: skip
    kinds |= dict.fromkeys(TIMES, pa.timestamp("us", tz="UTC"))
    kinds |= dict.fromkeys(("other_urls", "authors", "tags"), pa.list_(pa.string()))
    return pa.schema([(key, kinds.get(key, pa.string())) for key in KEYS])
