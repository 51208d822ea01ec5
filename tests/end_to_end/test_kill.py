"""Runs that end before their end: killed at any moment, interrupted once, interrupted twice."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.urls import identify
from database.engine import open_database
from database.schema import StoredArticle
from pipelines.fingerprint import SCHEME
from tests.end_to_end.killing import kill_after_requests
from tests.end_to_end.prefork import Command
from tests.end_to_end.program import Program
from tests.pipelines.copies import expected, found
from tests.site import Site
from tests.waiting import wait_until

KILLS = int(os.environ.get("TEST_KILLS", "5"))
OUTLET = "lintas_rantau"
OUTLETS = (OUTLET, "kabar_pesisir", "harian_bukit")  # listing pages; feed and sitemaps; pages that follow each other
# Slow enough that there is a middle to be killed in.
SLOWLY = ("-s", "DOWNLOAD_DELAY=0.15", "-s", "CONCURRENT_REQUESTS=2", "-s", "DOWNLOAD_DELAY_JITTER=0")


def test_kills_lose_and_double_nothing(site: Site, program: Program, place: Path) -> None:
    moments = random.Random(4)
    killed = 0
    for _ in range(KILLS):
        outlet = moments.choice(OUTLETS)
        killed += kill_after_requests(site, program.start, moments.randint(0, 9), [outlet], "crawl", outlet, *SLOWLY)
    assert killed >= 3, "most runs were over before they were killed: the test shows nothing"
    for outlet in OUTLETS:
        program.run("crawl", outlet)
    assert not _urls_in_state(place, "pending")
    week = site.clock.now - timedelta(days=7)
    wanted = {
        identify(one.url)
        for one in site.truth()
        if one.outlet in OUTLETS and one.kind == "article" and datetime.fromisoformat(one.published_at) > week
    }
    records = program.records()
    stored = {identify(url) for record in records for url in [record["url"], *record["other_urls"]]}
    assert len(wanted) > 40
    assert wanted <= stored
    assert Counter((record["outlet"], record["text"]) for record in records).most_common(1)[0][1] == 1
    engine = open_database(f"sqlite:///{place}/pantau.db")
    with Session(engine) as session:
        articles = session.scalars(select(StoredArticle)).all()
        assert set(found(session)) == expected(articles)
        assert {article.scheme for article in articles} == {SCHEME}
    engine.dispose()


def test_interrupted_once_ends_cleanly(site: Site, tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    run = _started(site, program, 5, *SLOWLY)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes of the run
    out, err = run.communicate(timeout=180)
    assert "stopped before the end" in out, err
    assert "Traceback" not in err
    program.run("crawl", OUTLET)
    assert not _urls_in_state(tmp_path, "pending")


@pytest.mark.parametrize("moment", ["at once", "database", "run", "request"])
def test_interrupted_early_ends_without_a_traceback(site: Site, tmp_path: Path, moment: str) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    site.forget_requests()
    run = program.start("crawl", OUTLET, *SLOWLY, fresh=True)
    reached: dict[str, Callable[[], object]] = {
        "at once": lambda: True,
        "database": (tmp_path / "pantau.db").exists,
        "run": lambda: _count_runs(tmp_path),
        "request": lambda: site.requests(OUTLET),
    }
    wait_until(reached[moment], moment)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=180)
    # While Scrapy's own modules are being loaded, which is longer on a busy machine, the traceback is Python's.
    assert "Traceback" not in err or "/cli/commands/" not in err
    assert "failed" not in out


def test_interrupted_twice_ends_at_once(site: Site, tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    run = _started(site, program, 1, "-s", "DOWNLOAD_DELAY=600", "-s", "CONCURRENT_REQUESTS=4", "-L", "INFO")
    os.killpg(run.pid, signal.SIGINT)
    wait_until(lambda: "Received SIGINT" in run.err.read_text(), "the first signal")
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=300)  # it would wait for the delay of 600 seconds
    assert "Traceback" not in err


def test_a_second_run_of_the_same_outlet_leaves_with_a_word(site: Site, tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    first = _started(site, program, 1, "-s", "DOWNLOAD_DELAY=60")
    second = program.start("crawl", OUTLET)
    out, err = second.communicate(timeout=180)
    first.kill()
    first.communicate()
    assert second.returncode == 1, out
    assert "another run" in err


def _started(site: Site, program: Program, requests: int, *options: str) -> Command:
    """A crawl that has made so many requests."""
    site.forget_requests()
    run = program.start("crawl", OUTLET, *options)
    wait_until(lambda: len(site.requests(OUTLET)) >= requests or run.poll() is not None, f"{requests} requests")
    assert run.poll() is None, run.communicate()
    return run


def _count_runs(place: Path) -> int:
    if not (place / "pantau.db").exists():
        return 0
    engine = create_engine(f"sqlite:///{place}/pantau.db")
    try:
        with engine.connect() as connection:
            return connection.scalar(text("select count(*) from runs")) or 0
    except OperationalError:  # no such table yet
        return 0
    finally:
        engine.dispose()


def _urls_in_state(place: Path, state: str) -> set[str]:
    engine = create_engine(f"sqlite:///{place}/pantau.db")
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("select identity from urls where state = :state"), {"state": state})
            return {identity for (identity,) in rows}
    finally:
        engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def _calm(site: Site) -> None:
    assert OUTLET in site.newsrooms
