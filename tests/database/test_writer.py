import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

import database.writer
from core.errors import DatabaseError
from database.schema import Run
from database.writer import Writer

NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    writer = Writer(engine)
    yield writer
    writer.close()


def add(outlet: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.add(Run(outlet=outlet, started_at=NOW, state="running"))
        return outlet

    return work


def stored(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(Run.outlet).order_by(Run.id)))


def test_result_comes_after_the_commit(writer: Writer, engine: Engine) -> None:
    assert writer.run_blocking(add("bharata")) == "bharata"
    assert stored(engine) == ["bharata"]


def test_jobs_of_the_event_loop_share_commits(writer: Writer, engine: Engine) -> None:
    transactions = set()

    def work(session: Session) -> None:
        transactions.add(id(session.get_transaction()))
        session.add(Run(outlet="cri", started_at=NOW, state="running"))

    async def many() -> None:
        await asyncio.gather(*(writer.run(work) for _ in range(300)))

    asyncio.run(many())
    assert len(stored(engine)) == 300
    assert len(transactions) < 30


def test_failing_job_fails_alone(writer: Writer, engine: Engine) -> None:
    def wrong(session: Session) -> str:
        add("half")(session)
        session.flush()
        raise ValueError("no such thing")

    async def three() -> list[object]:
        jobs = [writer.run(job) for job in (add("a"), wrong, add("b"))]
        return list(await asyncio.gather(*jobs, return_exceptions=True))

    first, second, third = asyncio.run(three())
    assert (first, third) == ("a", "b")
    assert isinstance(second, ValueError)
    assert stored(engine) == ["a", "b"]


def test_broken_rule_fails_alone(writer: Writer, engine: Engine) -> None:
    def breaks(session: Session) -> None:
        session.execute(text("INSERT INTO article_terms (article_id, title, body) VALUES (99, '', '')"))

    async def two() -> list[object]:
        return list(await asyncio.gather(writer.run(breaks), writer.run(add("b")), return_exceptions=True))

    failed, _ = asyncio.run(two())
    assert isinstance(failed, DatabaseError)
    assert stored(engine) == ["b"]


def test_close_finishes_what_waits(engine: Engine) -> None:
    writer = Writer(engine)
    go = threading.Event()

    async def fill() -> None:
        first = asyncio.ensure_future(writer.run(lambda _: go.wait(5)))
        others = [asyncio.ensure_future(writer.run(add("c"))) for _ in range(20)]
        await asyncio.sleep(0)
        go.set()
        await asyncio.to_thread(writer.close)
        await asyncio.gather(first, *others)

    asyncio.run(fill())
    assert len(stored(engine)) == 20
    with pytest.raises(DatabaseError, match="closed"):
        writer.run_blocking(add("late"))


def test_locked_file_is_retried_then_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("SQLite's lock")
    monkeypatch.setattr(database.writer, "RETRY_AFTER", (0.01,))
    writer = Writer(engine)
    writer.run_blocking(lambda session: session.execute(text("PRAGMA busy_timeout = 50")))
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="another program keeps it locked"):
            writer.run_blocking(add("a"))
        other.execute("ROLLBACK")
    assert writer.run_blocking(add("b")) == "b"
    writer.close()
    assert stored(engine) == ["b"]


def test_lost_connection_is_opened_again(engine: Engine, writer: Writer) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("a server's matter")
    lost: list[int | None] = []

    def cut_once(session: Session) -> None:
        if not lost:
            lost.append(session.scalar(select(func.pg_backend_pid())))
            with engine.connect() as other:
                other.execute(select(func.pg_terminate_backend(lost[0])))
        add("again")(session)

    writer.run_blocking(cut_once)
    assert lost
    assert stored(engine) == ["again"]
