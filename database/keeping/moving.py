"""The whole of ``scrapy database copy``: whose copy a target is, and what there is to do until it may be used."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from core.errors import DatabaseError
from database.engine import engine_as_it_is, open_database, parse_url
from database.failures import shown, told
from database.keeping.copying import Compared, Progress, compare, contents, copy_rows, set_sequences
from database.keeping.files import BESIDE
from database.keeping.holding import reserved, unchanging
from database.keeping.rows import count
from database.keeping.tables import TABLES
from database.upgrade import UNFINISHED_COPY, current_revision

# Holds what the source was when the copy began; it goes when the copy is finished.
_MARK = "unfinished_copy"


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy: every table's content on both sides, and whether it goes on from an earlier one."""

    tables: tuple[Compared, ...]
    resumed: bool

    @property
    def same(self) -> bool:
        """Whether both hold the same; else the target stays an unfinished copy."""
        return all(one.same for one in self.tables)


def copy_database(source: Engine, target_url: str, progress: Progress, *, anew: bool = False) -> Copied:
    """Copies everything into the database at ``target_url``, and compares the two.

    Args:
        source: with the newest schema.
        target_url: of a database that is empty or not there yet (SQLite), or an unfinished copy of the same source.
        progress: told how far it is.
        anew: throw away what an unfinished copy brought there.

    Raises:
        DatabaseError: one of the two is in use, the target holds something else, or does not take a row.
    """
    _check_different(source, target_url)
    with unchanging(source) as connection, _target(target_url, anew=anew) as (target, resumed):
        with told(target.url):
            if resumed:
                _check_same_source(target, contents(connection), current_revision(connection))
            else:
                _mark(target, contents(connection))
            copy_rows(connection, target, progress)
            set_sequences(target)
            tables = tuple(compare(connection, target, progress))
            copied = Copied(tables, resumed)
            if copied.same:
                _unmark(target, current_revision(connection))
        return copied


@contextmanager
def _target(url: str, *, anew: bool) -> Iterator[tuple[Engine, bool]]:
    """The target, with the newest schema and empty; True: it is an unfinished copy instead."""
    with ExitStack() as held:
        unfinished = _is_unfinished(url)
        if unfinished and anew:
            _empty(url)
        resumed = unfinished and not anew
        engine = engine_as_it_is(url) if resumed else open_database(url)
        held.callback(engine.dispose)
        held.enter_context(reserved(engine))
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
        raise DatabaseError(f"{shown(target)} is the database itself: name another one")


def _is_unfinished(url: str) -> bool:
    address = parse_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return False
    engine = engine_as_it_is(url)
    try:
        with told(engine.url), engine.connect() as connection:
            return current_revision(connection) == UNFINISHED_COPY
    finally:
        engine.dispose()


def _empty(url: str) -> None:
    """Only ever of an unfinished copy, which nobody but us has written to."""
    engine = engine_as_it_is(url)
    try:
        with reserved(engine), told(engine.url):
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
    with told(engine.url), engine.connect() as connection:
        full = next((one.name for one in TABLES if count(connection, one)), None)
    if full is not None:
        raise DatabaseError(
            f"database {shown(engine.url)} is not empty ({full} has rows): name an empty one, nothing was written"
        )


def _check_same_source(target: Engine, found: str, revision: str | None) -> None:
    with target.connect() as connection:
        marked = connection.execute(text(f"SELECT source, revision FROM {_MARK}")).one()  # noqa: S608
    if tuple(marked) != (found, revision):
        raise DatabaseError(
            f"database {shown(target.url)} is an unfinished copy of another database, or of this one before it was "
            "written to or upgraded: --anew throws away what is there and begins again"
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
