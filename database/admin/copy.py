"""Copy a whole database into another, of either kind; resume an interrupted copy.

References to later rows are filled in at the end, as only a server's administrator may switch its checks off. Until
both have been compared, a mark replaces the target's revision: no other command opens it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Engine, Table, bindparam, column, insert, select, table, text, update
from sqlalchemy.types import JSON, Text

from core.errors import DatabaseError
from database.admin.exclusive import exclusive_locks, read_without_writers
from database.admin.rows import (
    TABLES,
    Checksum,
    Row,
    checksum,
    count,
    key,
    last_key,
    read_rows,
    refers_to_its_own,
    refers_to_later_tables,
    replace_nuls,
    texts_of,
)
from database.admin.sqlite_files import BESIDE
from database.engine import engine_as_it_is, open_database, parse_url
from database.errors import database_error, display_url, translate_errors
from database.upgrade import UNFINISHED_COPY, current_revision

# One transaction: large enough that its end on the disk does not count, small enough that little has to be done again.
_ROWS, _CHARACTERS = 20_000, 8_000_000

# Called with a table's name, its rows copied, and its rows in all.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TableComparison:
    """A table's content on both sides."""

    table: str
    source: Checksum
    target: Checksum

    @property
    def same(self) -> bool:
        return (self.source.rows, self.source.digest) == (self.target.rows, self.target.digest)


def contents(connection: Connection) -> str:
    """Return each table's rows and last key: they identify a source at rest."""
    state = {one.name: [count(connection, one), *map(str, last_key(connection, one) or ())] for one in TABLES}
    return json.dumps(state, sort_keys=True)


def copy_rows(source: Connection, target: Engine, progress: Progress) -> None:
    """Copy the rows that the target lacks; it holds nothing else.

    ``source`` is in a transaction that blocks other writers.

    Raises:
        DatabaseError: the target does not take a row.
    """
    for one in TABLES:
        _copy_table(source, target, one, progress)
    for one in TABLES:
        for late in one.columns:
            if refers_to_its_own(late) or refers_to_later_tables(late):
                _fill_in(source, target, one, late, progress)


def compare(source: Connection, target: Engine, progress: Progress) -> Iterator[TableComparison]:
    with target.connect() as there:
        for one in TABLES:
            whole = count(source, one)
            report = partial(_report, progress, f"comparing {one.name}", 2 * whole)
            yield TableComparison(
                one.name, checksum(source, one, partial(report, 0)), checksum(there, one, partial(report, whole))
            )


def set_sequences(target: Engine) -> None:
    if target.dialect.name != "postgresql":
        return
    with target.begin() as connection:
        for one in TABLES:
            if one.autoincrement_column is not None:
                name, number = one.name, one.autoincrement_column.name
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', '{number}'), coalesce(max({number}), 1), "  # noqa: S608
                    f"max({number}) IS NOT NULL) FROM {name}"
                )
        connection.exec_driver_sql("ANALYZE")


def _report(progress: Progress, work: str, whole: int, before: int, done: int) -> None:
    progress(work, before + done, whole)


def _copy_table(source: Connection, target: Engine, one: Table, progress: Progress) -> None:
    with target.connect() as there:
        after, done = last_key(there, one), count(there, one)
    whole = count(source, one)
    progress(one.name, done, whole)
    for batch in _batches(read_rows(source, one, list(one.columns), after)):
        with target.begin() as connection:
            _write(connection, one, _presentable(one, batch, connection.dialect.name))
        done += len(batch)
        progress(one.name, done, whole)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) == _ROWS or size > _CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _presentable(one: Table, batch: Sequence[Row], dialect: str) -> list[list[Any]]:
    columns = list(one.columns)
    later = [place for place, each in enumerate(columns) if refers_to_later_tables(each)]
    own = [place for place, each in enumerate(columns) if refers_to_its_own(each)]
    texts = texts_of(one) if dialect == "postgresql" else []
    # A table that refers to itself has one number as its key.
    last = batch[-1][columns.index(key(one)[0])]
    rows = [list(row) for row in batch]
    for row in rows:
        for place in later:
            row[place] = None
        for place in own:
            row[place] = None if row[place] is not None and row[place] > last else row[place]
        replace_nuls(row, texts)
    return rows


def _write(connection: Connection, one: Table, rows: Sequence[Row]) -> None:
    names = [each.name for each in one.columns]
    if connection.dialect.name != "postgresql":
        # A row may refer to a later one of the same transaction. (PostgreSQL asks at the end of each statement.)
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        plain = table(one.name, *(column(each.name, _kept_as(each)) for each in one.columns))
        connection.execute(insert(plain), [dict(zip(names, row, strict=True)) for row in rows])
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    quoted = ", ".join(f'"{name}"' for name in names)
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{one.name}" ({quoted}) FROM STDIN') as stream:
            for row in rows:
                stream.write_row(row)
    except psycopg.Error as error:
        where = error.diag.context or one.name
        raise DatabaseError(f"{database_error(error, connection.engine.url)}; {where}") from error


def _kept_as(each: Column[Any]) -> Any:
    return Text() if isinstance(each.type, JSON) else each.type


