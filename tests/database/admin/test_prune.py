"""What ``prune`` takes, and what it leaves whatever its age."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.admin.prune import Ages, prune, prune_files, vacuum
from database.schema import (
    Delivery,
    DeliveryFlag,
    DeliveryMatch,
    Flag,
    OutletDay,
    Round,
    Run,
    StoredArticle,
    Url,
    UrlEvent,
    WatchMatch,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=400), NOW - timedelta(days=3)
NOTHING = Ages(runs=None, measures=None, deliveries=None, events=None, raw_pages=None)
YEAR = Ages(runs=365, measures=365, deliveries=365, events=365, raw_pages=365)


def ids(engine: Engine, column: InstrumentedAttribute[Any]) -> list[Any]:
    with Session(engine) as session:
        return sorted(session.scalars(select(column)))


def run(number: int, outlet: str, at: datetime, state: str = "finished", **values: Any) -> Run:
    return Run(id=number, outlet=outlet, started_at=at, finished_at=at, state=state, **values)


def delivery(number: int, at: datetime, state: str = "sent", **values: Any) -> Delivery:
    told = {"watch": "gandum", "channel": "x", "kind": "matches", "sent_at": at if state == "sent" else None}
    return Delivery(id=number, created_at=at, next_attempt_at=at, state=state, **told | values)


def pruned(engine: Engine, ages: Ages) -> dict[str, int]:
    """What went, which is what was said before that it would."""
    said = prune(engine, ages, NOW, dry_run=True)
    assert prune(engine, ages, NOW, dry_run=True) == said
    assert prune(engine, ages, NOW, dry_run=False) == said
    assert not any(one.number for one in prune(engine, ages, NOW, dry_run=False))
    return {one.what: one.number for one in said if one.number}


def test_nothing_goes_unless_it_is_asked_for(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([run(1, "a", OLD), run(2, "a", OLD), OutletDay(outlet="a", day=OLD.date(), measures={})])
        session.commit()
    assert prune(engine, NOTHING, NOW, dry_run=False) == []
    assert ids(engine, Run.id) == [1, 2]


def test_old_runs_and_rounds_go(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("database.admin.prune._AT_ONCE", 2)
    with Session(engine) as session:
        for number, at, state in (
            (1, OLD, "finished"),
            (2, OLD, "finished"),
            (3, OLD, "running"),
            (4, YOUNG, "finished"),
        ):
            session.add(Round(id=number, started_at=at, finished_at=at, state=state, report={"outlets": []}, totals={}))
        session.flush()
        session.add(Url(id=1, identity="u", url="u", outlet="a", state="pending", first_seen_at=OLD))
        session.add_all(
            [
                *(run(number, "a", OLD, round_id=1) for number in range(1, 6)),
                run(6, "a", OLD, round_id=2),
                run(7, "a", OLD, "running"),
                run(8, "a", OLD, until=OLD),
                run(9, "a", YOUNG, round_id=4),
                run(10, "b", OLD),  # its last that came to its end
                run(11, "b", OLD, "stopped"),
                run(12, "b", OLD, until=OLD),
                run(13, "c", OLD, "failed"),
            ]
        )
        session.flush()
        session.add(UrlEvent(url_id=1, run_id=6, at=OLD, event="named"))
        session.commit()
    assert pruned(engine, YEAR) == {
        "runs in which no URL was named or decided": 6,
        "rounds of the monitor": 1,
        "reports of rounds of which there are runs": 1,
    }
    assert ids(engine, Run.id) == [6, 7, 9, 10, 11, 12, 13]
    assert ids(engine, Round.id) == [2, 3, 4]
    with Session(engine) as session:
        assert [one.report for one in session.scalars(select(Round).order_by(Round.id))] == [
            {}, {"outlets": []}, {"outlets": []},
        ]  # fmt: skip


def test_histories_of_decided_urls_go_but_not_who_named_them(engine: Engine) -> None:
    with Session(engine) as session:
        states = ("stored", "pending", "failed", "rejected")
        for number, state in enumerate(states, 1):
            session.add(Url(id=number, identity=state, url="u", outlet="a", state=state, first_seen_at=OLD))
        session.flush()
        for number, state in enumerate(states, 1):
            session.add_all(
                [
                    UrlEvent(id=number, url_id=number, at=OLD, event="named"),
                    UrlEvent(id=10 + number, url_id=number, at=OLD, event=state),
                    UrlEvent(id=20 + number, url_id=number, at=YOUNG, event=state),
                ]
            )
        session.commit()
    assert pruned(engine, YEAR) == {"decisions in the histories of URLs": 2}
    assert ids(engine, UrlEvent.id) == [1, 2, 3, 4, 12, 13, 21, 22, 23, 24]
    assert ids(engine, Url.id) == [1, 2, 3, 4]


def test_old_days_go(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("database.admin.prune._AT_ONCE", 3)
    first = date(2025, 11, 15)
    with Session(engine) as session:
        for outlet in ("b", "A", "ä"):
            session.add_all(OutletDay(outlet=outlet, day=first + timedelta(days=one), measures={}) for one in range(10))
        session.commit()
    assert pruned(engine, YEAR) == {"outlets' days": 21}
    assert set(ids(engine, OutletDay.day)) == {first + timedelta(days=one) for one in (7, 8, 9)}


def test_messages_that_were_sent_go_with_what_hangs_on_them(engine: Engine) -> None:
    with Session(engine) as session:
        article = StoredArticle(text="x", text_sha256="x", timezone="Asia/Jakarta", first_seen_at=OLD, origin="crawl")
        session.add(article)
        session.flush()
        session.add(WatchMatch(id=1, watch="gandum", article_id=article.id, found_at=OLD, told=True))
        for number, cleared in ((1, OLD), (2, None)):
            times = {"raised_at": OLD, "seen_at": OLD, "cleared_at": cleared}
            session.add(Flag(id=number, outlet="a", kind="silent", words="x", facts={}, **times))
        operator = {"watch": "(operator)", "kind": "flags"}
        session.add_all(
            [
                delivery(1, OLD),
                delivery(2, OLD, "failed"),
                delivery(3, OLD),
                delivery(4, OLD, channel="y"),  # the last to this channel
                delivery(5, OLD, **operator),
                delivery(6, OLD, **operator),
                delivery(7, YOUNG, **operator),
            ]
        )
        session.flush()
        session.add(DeliveryMatch(delivery_id=1, match_id=1))
        session.add(DeliveryFlag(flag_id=1, change="raised", channel="x", delivery_id=5))
        session.add(DeliveryFlag(flag_id=2, change="raised", channel="x", delivery_id=6))
        session.commit()
    assert pruned(engine, YEAR) == {"messages that were sent": 2}
    assert ids(engine, Delivery.id) == [2, 3, 4, 6, 7]
    assert ids(engine, WatchMatch.id) == [1]
    assert ids(engine, DeliveryFlag.flag_id) == [2]


def test_old_files_go(tmp_path: Path) -> None:
    for name in ("archive/a/lama.warc.gz", "archive/a/baru.warc.gz", "archive/a/lain.txt", "reports/round-000001.html",
                 "reports/round-000001.json", "pantau.db"):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"12345")
        at = (YOUNG if "baru" in name else OLD).timestamp()
        os.utime(file, (at, at))
    said = prune_files(tmp_path, YEAR, NOW, dry_run=True)
    assert [(one.number, one.bytes) for one in said] == [(1, 5), (2, 10)]
    assert prune_files(tmp_path, YEAR, NOW, dry_run=False) == said
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "baru.warc.gz", "lain.txt", "pantau.db",
    ]  # fmt: skip
    assert prune_files(tmp_path / "tiada", NOTHING, NOW, dry_run=False) == []


def test_the_room_of_what_went_is_given_back(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all(run(number, "a" * 90, OLD, message="x" * 9_000) for number in range(1, 200))
        session.commit()
    file = Path(engine.url.database or "")
    assert prune(engine, YEAR, NOW, dry_run=False)[1].number == 198
    vacuum(engine)
    assert ids(engine, Run.id) == [199]
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
        assert file.exists()
