"""One database is enough for what a command prints."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MadeDatabases, provide_database


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, made_databases: MadeDatabases) -> Iterator[str]:
    """A SQLite database, unless the test is marked with ``on_both``.

    The queries behind the commands are tried on PostgreSQL where they are: in search/, database/, pipelines/, alerts/.
    """
    yield from provide_database(getattr(request, "param", "sqlite"), request, tmp_path, made_databases)
