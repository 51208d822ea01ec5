"""Runs that end before their end: killed at any moment, interrupted once, interrupted twice."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from core.urls import identify
from database.engine import open_database
from database.schema import StoredArticle
from pipelines.fingerprint import SCHEME
from tests.end_to_end.program import Program
from tests.pipelines.copies import expected, found
from tests.site import Site

KILLS = 5
OUTLET = "lintas_rantau"
OUTLETS = (OUTLET, "kabar_pesisir", "harian_bukit")  # listing pages; feed and sitemaps; pages that follow each other
# Slow enough that there is a middle to be killed in.
SLOWLY = ("-s", "DOWNLOAD_DELAY=0.15", "-s", "CONCURRENT_REQUESTS=2", "-s", "DOWNLOAD_DELAY_JITTER=0")


def test_kills_lose_and_double_nothing(site: Site, program: Program, place: Path) -> None:
    moments = random.Random(4)
    killed = 0
    for _ in range(KILLS):
        run = program.start("crawl", moments.choice(OUTLETS), *SLOWLY)
        time.sleep(moments.uniform(0.7, 4.5))
        killed += run.poll() is None
        run.kill()
        run.communicate()
    assert killed >= KILLS / 2, "most runs were over before they were killed: the test shows nothing"
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
    out, err = run.communicate(timeout=60)
    assert "stopped before the end" in out, err
    assert "Traceback" not in err
    program.run("crawl", OUTLET)
    assert not _urls_in_state(tmp_path, "pending")


@pytest.mark.parametrize("moment", [0.9, 1.3, 1.7, 2.1])
def test_interrupted_early_ends_without_a_traceback(site: Site, tmp_path: Path, moment: float) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    run = program.start("crawl", OUTLET, *SLOWLY)
    time.sleep(moment)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    # While Scrapy's own modules are being loaded, which is longer on a busy machine, the traceback is Python's.
    assert "Traceback" not in err or "/crawler/commands/" not in err
    assert "failed" not in out


def test_interrupted_twice_ends_at_once(site: Site, tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    run = _started(site, program, 1, "-s", "DOWNLOAD_DELAY=60", "-s", "CONCURRENT_REQUESTS=4")
    os.killpg(run.pid, signal.SIGINT)
    time.sleep(0.5)
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert time.monotonic() - began < 20, "it waited for the delay of 60 seconds"
    assert "Traceback" not in err


def test_a_second_run_of_the_same_outlet_leaves_with_a_word(site: Site, tmp_path: Path) -> None:
    program = Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations)
    first = _started(site, program, 1, "-s", "DOWNLOAD_DELAY=60")
    second = program.start("crawl", OUTLET)
    out, err = second.communicate(timeout=60)
    first.kill()
    first.communicate()
    assert second.returncode == 1, out
    assert "another run" in err


def _started(site: Site, program: Program, requests: int, *options: str) -> "subprocess.Popen[str]":
    """A crawl that has made so many requests."""
    site.forget_requests()
    run = program.start("crawl", OUTLET, *options)
    while len(site.requests(OUTLET)) < requests:
        assert run.poll() is None, run.communicate()
        time.sleep(0.05)
    return run


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
