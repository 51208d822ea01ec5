"""Watchlists after crawls, with the program as a user runs it."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from database.engine import open_database
from search.query import parse_query
from search.results import Counts, count
from search.selection import Selection
from tests.alerts.lists import HOOK, to, write
from tests.alerts.news import come
from tests.alerts.servers import Inbox, every_other, webhook
from tests.end_to_end.program import Program
from tests.site import Site

QUERY = "warga OR pemerintah OR pasar"
FEEDS, COPIES = "kabar_pesisir", "kabar_contoh"


@pytest.fixture
def hook() -> Iterator[tuple[int, Inbox]]:
    with webhook(every_other) as served:
        yield served


@pytest.fixture
def watching(site: Site, database_url: str, tmp_path: Path, hook: tuple[int, Inbox]) -> Program:
    """The program with one watchlist that tells the webhook at once."""
    (tmp_path / "daftar").mkdir()
    write(tmp_path / "daftar", "kota", query=QUERY, tell=to(HOOK))
    environment = {"WATCHLIST_PATHS": str(tmp_path / "daftar"), "PORT": str(hook[0]), "HOOK": "sangat-rahasia"}
    return Program(database_url, site.declarations, tuple(environment.items()))


def matching(database_url: str) -> Counts:
    """How many different texts match, and how many articles."""
    engine = open_database(database_url, read_only_ok=True)
    with Session(engine) as session:
        counts = count(session, Selection(parse_query(QUERY)))
    engine.dispose()
    return counts


def told(inbox: Inbox) -> int:
    """How many articles the messages tell of."""
    return sum(int(re.findall(r"(\d+) new article", message["title"])[0]) for message in inbox.taken)


# What matches is the same on PostgreSQL, and tests/alerts tries it there; a crawl more would show nothing of it.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_text_is_told_once_whoever_copies_it(
    watching: Program, database_url: str, hook: tuple[int, Inbox]
) -> None:
    inbox = hook[1]
    assert "kota: begins; 0 new articles" in watching.run("watch", "run")
    watching.run("crawl", FEEDS)
    out = watching.run("watch", "run", status=1)
    assert "1 message not sent yet" in out
    watching.run("crawl", COPIES)
    out = watching.run("watch", "run")
    assert "sent: kota to " in out
    after_copies = matching(database_url)
    assert after_copies.with_copies > after_copies.total > 20
    _make_due(database_url)
    inbox.takes = lambda _: True
    watching.run("watch", "run")
    assert told(inbox) == after_copies.total
    assert "kota: 0 new articles\n" in watching.run("watch", "run")
    assert told(inbox) == after_copies.total
    assert "sangat-rahasia" not in watching.run("watch", "list")


def test_two_runs_at_once_tell_once(watching: Program, database_url: str, hook: tuple[int, Inbox]) -> None:
    inbox, asked, go_on = hook[1], threading.Event(), threading.Event()

    def hold() -> None:
        asked.set()
        assert go_on.wait(180)

    inbox.takes, inbox.after = (lambda _: True), hold
    watching.run("watch", "run")
    _arrive(database_url)
    first = watching.start("watch", "run")
    assert asked.wait(180)
    second = watching.start("watch", "run")
    _, err = second.communicate(timeout=180)
    go_on.set()
    out, _ = first.communicate(timeout=180)
    assert (first.returncode, second.returncode) == (0, 1), out
    assert "is sending alerts: wait for it or end it" in err
    assert len(inbox.taken) == 1


def _arrive(database_url: str) -> None:
    engine = open_database(database_url)
    with Session(engine) as session:
        come(session, "Warga Berkumpul")
    engine.dispose()


def _make_due(database_url: str) -> None:
    """Let the time pass after which what failed is tried again."""
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET next_attempt_at = created_at")
    engine.dispose()