def _fill_in(source: Connection, target: Engine, one: Table, late: Column[Any], progress: Progress) -> None:
    (number,) = key(one)
    wanted = select(number, late).where(late.is_not(None)).order_by(number)
    if refers_to_its_own(late):
        wanted = wanted.where(late > number)
    change = (
        update(one).where(number == bindparam("its_key"), late.is_(None)).values({late.name: bindparam("refers_to")})
    )
    done = 0
    for batch in _batches(iter(source.execute(wanted, execution_options={"yield_per": 1_000}))):
        with target.begin() as connection:
            connection.execute(change, [{"its_key": its_key, "refers_to": refers_to} for its_key, refers_to in batch])
        done += len(batch)
        progress(f"{one.name}.{late.name}", done, done)


# A table that identifies the source; dropped when the copy is finished.
_MARK = "unfinished_copy"


@dataclass(frozen=True, slots=True)
class CopyResult:
    """The result of a copy; ``resumed``: it continued an earlier one."""

    tables: tuple[TableComparison, ...]
    resumed: bool

    @property
    def same(self) -> bool:
        return all(one.same for one in self.tables)


def copy_database(source: Engine, target_url: str, progress: Progress, *, anew: bool = False) -> CopyResult:
    """Copy everything into the database at ``target_url``, and compare the two.

    The target is empty, missing (SQLite), or an unfinished copy; ``anew`` deletes its rows first.

    Raises:
        DatabaseError: one is in use, or the target has other content or does not take a row.
    """
    _check_different(source, target_url)
    with read_without_writers(source) as connection, _target(target_url, anew=anew) as (target, resumed):
        with translate_errors(target.url):
            if resumed:
                _check_same_source(target, contents(connection), current_revision(connection))
            else:
                _mark(target, contents(connection))
            copy_rows(connection, target, progress)
            set_sequences(target)
            tables = tuple(compare(connection, target, progress))
            copied = CopyResult(tables, resumed)
            if copied.same:
                _unmark(target, current_revision(connection))
        return copied


@contextmanager
def _target(url: str, *, anew: bool) -> Iterator[tuple[Engine, bool]]:
    with ExitStack() as held:
        unfinished = _is_unfinished(url)
        if unfinished and anew:
            _empty(url)
        resumed = unfinished and not anew
        engine = engine_as_it_is(url) if resumed else open_database(url)
        held.callback(engine.dispose)
        held.enter_context(exclusive_locks(engine))
        if not resumed:
            _check_empty(engine)
        yield engine, resumed


def _check_different(source: Engine, target_url: str) -> None:
    target = parse_url(target_url)
    if target.get_backend_name() != source.dialect.name:
        return
    places = [(one.host, one.port, one.database) for one in (source.url, target)]
    if source.dialect.name == "sqlite":
        places = [(None, None, str(Path(one.database or "").resolve())) for one in (source.url, target)]
    if places[0] == places[1]:
        raise DatabaseError(f"{display_url(target)} is the database itself: name another one")


def _is_unfinished(url: str) -> bool:
    address = parse_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return False
    engine = engine_as_it_is(url)
    try:
        with translate_errors(engine.url), engine.connect() as connection:
            return current_revision(connection) == UNFINISHED_COPY
    finally:
        engine.dispose()


def _empty(url: str) -> None:
    engine = engine_as_it_is(url)
    try:
        with exclusive_locks(engine), translate_errors(engine.url):
            if engine.dialect.name == "sqlite":
                engine.dispose()
                for ending in (*BESIDE, ""):
                    Path(f"{engine.url.database}{ending}").unlink(missing_ok=True)
                return
            with engine.begin() as connection:
                revision = connection.execute(text(f"SELECT revision FROM {_MARK}")).scalar_one()  # noqa: S608
                connection.exec_driver_sql(f"TRUNCATE {', '.join(one.name for one in TABLES)} RESTART IDENTITY")
                _take_mark_away(connection, revision)
    finally:
        engine.dispose()


def _check_empty(engine: Engine) -> None:
    with translate_errors(engine.url), engine.connect() as connection:
        full = next((one.name for one in TABLES if count(connection, one)), None)
    if full is not None:
        raise DatabaseError(
            f"database {display_url(engine.url)} is not empty ({full} has rows): name an empty one, nothing was written"
        )


def _check_same_source(target: Engine, found: str, revision: str | None) -> None:
    with target.connect() as connection:
        marked = connection.execute(text(f"SELECT source, revision FROM {_MARK}")).one()  # noqa: S608
    if tuple(marked) != (found, revision):
        raise DatabaseError(
            f"database {display_url(target.url)} is an unfinished copy of another database, or of this one before it "
            "was written to or upgraded: --anew throws away what is there and begins again"
        )


def _mark(target: Engine, source: str) -> None:
    with target.begin() as connection:
        revision = current_revision(connection)
        connection.exec_driver_sql(f"CREATE TABLE {_MARK} (source TEXT NOT NULL, revision TEXT NOT NULL)")
        row = {"source": source, "revision": revision}
        connection.execute(text(f"INSERT INTO {_MARK} (source, revision) VALUES (:source, :revision)"), row)  # noqa: S608
        connection.execute(text("UPDATE alembic_version SET version_num = :mark"), {"mark": UNFINISHED_COPY})


def _unmark(target: Engine, revision: str | None) -> None:
    with target.begin() as connection:
        _take_mark_away(connection, revision)


def _take_mark_away(connection: Connection, revision: str | None) -> None:
    connection.exec_driver_sql(f"DROP TABLE {_MARK}")
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
