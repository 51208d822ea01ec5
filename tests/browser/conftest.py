"""A browser and the real server on the made-up archive: one of each for every file of tests.

Not for the session: while Playwright runs, its thread belongs to an event loop, and no other test could begin one.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from database.engine import open_database
from tests.browser.site import FLAGS, Window, served, window
from tests.web.archive import HOSTILE_TITLE, build
from tests.web.printed import NOW, OUTLETS
from tests.web.watched import watch
from web.state import WebState

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive and its watchlists."""
    folder = tmp_path_factory.mktemp("browser")
    (folder / "watchlists").mkdir()
    engine = open_database(f"sqlite:///{folder}/pantau.db")
    build(engine)
    watch(engine, folder / "watchlists")
    engine.dispose()
    return folder


@pytest.fixture(scope="module")
def address(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server's address; its database is this file's own."""
    file = tmp_path_factory.mktemp("served") / "pantau.db"
    shutil.copyfile(archive / "pantau.db", file)
    engine = open_database(f"sqlite:///{file}")
    with served(WebState(engine, lambda: NOW, OUTLETS, watchlists=(archive / "watchlists",))) as address:
        yield address
    engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    if not shutil.which(CHROMIUM):
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium, or name another one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def wide(browser: Browser, address: str) -> Iterator[Window]:
    """A window on a desk; nothing may have gone wrong in it."""
    with window(browser, address, viewport={"width": 1200, "height": 900}) as opened:
        yield opened
        assert (opened.errors, opened.strays) == ([], [])


@pytest.fixture(scope="module")
def numbers(address: str) -> dict[str, str]:
    """The numbers of articles that tests speak of, by a name."""
    with urlopen(f"{address}/api/v1/search?copies=1&limit=100") as answer:
        items = json.load(answer)["items"]
    by_title = {one["title"]: str(one["id"]) for one in items}
    return {
        "visit": by_title["Menteri Pertahanan Rusia Tiba di Beijing"],
        "revised": by_title["40.000 Ton Gandum Rusia Dibongkar"],
        "hostile": by_title[HOSTILE_TITLE],
    }
