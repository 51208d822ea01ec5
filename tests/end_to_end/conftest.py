from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.program import PREFORK, Program
from tests.site import Site


@pytest.fixture(scope="session", autouse=True)
def _prefork() -> Iterator[None]:
    yield
    PREFORK.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The test site, served for all tests of a module."""
    with Site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests of a module."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def program(site: Site, place: Path) -> Program:
    """The program with one SQLite database for all tests of a module."""
    return Program(f"sqlite:///{place}/pantau.db", site.declarations, (("DATA_DIR", str(place)),))
