import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from alerts.delivery import run_watchlists
from alerts.watchlists import Watchlists
from database.schema import Flag
from search.query import parse_query
from tests.alerts.lists import HOOK, to, write
from tests.alerts.news import NOW, come
from tests.alerts.servers import Inbox, every_other, webhook

pytestmark = pytest.mark.process

PROJECT = Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)
ROUNDS = 6


def test_kills_lose_nothing_and_repeat_at_most_one_message_each(
    session: Session, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    write(tmp_path, tell=to(HOOK))
    watchlists, _ = Watchlists([tmp_path], parse_query).read()
    moments = random.Random(5)
    titles, kills, now = [], 0, NOW
    with webhook(every_other) as (port, inbox):
        environment = {"PORT": str(port), "HOOK": "x"}
        run_watchlists(engine, watchlists, environment, now)
        for number in range(ROUNDS):
            titles.append(come(session, f"Kapal {number} tiba") and f"Kapal {number} tiba")
            now += DAY
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.alerts.one_run", database_url, str(tmp_path), now.isoformat()],
                cwd=PROJECT, env=os.environ | environment,
            )  # fmt: skip
            # In half of the rounds just when a message has arrived, in the others at any moment.
            kills += _killed(process, inbox, moments.uniform(0.4, 1.4) if number % 2 else None)
        while run_watchlists(engine, watchlists, environment, now).waiting:
            now += DAY
    told = Counter(title for message in inbox.taken for title in titles if title in message["message"])
    assert set(told) == set(titles)
    assert kills >= ROUNDS / 2
    assert len(inbox.taken) - len({message["message"] for message in inbox.taken}) <= kills
    assert sum(told.values()) > len(titles), "no run was killed between sending and writing it down"


def test_flags_survive_a_run_that_is_killed_as_their_message_arrives(
    session: Session, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with webhook() as (port, inbox):
        environment = {"OPERATOR_CHANNEL": f"json://127.0.0.1:{port}/x"}
        run_watchlists(engine, [], environment, NOW)
        inbox.taken.clear()
        session.add(Flag(outlet="lentera", kind="silent", words="tiada", raised_at=NOW, seen_at=NOW))
        session.commit()
        moment = NOW + timedelta(minutes=1)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.alerts.one_run", database_url, str(tmp_path), moment.isoformat()],
            cwd=PROJECT, env=os.environ | environment,
        )  # fmt: skip
        assert _killed(process, inbox, None)
        for _ in range(2):
            run_watchlists(engine, [], environment, moment)
    assert [message["title"] for message in inbox.taken] == 2 * ["1 outlet needs attention: lentera"]


def _killed(process: "subprocess.Popen[bytes]", inbox: Inbox, after: float | None) -> bool:
    """Whether the process was killed before its end."""
    if after is None:
        inbox.after = process.kill
    else:
        time.sleep(after)
        process.kill()
    status = process.wait(180)
    inbox.after = None
    return status < 0
