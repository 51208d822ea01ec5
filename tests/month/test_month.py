"""The month, lived by the monitor: what is flagged, when, what is not, and that nothing is lost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.urls import identify
from database.engine import open_database
from database.schema import Round, Run, Url
from health.flags import FlagView, load_flags
from tests.month.outlets import OUTLETS
from tests.month.plan import EARLIER, ROUNDS, START, TROUBLES, Kind, Trouble

PROJECT = Path(__file__).parents[2]
DAY = timedelta(days=1)
# What each trouble has to be called; then what may be said besides, because it is so.
CALLED: Final[Mapping[Kind, frozenset[str]]] = {
    "silent": frozenset({"silent"}),
    "layout": frozenset({"failing"}),  # its one listing answers 200, and nothing in it is of use
    "challenge": frozenset({"challenge-pages"}),
    "dateless": frozenset({"date-gone"}),
    "election": frozenset({"volume-jump"}),
    "slow": frozenset({"slow"}),
    "off": frozenset({"failing"}),
}
ALSO: Final[Mapping[Kind, frozenset[str]]] = {
    "layout": frozenset({"silent", "volume-drop"}),
    "challenge": frozenset({"silent", "volume-drop", "rejections"}),
    "off": frozenset({"silent", "volume-drop"}),
}


@dataclass(frozen=True)
class Lived:
    """What the month left."""

    engine: Engine
    flags: list[FlagView]
    truth: list[dict[str, Any]]
    told: str

    def flags_of(self, trouble: Trouble) -> list[FlagView]:
        """Those of its outlet with a name for what was wrong."""
        return [one for one in self.flags if one.outlet == trouble.outlet and one.kind in CALLED[trouble.kind]]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("month")
    url = f"sqlite:///{folder}/month.db"
    command = [sys.executable, "-m", "tests.month", "--dir", str(folder), "--database", url]
    environment = {**os.environ, "DATA_DIR": str(folder)}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=3600, check=False
    )
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    engine = open_database(url)
    with Session(engine) as session:
        flags = sorted(load_flags(session), key=lambda flag: (flag.raised_at, flag.id))
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    yield Lived(engine, flags, [json.loads(line) for line in lines], done.stdout)
    engine.dispose()


each_trouble = pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one.kind)


@each_trouble
def test_fault_is_flagged_by_its_name_within_a_day(month: Lived, trouble: Trouble) -> None:
    raised = [one.raised_at for one in month.flags_of(trouble)]
    assert raised, month.told
    assert trouble.begins <= min(raised) <= trouble.begins + DAY


@each_trouble
def test_fault_is_flagged_once(month: Lived, trouble: Trouble) -> None:
    """Who is told that all is well, and an hour later that it is not, soon listens no more."""
    raised = [(one.kind, one.raised_at) for one in month.flags_of(trouble)]
    assert len(raised) == 1, month.told


@each_trouble
def test_flags_are_cleared_within_two_days_of_the_repair(month: Lived, trouble: Trouble) -> None:
    cleared = [one.cleared_at for one in month.flags if one.outlet == trouble.outlet]
    assert cleared
    assert all(at is not None and at <= trouble.ends + 2 * DAY for at in cleared), month.told


@each_trouble
def test_nothing_else_is_said_of_the_sick(month: Lived, trouble: Trouble) -> None:
    """Neither before it fell ill or after it is well again, nor under another name meanwhile."""
    true = CALLED[trouble.kind] | ALSO.get(trouble.kind, frozenset())
    said = [one for one in month.flags if one.outlet == trouble.outlet]
    wrong = [one for one in said if one.kind not in true or not trouble.begins <= one.raised_at <= trouble.ends]
    assert [(one.kind, one.raised_at, one.words) for one in wrong] == []


def test_healthy_outlets_are_never_flagged(month: Lived) -> None:
    healthy = {make.name for make in OUTLETS} - {one.outlet for one in TROUBLES}
    assert len(healthy) == 5
    assert [(one.outlet, one.kind, one.words) for one in month.flags if one.outlet in healthy] == []


def test_flag_says_what_an_operator_needs(month: Lived) -> None:
    words = {trouble.kind: month.flags_of(trouble)[0].words for trouble in TROUBLES}
    assert "usual" in words["silent"]
    assert "the layout changed" in words["layout"]
    assert "scrapy outlets check lintas_benua" in words["layout"]


def test_nothing_is_lost(month: Lived) -> None:
    """All that was online is stored in the end, also what stood behind a challenge or came while an outlet was off."""
    wanted = {
        identify(one["url"]): one
        for one in month.truth
        if one["kind"] == "article" and datetime.fromisoformat(one["published_at"]) >= START - EARLIER
    }
    with Session(month.engine) as session:
        stored = set(session.scalars(select(Url.identity).where(Url.article_id.is_not(None))))
    lost = [(one["outlet"], one["published_at"], one["url"]) for key, one in wanted.items() if key not in stored]
    assert len(wanted) > 2000
    assert lost == []


def test_every_round_and_run_came_to_its_end(month: Lived) -> None:
    with Session(month.engine) as session:
        rounds = session.scalars(select(Round.state)).all()
        runs = set(session.scalars(select(Run.state)))
    assert len(rounds) == len(ROUNDS)
    assert set(rounds) == {"finished"}
    assert runs == {"finished"}
