"""A fresh database for every test, on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from database.engine import open_database

# How long an example takes depends on what else the machine is doing.
settings.register_profile("pantau", deadline=None)
settings.load_profile("pantau")

_SERVER = make_url(os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")).set(
    drivername="postgresql+psycopg"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that nobody has opened yet; gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/pantau.db"
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


def _on_server(statement: str, server: URL = _SERVER) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql(statement)
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL at {server.host}:{server.port} (set TEST_DATABASE_URL): {error.orig}")
    finally:
        admin.dispose()
