"""``scrapy monitor`` as a user starts it: one process over many outlets, whatever befalls it."""

import json
import os
import random
import signal
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from core.urls import identify
from database.engine import open_database
from database.locks import Locks
from database.schema import Round, Run, Url
from tests.end_to_end.killing import kill_after_requests
from tests.end_to_end.program import Program
from tests.site import Site
from tests.waiting import wait_until

# One of them is broken on purpose, and the run of another leaves as it came.
BROKEN = "gema_retak"
KILLS = int(os.environ.get("TEST_KILLS", "5"))
SLOWLY = ("-s", "CONCURRENT_WITHOUT_DELAY=1")


@pytest.fixture
def alone(site: Site, tmp_path: Path) -> Program:
    """The program with a database and a data folder of its own."""
    return Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations, (("DATA_DIR", str(tmp_path)),))


def wanted(site: Site, names: list[str]) -> set[str]:
    """The identities of what these outlets published in the week."""
    week = site.clock.now - timedelta(days=7)
    return {
        identify(one.url)
        for one in site.truth()
        if one.outlet in names and one.kind == "article" and datetime.fromisoformat(one.published_at) > week
    }


def stored(program: Program) -> Counter[str]:
    return Counter(identify(url) for one in program.records() for url in [one["url"], *one["other_urls"]])


def test_one_process_brings_every_outlet_and_asks_again_when_it_is_due(
    site: Site, alone: Program, tmp_path: Path
) -> None:
    names = [name for name in site.newsrooms if name != BROKEN]
    out = alone.run("monitor", *names, fresh=True)
    assert f"{len(names)} of {len(names)} outlets done" in out
    assert wanted(site, names) <= set(stored(alone))
    [report] = [json.loads(file.read_text()) for file in (tmp_path / "reports").glob("*.json")]
    assert report["state"] == "finished"
    assert {one["name"] for one in report["outlets"]} == set(names)
    assert all(one["new"] and one["requests"] for one in report["outlets"])
    site.forget_requests()
    assert "nothing is due at 8 outlets" in alone.run("monitor", *names)
    assert site.requests() == []
    assert alone.run("monitor", "--quiet", *names) == ""
    again = alone.run("monitor", "--now", names[0])
    assert "1 of 1 outlet done" in again
    assert site.requests(names[0])


def test_a_second_monitor_leaves_with_a_word(alone: Program, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    with Locks(engine) as locks, locks.monitor():
        out = alone.run("monitor", "kabar_pesisir")
        assert f"another monitor of this database is at work (process {os.getpid()}" in out
        assert alone.run("monitor", "--quiet", "kabar_pesisir") == ""
    engine.dispose()


def test_an_outlet_that_another_run_crawls_is_left_to_it(alone: Program, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    with Locks(engine) as locks, locks.outlet("kabar_pesisir"):
        out = alone.run("monitor", "kabar_pesisir", "kabar_contoh")
    engine.dispose()
    assert "kabar_pesisir" in out
    assert "2 of 2 outlets done" not in out
    assert "pantau.db" not in out


def test_the_time_may_be_limited(site: Site, alone: Program) -> None:
    feed = f"{site.newsrooms['kabar_pesisir'].base}/feed/"
    site.hang(feed, 9)
    out = alone.run("monitor", "kabar_pesisir", "kabar_contoh", "--for", "6s")
    assert "stopped before the end (time is up): the next round goes on" in out
    out = alone.run("monitor", "kabar_pesisir", "kabar_contoh")
    assert wanted(site, ["kabar_pesisir", "kabar_contoh"]) <= set(stored(alone))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "no outlet is called 'nowhere'"),
        (("--group", "nowhere"), "no group is called 'nowhere'"),
        (("--for", "soon"), "--for soon: allowed is a number with s, m, h or d"),
        (("--since", "soon"), "--since soon"),
        (("--daemon", "--for", "1m"), "--daemon has no end"),
        (("republika",), "republika is declared blocked and left alone"),
        (("--hurry",), "unknown option --hurry"),
    ],
)
def test_wrong_usage_is_told(alone: Program, arguments: tuple[str, ...], said: str) -> None:
    process = alone.start("monitor", *arguments)
    _, err = process.communicate(timeout=180)
    assert (process.returncode, said in err, "Traceback" in err) == (2, True, False), err


def test_a_signal_ends_a_daemon_cleanly(site: Site, alone: Program, tmp_path: Path) -> None:
    site.forget_requests()
    process = alone.start("monitor", "--daemon", "kabar_contoh", "kabar_pesisir")
    engine = create_engine(alone.database_url)

    def both_done() -> bool:
        assert process.poll() is None, process.communicate()
        if not site.requests("kabar_contoh"):  # nor may there be a database
            return False
        with Session(engine) as session:
            return session.scalars(select(Run.state)).all() == ["finished", "finished"]

    wait_until(both_done, "the end of both runs")
    engine.dispose()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=180)
    assert (process.returncode, "Traceback" in err) == (0, False), err
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    with Session(engine) as session:
        assert set(session.scalars(select(Run.state))) == {"finished"}
        assert set(session.scalars(select(Round.state))) == {"finished"}
    engine.dispose()


def test_kills_of_a_monitor_lose_and_double_nothing(site: Site, alone: Program, tmp_path: Path) -> None:
    names = ["lintas_rantau", "kabar_pesisir", "harian_bukit"]
    moments, killed = random.Random(5), 0
    for _ in range(KILLS):
        killed += kill_after_requests(site, alone.start, moments.randint(0, 10), names, "monitor", *names, *SLOWLY)
    assert killed >= 3, "most were over before they were killed: the test shows nothing"
    alone.run("monitor", *names, "--now")
    records = alone.records()
    assert wanted(site, names) <= set(stored(alone))
    assert Counter((one["outlet"], one["text"]) for one in records).most_common(1)[0][1] == 1
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    with Session(engine) as session:
        assert session.scalars(select(Url.id).where(Url.state == "pending")).all() == []
        assert "running" not in set(session.scalars(select(Round.state)))
    engine.dispose()
