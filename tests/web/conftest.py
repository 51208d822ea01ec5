"""The made-up archive on each database, and a client of the server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from database.engine import open_database
from tests.web.archive import build
from tests.web.printed import NOW, OUTLETS
from web.server import create_app
from web.state import WebState

ADDRESS = "http://127.0.0.1"


@pytest.fixture(scope="session")
def archive_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as a SQLite file, made once; whoever writes takes ``web_archive``."""
    file = tmp_path_factory.mktemp("archive") / "pantau.db"
    engine = open_database(f"sqlite:///{file}")
    build(engine)
    engine.dispose()
    return file


@pytest.fixture
def web_archive(archive_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """The archive on SQLite, this test's own."""
    file = tmp_path / "archive.db"
    shutil.copyfile(archive_file, file)
    engine = open_database(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def either_archive(engine: Engine) -> Engine:
    """The archive on SQLite and on PostgreSQL."""
    build(engine)
    return engine


@pytest.fixture
def state(web_archive: Engine) -> WebState:
    """What the server of ``client`` knows."""
    return WebState(web_archive, lambda: NOW, OUTLETS)


@pytest.fixture
def client(state: WebState) -> Iterator[TestClient]:
    """A browser on this machine."""
    with TestClient(create_app(state), base_url=ADDRESS) as client:
        yield client
