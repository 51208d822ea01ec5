import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from core.errors import DatabaseError
from web.limits import BusyError, Limits, TooCostlyError, writing
from web.server import create_app
from web.state import WebState, state_of

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, 1000000000000)",
}
SAVE = text("INSERT INTO saved_searches VALUES (:name, 'Beras', 'q=beras', '2026-01-01 00:00:00')")


def test_a_question_that_takes_too_long_is_ended(engine: Engine) -> None:
    began = time.monotonic()
    with pytest.raises(TooCostlyError, match="add a rarer word"), Limits(0.2).reading(engine) as session:
        session.execute(text(ENDLESS[engine.dialect.name]))
    assert time.monotonic() - began < 60


def test_the_next_question_has_all_its_time(engine: Engine) -> None:
    limits = Limits(1.0)
    for _ in range(3):
        with limits.reading(engine) as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
            time.sleep(0.4)
    with pytest.raises(TooCostlyError), limits.reading(engine) as session:
        session.execute(text(ENDLESS[engine.dialect.name]))
    with limits.reading(engine) as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


def test_whoever_waits_too_long_for_a_turn_is_told(engine: Engine) -> None:
    limits = Limits(0.1, at_once=1)
    with limits.reading(engine), pytest.raises(BusyError, match="try again"), limits.reading(engine):
        pass


def test_turns_come_round(engine: Engine) -> None:
    limits, most, now = Limits(10, at_once=2), [0], [0]
    lock = threading.Lock()

    def ask() -> None:
        with limits.reading(engine) as session:
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            session.execute(text("SELECT 1"))
            time.sleep(0.02)
            with lock:
                now[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


def test_readers_change_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(SAVE, {"name": "satu"})
    with suppress(DatabaseError), Limits().reading(engine) as session:
        session.execute(text("DELETE FROM saved_searches"))
    with Limits().reading(engine) as session:
        assert session.execute(text("SELECT name FROM saved_searches")).scalars().all() == ["satu"]


def test_what_is_written_stays_only_if_all_goes_well(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(SAVE, {"name": "satu"})
    with pytest.raises(DatabaseError), writing(engine) as session:
        session.execute(SAVE, [{"name": "dua"}, {"name": "satu"}])
    with Limits().reading(engine) as session:
        assert session.execute(text("SELECT name FROM saved_searches")).scalars().all() == ["satu"]


def test_a_file_that_is_gone_is_told_and_not_made_anew(state: WebState, tmp_path: Path) -> None:
    file = Path(str(state.engine.url.database))
    with TestClient(create_app(state), base_url="http://127.0.0.1") as client:
        assert client.get("/api/v1/search").status_code == 200
        moved = file.rename(tmp_path / "elsewhere.db")
        answers = [client.get("/api/v1/search"), client.get("/"), client.get("/api/v1/saved")]
        assert [answer.status_code for answer in answers] == [503] * 3
        assert all(answer.headers["retry-after"] for answer in answers)
        assert "no longer exists" in answers[0].json()["detail"]
        assert not file.exists()
        moved.rename(file)
        assert client.get("/api/v1/search").status_code == 200


def test_a_costly_question_is_told_to_programs_and_people(state: WebState) -> None:
    app = create_app(replace(state, limits=Limits(0.1)))

    @app.get("/api/v1/endless")
    @app.get("/endless")
    def endless(request: Request) -> None:
        with state_of(request).read() as session:
            session.execute(text(ENDLESS["sqlite"]))

    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer, page = client.get("/api/v1/endless"), client.get("/endless")
    assert answer.json()["type"] == "urn:pantau:problem:too-costly"
    assert "add a rarer word" in answer.json()["detail"]
    assert (answer.status_code, page.status_code) == (503, 503)
    assert "add a rarer word" in page.text
