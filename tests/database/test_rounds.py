"""The monitor's rounds, as they are kept and read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from database.rounds import find_rounds, finish_round, keep_report, load_round, start_round
from database.schema import Round

NOW = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)
HARIAN = {"name": "harian_bukit", "new": 12, "rejected": {"video": 2, "too-old": 3}, "failed": {"timeout": 1}}
SULUH = {"name": "suluh_lama", "new": 3, "updated": 1, "requests": 40, "bytes": 9_000_000_000, "missed": 7}
REPORT: dict[str, Any] = {"outlets": [HARIAN, SULUH], "raised": ["suluh_lama: 0 articles for 3 days"], "cleared": []}


def test_a_round_begins_and_ends_with_its_report(session: Session) -> None:
    number = start_round(session, NOW)
    finish_round(session, number, "finished", REPORT, None, LATER)

    ended = read(session, number)
    assert (ended.state, ended.started_at, ended.finished_at, ended.message) == ("finished", NOW, LATER, None)
    assert ended.report == REPORT
    assert ended.totals == {
        "outlets": 2, "new": 15, "updated": 1, "copies": 0, "requests": 40, "bytes": 9_000_000_000, "missed": 7,
        "rejected": 5, "failed": 1, "raised": 1, "cleared": 0,
    }  # fmt: skip


def test_a_failed_round_says_why(session: Session) -> None:
    number = start_round(session, NOW)
    finish_round(session, number, "failed", {}, "the disk is full", LATER)

    assert (read(session, number).state, read(session, number).message) == ("failed", "the disk is full")


def test_a_killed_round_ends_where_it_was_last_heard_of(session: Session) -> None:
    silent, heard = start_round(session, NOW), start_round(session, NOW)
    keep_report(session, heard, REPORT, LATER)
    assert read(session, heard).state == "running"

    newest = start_round(session, LATER + timedelta(days=1))

    ends = [(one.state, one.finished_at) for one in (read(session, silent), read(session, heard))]
    assert ends == [("killed", NOW), ("killed", LATER)]
    assert read(session, heard).totals["new"] == 15
    assert (read(session, newest).state, read(session, newest).finished_at) == ("running", None)


def test_an_ended_round_is_not_killed_by_the_next(session: Session) -> None:
    number = start_round(session, NOW)
    finish_round(session, number, "stopped", REPORT, "interrupted", LATER)
    start_round(session, LATER)

    assert read(session, number).state == "stopped"


def test_rounds_are_listed_the_newest_first_a_page_at_a_time(session: Session) -> None:
    numbers = [start_round(session, NOW + timedelta(hours=hour)) for hour in range(3)]

    first = find_rounds(session, limit=2)
    assert ([one.id for one in first.items], first.total, first.after) == (numbers[:0:-1], 3, numbers[1])
    rest = find_rounds(session, limit=2, after=first.after)
    assert ([one.id for one in rest.items], rest.after) == ([numbers[0]], None)


def test_rounds_are_found_by_their_state(session: Session) -> None:
    killed, running = start_round(session, NOW), start_round(session, LATER)

    assert [one.id for one in find_rounds(session, state="killed", limit=9).items] == [killed]
    assert [one.id for one in find_rounds(session, state="running", limit=9).items] == [running]


def test_a_list_of_rounds_reads_no_report(session: Session) -> None:
    start_round(session, NOW)
    session.expunge_all()

    with pytest.raises(InvalidRequestError, match="report"):
        _ = find_rounds(session, limit=1).items[0].report


def test_there_may_be_no_such_round(session: Session) -> None:
    assert load_round(session, 404) is None


def read(session: Session, number: int) -> Round:
    session.expire_all()
    found = load_round(session, number)
    assert found is not None
    return found
