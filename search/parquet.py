"""Write articles as a Parquet file: times in UTC, lists, numbers as such.

A module of its own, since importing pyarrow takes a fifth of a second.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from types import NoneType
from typing import Any, BinaryIO, get_args, get_origin

import pyarrow as pa  # type: ignore[import-untyped]  # the library has no annotations
from pyarrow.parquet import ParquetWriter  # type: ignore[import-untyped]

from search.records import TIMES, TYPES, Record

_PARQUET_KINDS: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_PARQUET_TYPES = {"revision": pa.int32()}

# Articles in a row group, which is held in memory: some 5 MB of text, several times while it is written.
_GROUP = 1_000


class _Sink:
    """Passes bytes on until a failure: pyarrow would still complete the file."""

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
    """Write the records, a group at a time, and return their number.

    After a failure the bytes are no valid Parquet file.
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
    remaining = iter(rows)
    while group := list(islice(remaining, _GROUP)):
        yield [row | {key: _moment(row[key]) for key in TIMES} for row in group]


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _schema() -> pa.Schema:
    return pa.schema([(key, _PARQUET_TYPES.get(key) or _parquet_type(kind)) for key, kind in TYPES.items()])


def _parquet_type(kind: Any) -> pa.DataType:
    plain, *_ = (one for one in get_args(kind) or (kind,) if one is not NoneType)
    return pa.list_(pa.string()) if get_origin(kind) is tuple else _PARQUET_KINDS[plain]
