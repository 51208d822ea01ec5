"""An empty database for every test, on SQLite and on PostgreSQL.

Making one takes up to two seconds on a busy server, more than most tests. So tests that take an ``engine`` get a copy
of a file that was made once, and on PostgreSQL the same database over and over, emptied after each.
"""

import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from database.engine import open_database
from database.schema import Base

# A shell starts what it runs in the background without Ctrl-C, and children inherit that: the tests that interrupt a
# process would wait for it in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes depends on what else the machine is doing.
settings.register_profile("pantau", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=20)

# `make quick` leaves these out, beside all that is marked and every variant on PostgreSQL.
_NOT_QUICK = ("browser", "end_to_end", "month", "test_deploy.py", "web/test_schemathesis.py")
# The slowest files start first, so that no worker waits for one at the end.
_FIRST = (
    "tests/month/test_month.py", "tests/end_to_end/test_revisions.py", "tests/end_to_end/test_monitor.py",
    "tests/end_to_end/test_kill.py", "tests/end_to_end/test_crawl.py", "tests/end_to_end/", "tests/browser/",
    "tests/database/", "tests/web/test_schemathesis.py", "tests/search/", "tests/pipelines/",
)  # fmt: skip

_TESTS = Path(__file__).parent
# TRUNCATE makes new files for every table, which takes ten times as long. Nobody checks references meanwhile.
_EMPTY = """
DO $$
DECLARE one text;
BEGIN
    SET LOCAL lock_timeout = '2s';
    SET LOCAL session_replication_role = replica;
    FOREACH one IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE 'DELETE FROM ' || one;
    END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(one::regclass, 1, false);
    END LOOP;
END $$
"""
_SERVER = make_url(os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")).set(
    drivername="postgresql+psycopg"
)


class MadeDatabases:
    """The databases with the newest schema that this process's tests share, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "made.db"
        self._on_server: ExitStack | None = None
        self._url = ""
        self._shape: list[Any] = []

    def file(self, path: Path) -> str:
        """The URL of a copy at ``path``."""
        if not self._file.exists():
            open_database(f"sqlite:///{self._file}").dispose()
        shutil.copyfile(self._file, path)
        return f"sqlite:///{path}"

    @contextmanager
    def on_server(self) -> Iterator[str]:
        """The URL of the server's; empty, and empty again afterwards."""
        if self._on_server is None:
            self._on_server = ExitStack()
            self._url = self._on_server.enter_context(contextmanager(fresh_on_server)())
            open_database(self._url).dispose()
            self._shape = _shape(self._url)
        yield self._url
        if not _emptied(self._url, self._shape):
            self.close()

    def close(self) -> None:
        """Drop what is on the server; the next who asks gets another."""
        if self._on_server is not None:
            self._on_server.close()
            self._on_server = None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--quick``."""
    parser.addoption("--quick", action="store_true", help="only tests that need no service, browser or process")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples Hypothesis tries."""
    settings.load_profile("quick" if config.option.quick else "pantau")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare ``--quick`` the imports of what it leaves out as a whole."""
    return True if config.option.quick and collection_path in [_TESTS / name for name in _NOT_QUICK] else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not quick, and begin with what takes longest."""
    if config.option.quick:
        left_out = [item for item in items if not _is_quick(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _is_quick(item)]
    items.sort(key=_rank)


def _is_quick(item: pytest.Item) -> bool:
    parameters = (
        item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    )
    return not (
        item.get_closest_marker("process")
        or item.get_closest_marker("slow")
        or "postgresql" in [str(value) for value in parameters]
    )


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, start in enumerate(_FIRST) if item.nodeid.startswith(start)), len(_FIRST))


@pytest.fixture(scope="session", autouse=True)
def _no_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold ``--quick`` to its word."""
    with pytest.MonkeyPatch.context() as patch:
        if request.config.option.quick:
            patch.setattr(subprocess.Popen, "__init__", _refuse)
            patch.setattr(BaseProcess, "start", _refuse)
        yield


def _refuse(*_: object, **__: object) -> None:
    pytest.fail("a test that starts a process is marked with pytest.mark.process")


@pytest.fixture(scope="session")
def made_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeDatabases]:
    """See there."""
    made = MadeDatabases(tmp_path_factory.mktemp("made"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, made_databases: MadeDatabases) -> Iterator[str]:
    """The URL of a database; of one that nobody has opened yet, unless the test takes an ``engine`` as well."""
    yield from provide_database(request.param, request, tmp_path, made_databases)


def provide_database(
    kind: str, request: pytest.FixtureRequest, folder: Path, made_databases: MadeDatabases
) -> Iterator[str]:
    """The URL of an empty database of this kind, with the newest schema if the test takes an ``engine``."""
    made = "engine" in request.fixturenames
    if kind == "sqlite":
        path = folder / "pantau.db"
        yield made_databases.file(path) if made else f"sqlite:///{path}"
    elif made:
        with made_databases.on_server() as url:
            yield url
    else:
        yield from fresh_on_server()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database with the newest schema."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on ``engine``; what is not committed is undone after the test."""
    with Session(engine) as session:
        yield session


def fresh_on_server() -> Iterator[str]:
    """The URL of an empty database on the server, dropped afterwards; skips the test where there is no server."""
    name = f"pantau_test_{uuid.uuid4().hex}"
    _on_server(f"CREATE DATABASE {name}")
    try:
        yield _SERVER.set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _shape(url: str) -> list[Any]:
    """What a database consists of, and its version."""
    query = (
        "SELECT relname, attname, atttypid, (SELECT min(version_num) FROM alembic_version) "
        "FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
        "WHERE relnamespace = 'public'::regnamespace AND attnum > 0 "
        "UNION ALL SELECT tgname, '', 0, '' FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    with _admin(make_url(url)) as connection:
        return list(connection.exec_driver_sql(query))


def _emptied(url: str, shape: list[Any]) -> bool:
    """Whether the database could be emptied and is as it was made; not if somebody still holds a lock on it."""
    try:
        if _shape(url) != shape:
            return False
    except ProgrammingError:  # it lost tables
        return False
    try:
        with _admin(make_url(url)) as connection:
            connection.exec_driver_sql(_EMPTY.format(tables=", ".join(f"'{table}'" for table in Base.metadata.tables)))
    except OperationalError:
        return False
    return True


@contextmanager
def _admin(server: URL) -> Iterator[Connection]:
    engine = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _on_server(statement: str) -> None:
    try:
        with _admin(_SERVER) as connection:
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL at {_SERVER.host}:{_SERVER.port} (set TEST_DATABASE_URL): {error.orig}")
