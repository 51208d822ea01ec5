import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.models import Candidate, Reason
from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import EndState
from health.flag_updates import update_flags
from health.overview import OutletState, count_urls_by_state, load_outlet_names, load_outlet_states, load_source_polls
from tests.database.made_stories import add_copy

# Sunday, 09.00 in Jakarta.
NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)
MIDNIGHT = datetime(2024, 9, 14, 17, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVER = Boundary()


def run(session: Session, outlet: str, began: datetime, state: EndState | None = "finished") -> int:
    run_id = ledger.start_run(session, outlet, EVER, began)
    if state:
        ledger.finish_run(session, run_id, ledger.RunEnd(state, {"stored": 2}), began + MINUTE)
    return run_id


def feed(session: Session, outlet: str, name: str) -> int:
    return ledger.source(session, outlet, f"https://{outlet}.example/{name}", "feed").id


def one(session: Session, outlet: str) -> OutletState:
    [state] = load_outlet_states(session, [outlet], NOW)
    return state


def test_articles_are_counted_by_jakarta_s_days(session: Session) -> None:
    oldest = MIDNIGHT - 29 * DAY
    for at in (MIDNIGHT, MIDNIGHT - MINUTE / 100, MIDNIGHT - MINUTE, oldest, oldest - MINUTE, None, MIDNIGHT + DAY):
        add_copy(session, "kota", at)
    add_copy(session, "samudra", NOW)
    state = one(session, "kota")
    assert state.days == (1, *[0] * 27, 2, 1)
    assert state.articles == 4
    assert state.newest_at == MIDNIGHT + DAY


def test_outlets_are_told_apart_and_in_order(session: Session) -> None:
    add_copy(session, "kota", NOW)
    run(session, "samudra", NOW - HOUR)
    states = load_outlet_states(session, {"samudra", "hampa", "kota"}, NOW)
    assert [state.name for state in states] == ["hampa", "kota", "samudra"]
    assert [state.articles for state in states] == [0, 1, 0]
    assert [state.health.words for state in states] == ["never crawled", "never crawled", "well"]


def test_known_outlets_are_those_of_articles_and_runs(session: Session) -> None:
    assert load_outlet_names(session) == set()
    for outlet in ("kota", "kota", None, "antara"):
        add_copy(session, outlet, NOW)
    run(session, "suluh", NOW)
    assert load_outlet_names(session) == {"kota", "antara", "suluh"}


def test_the_last_run_and_the_last_success_are_told(session: Session) -> None:
    run(session, "kota", NOW - 3 * DAY)
    run(session, "kota", NOW - 2 * DAY, "failed")
    last = run(session, "kota", NOW - HOUR, None)
    run(session, "samudra", NOW)
    state = one(session, "kota")
    assert state.last_run
    assert (state.last_run.id, state.last_run.state) == (last, "running")
    assert state.succeeded_at == NOW - 3 * DAY + MINUTE
    update_flags(session, "kota", NOW)
    assert one(session, "kota").health.words == "its runs fail since 12 Sep 2024: the last one failed"


def test_sources_that_the_last_run_could_not_read_are_failing(session: Session) -> None:
    add_copy(session, "kota", NOW)
    forgotten, broken, good = (feed(session, "kota", name) for name in ("forgotten", "broken", "good"))
    ledger.record_source_failure(session, forgotten, "HTTP 404", 404, NOW - 20 * DAY)
    run(session, "kota", NOW - HOUR)
    ledger.record_source_failure(session, broken, "HTTP 500", 500, NOW - HOUR)
    ledger.record_unchanged(session, good, 304, NOW - HOUR)
    state = one(session, "kota")
    assert (state.polled, [(source.url, source.problem) for source in state.failing]) == (
        2, [("https://kota.example/broken", "HTTP 500")]
    )  # fmt: skip
    assert state.health.condition == "well"  # for an hour only
    update_flags(session, "kota", NOW + DAY)
    [state] = load_outlet_states(session, ["kota"], NOW + DAY)
    assert state.health.words == "1 of 2 sources fails: https://kota.example/broken: HTTP 500"
    assert [source.failures for source in load_source_polls(session, "kota")] == [1, 1, 0]


def test_a_run_that_still_goes_on_does_not_hide_failures(session: Session) -> None:
    add_copy(session, "kota", NOW)
    broken = feed(session, "kota", "broken")
    run(session, "kota", NOW - DAY)
    ledger.record_unchanged(session, broken, 304, NOW - 2 * DAY)
    ledger.record_source_failure(session, broken, "HTTP 500", 500, NOW - DAY)
    run(session, "kota", NOW - MINUTE, None)
    update_flags(session, "kota", NOW)
    health = one(session, "kota").health
    assert (health.condition, health.needs_attention, health.since) == ("failing", True, NOW)
    assert health.words.startswith("its feed fails since 13 Sep 2024: HTTP 500: see `scrapy outlets check kota`")


def test_what_is_left_to_do_is_counted(session: Session) -> None:
    began = run(session, "kota", NOW - HOUR)
    urls = [Candidate(f"https://kota.example/berita/{number}") for number in range(4)]
    ledger.admit(session, began, feed(session, "kota", "feed"), ledger.SourceAnswer(urls), EVER, NOW - HOUR)
    admitted = ledger.history(session, urls[0].url)
    assert admitted
    ledger.fail(session, admitted.url_id, began, Reason.NETWORK, "closed", NOW)
    state = one(session, "kota")
    assert (state.pending, state.failed) == (3, 1)
    assert count_urls_by_state(session, "kota") == {"failed": 1, "pending": 3}
    assert one(session, "samudra").pending == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL plans by its statistics
def test_indexes_alone_answer_what_is_asked_of_large_tables(session: Session) -> None:
    asked: list[tuple[str, Any]] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    load_outlet_states(session, load_outlet_names(session) | {"kota"}, NOW)
    count_urls_by_state(session, "kota")
    plans = [
        row.detail
        for statement, values in asked[:]
        for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        if re.search(r"\b(articles|urls)\b", row.detail)
    ]
    assert len(plans) >= 6
    assert [plan for plan in plans if "COVERING INDEX" not in plan] == []
