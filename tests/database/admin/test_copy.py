"""Copies between databases of both kinds: complete, the same, and finished after any interruption."""

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, inspect, select, text, update
from sqlalchemy.orm import Session

from core.errors import DatabaseError
from database.admin import copy
from database.admin.copy import copy_database
from database.admin.rows import TABLES, checksum, refers_to_its_own, refers_to_later_tables
from database.engine import open_database
from database.schema import Run, Url
from tests.conftest import fresh_on_server
from tests.database.admin.filled import NOW, ROWS, everything, fill, value
from tests.database.outlet_locks import outlet_lock

# What Alembic and SQLite's full-text search keep for themselves.
NOT_OURS = ("alembic_version", "article_index", "article_label_index")
KILLS = 2


@pytest.fixture(params=["sqlite", "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database that is not there yet (SQLite) or empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sasaran.db'}"
    else:
        yield from fresh_on_server()


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with rows in every table."""
    engine = open_database(f"sqlite:///{tmp_path / 'asal.db'}")
    fill(engine)
    yield engine
    engine.dispose()


def quiet(_table: str, _done: int, _whole: int) -> None:
    pass


def opened(url: str) -> Engine:
    return open_database(url)


def test_no_table_is_forgotten(engine: Engine) -> None:
    there = {name for name in inspect(engine).get_table_names() if not name.startswith(NOT_OURS)}
    assert there == {table.name for table in TABLES}


def test_what_refers_to_later_rows_may_be_empty_for_a_while() -> None:
    late = [one for table in TABLES for one in table.columns if refers_to_its_own(one) or refers_to_later_tables(one)]
    assert {str(one) for one in late} == {"stories.first_id", "urls.same_as_id", "sources.parent_id"}
    assert all(one.nullable for one in late)
    assert all(len(one.table.primary_key.columns) == 1 for one in late)


def test_every_row_and_value_goes_over(engine: Engine, target_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "_ROWS", 2)  # so that rows refer to later transactions
    fill(engine)
    copied = copy_database(engine, target_url, quiet)
    assert copied.same
    assert not copied.resumed
    assert {one.table: one.target.rows for one in copied.tables} == dict.fromkeys((one.name for one in TABLES), ROWS)
    target = opened(target_url)
    assert everything(target) == everything(engine)
    hits = text(
        "SELECT count(*) FROM article_index WHERE article_index MATCH 'title'"
        if target.dialect.name == "sqlite"
        else "SELECT count(*) FROM article_terms WHERE search @@ to_tsquery('simple', '1title')"
    )
    with Session(target) as session:
        assert session.scalar(hits) is not None
        session.add(Run(outlet="baru", started_at=NOW, state="x"))
        session.commit()
        assert session.scalar(select(func.max(Run.id))) == ROWS + 1
    target.dispose()


def test_words_are_found_in_the_copy(source: Engine, target_url: str) -> None:
    with source.begin() as connection:
        connection.execute(text("UPDATE article_terms SET title = 'rapat warga', author = 'nama' WHERE article_id = 2"))
    assert copy_database(source, target_url, quiet).same
    target = opened(target_url)
    with target.connect() as connection:
        if target.dialect.name == "sqlite":
            for index, word in (("article_index", "rapat"), ("article_label_index", "nama")):
                query = text(f"SELECT rowid FROM {index} WHERE {index} MATCH '{word}'")
                assert connection.execute(query).scalars().all() == [2]
        else:
            query = text("SELECT article_id FROM article_terms WHERE search @@ to_tsquery('simple', 'rapat')")
            assert connection.execute(query).scalars().all() == [2]
    target.dispose()


def test_the_checksum_covers_every_column(source: Engine) -> None:
    with source.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in TABLES:
            whole = checksum(connection, table, lambda _: None)
            for column in table.columns:
                with connection.begin_nested() as change:
                    first = select(*table.primary_key.columns).limit(1)
                    row = connection.execute(first).one()
                    this = [one == its for one, its in zip(table.primary_key.columns, row, strict=True)]
                    held = connection.scalar(select(column).where(*this))
                    other = next(made for made in (value(column, 8), value(column, 9), 2) if made != held)
                    connection.execute(update(table).where(*this).values({column.name: other}))
                    assert checksum(connection, table, lambda _: None) != whole, column
                    change.rollback()
            assert checksum(connection, table, lambda _: None) == whole


def test_checksums_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    sums = []
    for order in ((1, 2, 3), (3, 1, 2)):
        engine = open_database(f"sqlite:///{tmp_path / f'{order[0]}.db'}")
        with engine.begin() as connection:
            for number in order:
                connection.execute(insert(Run).values(id=number, outlet=f"o{number}", started_at=NOW, state="x"))
            sums.append(checksum(connection, Run.__table__, lambda _: None))  # type: ignore[arg-type]
        engine.dispose()
    assert sums[0] == sums[1]


@pytest.mark.slow
def test_interrupted_again_and_again_it_goes_on(source: Engine, target_url: str) -> None:
    interruptions = 0
    while interruptions < 100:
        try:
            copied = copy_database(source, target_url, _ends_at(4 + 10 * interruptions))
            break
        except KeyboardInterrupt:
            interruptions += 1
            with pytest.raises(DatabaseError, match="is an unfinished copy: `scrapy database copy`"):
                open_database(target_url)
    assert interruptions > 3
    assert copied.same
    assert copied.resumed
    target = opened(target_url)
    assert everything(target) == everything(source)
    assert "unfinished_copy" not in inspect(target).get_table_names()
    target.dispose()


def _ends_at(word: int) -> Callable[[str, int, int], None]:
    """Interrupts the copy when so many words were said of how far it is."""
    left = word

    def told(_table: str, _done: int, _whole: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise KeyboardInterrupt

    return told


def _copy(source_url: str, target_url: str, began: Callable[[], object]) -> None:
    copy._ROWS = 25  # many transactions: many moments to be killed at

    def told(_table: str, _done: int, _whole: int) -> None:
        began()

    copy_database(open_database(source_url), target_url, told)


@pytest.mark.process
def test_killed_at_random_moments_it_goes_on(tmp_path: Path, target_url: str) -> None:
    source_url = f"sqlite:///{tmp_path / 'besar.db'}"
    source = open_database(source_url)
    fill(source, 250)
    moments, spawn = random.Random(5), multiprocessing.get_context("spawn")
    killed = 0
    for _ in range(KILLS):
        began = spawn.Event()
        process = spawn.Process(target=_copy, args=(source_url, target_url, began.set), daemon=True)
        process.start()
        assert began.wait(180)
        time.sleep(moments.uniform(0, 0.4))
        process.kill()
        process.join()
        killed += process.exitcode != 0
    assert killed
    copied = copy_database(source, target_url, quiet)
    assert copied.same
    assert copied.resumed == (killed == KILLS)
    target = opened(target_url)
    assert everything(target) == everything(source)
    target.dispose()
    source.dispose()


@pytest.mark.parametrize("target_url", ["sqlite"], indirect=True)
def test_a_target_that_holds_something_is_refused(source: Engine, target_url: str) -> None:
    target = opened(target_url)
    with target.begin() as connection:
        connection.execute(insert(Run).values(outlet="lain", started_at=NOW, state="x"))
    for anew in (False, True):
        with pytest.raises(DatabaseError, match=r"is not empty \(runs has rows\)"):
            copy_database(source, target_url, quiet, anew=anew)
    with target.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Url)) == 0
    target.dispose()


def test_a_source_that_was_written_to_needs_a_new_copy(source: Engine, target_url: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        copy_database(source, target_url, _ends_at(9))
    with source.begin() as connection:
        connection.execute(insert(Run).values(outlet="baru", started_at=NOW, state="x"))
    with pytest.raises(DatabaseError, match=r"of another database, or of this one before it was written to.*--anew"):
        copy_database(source, target_url, quiet)
    copied = copy_database(source, target_url, quiet, anew=True)
    assert copied.same
    assert not copied.resumed


@pytest.mark.parametrize("target_url", ["sqlite"], indirect=True)
def test_a_difference_is_told_and_the_copy_stays_unfinished(source: Engine, target_url: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        copy_database(source, target_url, _ends_at(60))
    with source.begin() as connection:  # as many rows with as high numbers as before
        connection.execute(text("UPDATE bands SET hash = 7 WHERE fingerprint_id = 2"))
    copied = copy_database(source, target_url, quiet)
    assert [one.table for one in copied.tables if not one.same] == ["bands"]
    with pytest.raises(DatabaseError, match="unfinished copy"):
        open_database(target_url)
    assert copy_database(source, target_url, quiet, anew=True).same


def test_a_database_is_not_copied_into_itself(engine: Engine, database_url: str) -> None:
    with pytest.raises(DatabaseError, match="is the database itself"):
        copy_database(engine, database_url, quiet)


def test_a_database_at_work_is_not_copied(engine: Engine, tmp_path: Path) -> None:
    who = r"bharata \(process \d+ since 20" if engine.dialect.name == "sqlite" else "a run on .* since 20"
    with outlet_lock(engine, "bharata"), pytest.raises(DatabaseError, match=f"is in use: {who}.*: wait for them or"):
        copy_database(engine, f"sqlite:///{tmp_path / 'sasaran.db'}", quiet)


def test_nobody_writes_to_a_source_meanwhile(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    monkeypatch.setattr("database.engine.BUSY_TIMEOUT_MS", 50)
    other = open_database(database_url)
    refused: list[str] = []

    def writes(_table: str, _done: int, _whole: int) -> None:
        if not refused:
            try:
                with other.begin() as connection:
                    if other.dialect.name == "postgresql":
                        connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
                    connection.execute(insert(Run).values(outlet="lain", started_at=NOW, state="x"))
            except Exception as error:  # noqa: BLE001 - each database has its own
                refused.append(str(error))

    assert copy_database(engine, f"sqlite:///{tmp_path / 'sasaran.db'}", writes).same
    assert "lock" in refused[0]
    other.dispose()


def test_a_source_that_another_program_locks_is_told(
    source: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.engine.BUSY_TIMEOUT_MS", 50)
    held_up = open_database(f"sqlite:///{tmp_path / 'asal.db'}")
    with source.begin(), pytest.raises(DatabaseError, match=r"is locked \(another program keeps it locked: wait"):
        copy_database(held_up, f"sqlite:///{tmp_path / 'sasaran.db'}", quiet)
    held_up.dispose()
    assert not (tmp_path / "sasaran.db").exists()


def test_nul_has_a_stand_in_where_it_cannot_be(source: Engine, target_url: str) -> None:
    with source.begin() as connection:
        connection.execute(text("UPDATE urls SET detail = 'a' || char(0) || 'b' WHERE id = 1"))
    copied = copy_database(source, target_url, quiet)
    assert copied.same
    target = opened(target_url)
    kept = "a\0b" if target.dialect.name == "sqlite" else "a\ufffdb"
    with target.connect() as connection:
        assert connection.scalar(select(Url.detail).where(Url.id == 1)) == kept
    assert sum(one.source.nuls for one in copied.tables) == 1
    target.dispose()


def test_a_value_that_does_not_fit_is_told_with_its_place(source: Engine) -> None:
    with source.begin() as connection:
        connection.execute(text("UPDATE runs SET outlet = replace(hex(zeroblob(80)), '00', 'ab') WHERE id = 3"))
    for url in fresh_on_server():
        with pytest.raises(DatabaseError, match=r"too long for type character varying\(100\).*COPY runs, line 3"):
            copy_database(source, url, quiet)
