import io
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from sqlalchemy.orm import Session

from search import parquet
from search.export import export_records
from search.parquet import write_parquet
from search.records import KEYS, Record
from search.selection import Selection
from tests.search.articles import ARTICLES, add_article, add_articles

EIGHT = datetime(2024, 9, 14, 8, tzinfo=ZoneInfo("Asia/Makassar"))


def written(session: Session) -> io.BytesIO:
    stream = io.BytesIO()
    write_parquet(export_records(session, Selection()), stream)
    return stream


def test_columns_have_types(session: Session) -> None:
    add_article(session, "Judul", "Teks.", authors=["Ani", "Budi"], published_at=EIGHT, timezone="Asia/Makassar")
    table = pq.read_table(written(session))
    assert table.column_names == list(KEYS)
    kinds = {field.name: field.type for field in table.schema}
    assert kinds["id"] == pa.int64()
    assert kinds["published_at"] == kinds["first_seen_at"] == pa.timestamp("us", tz="UTC")
    assert kinds["authors"] == pa.list_(pa.string())
    assert (kinds["first_in_story"], kinds["seed_similarity"]) == (pa.bool_(), pa.float64())
    (row,) = table.to_pylist()
    assert (row["published_at"], row["timezone"]) == (EIGHT.astimezone(UTC), "Asia/Makassar")
    assert (row["authors"], row["tags"], row["story_id"]) == (["Ani", "Budi"], [], None)


def test_groups_are_written_one_after_another(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_GROUP", 10)
    add_articles(session)
    file = pq.ParquetFile(written(session))
    assert (file.num_row_groups, file.metadata.num_rows) == (5, len(ARTICLES))
    assert file.read(["id"]).column("id").to_pylist() == list(range(1, len(ARTICLES) + 1))


def test_an_empty_export_still_has_columns(session: Session) -> None:
    table = pq.read_table(written(session))
    assert (table.num_rows, table.column_names) == (0, list(KEYS))


def test_what_fails_leaves_no_file_that_looks_whole(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_GROUP", 10)
    add_articles(session)

    def failing() -> Iterator[Record]:
        yield from islice(export_records(session, Selection()), 15)
        raise TimeoutError

    stream = io.BytesIO()
    with pytest.raises(TimeoutError):
        write_parquet(failing(), stream)
    assert stream.tell() > 1000
    with pytest.raises(pa.ArrowInvalid):
        pq.read_table(stream)
