"""Flags as runs leave them, on both databases."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import EndState, Gap, Source
from health.facts_query import read_facts
from health.flag_updates import FlagChanges, update_flags, update_unjudged_flags
from health.flags import find_flags, load_flags, load_open_flags
from health.measures import Measures, add_to_day, load_quarters
from tests.database.made_stories import add_copy

NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def run(session: Session, outlet: str, now: datetime, measures: Measures, state: EndState = "finished") -> FlagChanges:
    run_id = ledger.start_run(session, outlet, Boundary(), now - MINUTE)
    ledger.finish_run(session, run_id, ledger.RunEnd(state), now)
    add_to_day(session, outlet, measures, now)
    return update_flags(session, outlet, now)


def test_a_flag_is_raised_renewed_and_cleared_once(session: Session) -> None:
    add_copy(session, "kota", NOW)
    refused = Measures(certificate="certificate has expired")
    [raised] = run(session, "kota", NOW, refused).raised
    assert (raised.kind, raised.words) == (
        "certificate",
        "its certificate is refused: certificate has expired: it must renew it",
    )
    assert run(session, "kota", NOW + HOUR, refused) == FlagChanges([], [])
    assert [flag.seen_at for flag in load_open_flags(session)["kota"]] == [NOW + HOUR]
    [cleared] = run(session, "kota", NOW + 2 * HOUR, Measures()).cleared
    assert (cleared.id, cleared.cleared_at) == (raised.id, NOW + 2 * HOUR)
    assert run(session, "kota", NOW + 3 * HOUR, Measures()) == FlagChanges([], [])
    assert load_open_flags(session, ["kota", "samudra"]) == {}
    assert find_flags(session, outlet="kota", limit=5).items == [replace(cleared, seen_at=NOW + HOUR)]


def test_a_robots_txt_that_forbids_is_flagged_until_it_allows(session: Session) -> None:
    add_copy(session, "kota", NOW)
    assert not run(session, "kota", NOW, Measures(robots={"kota.example": ("aa", False)})).raised
    assert not run(session, "kota", NOW + DAY, Measures(robots={"kota.example": ("bb", False)})).raised
    [raised] = run(session, "kota", NOW + 2 * DAY, Measures(robots={"kota.example": ("cc", True)})).raised
    assert raised.words.startswith("the robots.txt of kota.example forbids what is polled since 17 Sep 2024")
    [cleared] = run(session, "kota", NOW + 3 * DAY, Measures(robots={"kota.example": (None, False)})).cleared
    assert cleared.kind == "robots"
    assert [flag.kind for flag in load_flags(session, open_since=NOW + 3 * DAY)] == ["robots"]
    assert load_flags(session, open_since=NOW + 4 * DAY) == []


def test_a_killed_run_is_judged_without_another(session: Session) -> None:
    add_copy(session, "kota", NOW)
    ledger.start_run(session, "kota", Boundary(), NOW - 2 * DAY)
    ledger.start_run(session, "kota", Boundary(), NOW - DAY)
    last = ledger.start_run(session, "kota", Boundary(), NOW)
    ledger.finish_run(session, last, ledger.RunEnd("failed", {}, "database failed"), NOW)
    [raised] = update_unjudged_flags(session, ["kota", "samudra"], NOW + HOUR)["kota"].raised
    assert (raised.kind, raised.words) == ("failing", "its runs fail from the beginning: database failed")
    assert update_unjudged_flags(session, ["kota", "samudra"], NOW + 2 * HOUR) == {}


def test_a_day_adds_up_what_its_runs_measured(session: Session) -> None:
    add_copy(session, "kota", NOW)
    one = Measures(stored=2, words=[100, 400], published=Counter({"2024-09-15T01:00": 2}), answers=3, latency_s=0.5)
    for hours in (0, 1, 7):
        run(session, "kota", NOW + hours * HOUR, one)
    first, second = load_quarters(session, "kota", NOW.date())
    assert (first.runs, first.stored, first.answers, first.latency_s) == (2, 4, 6, 1.0)
    assert (first.minutes, first.until) == (Counter({"2024-09-15T01:00": 4}), NOW + HOUR)
    assert sum(first.lengths.values()) == 4
    assert (second.runs, second.stored) == (1, 2)


def test_two_processes_add_to_the_same_day(engine: Engine) -> None:
    def add(number: int) -> None:
        with Session(engine) as session:
            add_to_day(session, "kota", Measures(stored=number), NOW)
            session.commit()

    threads = [threading.Thread(target=add, args=(number,)) for number in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        [part] = load_quarters(session, "kota", NOW.date())
    assert (part.runs, part.stored) == (4, 10)


def test_what_an_outlet_published_is_read_by_quarters_of_days_before_its_last_look(session: Session) -> None:
    run(session, "kota", NOW, Measures())
    looked_at = NOW - MINUTE
    for hours in (0.1, 5.9, 6.1, 23, 49):
        add_copy(session, "kota", looked_at - hours * HOUR)
    add_copy(session, "kota", looked_at + HOUR)
    add_copy(session, "samudra", looked_at - HOUR)
    facts = read_facts(session, "kota", NOW)
    assert list(facts.published[:9]) == [2, 1, 0, 1, 0, 0, 0, 0, 1]
    assert len(facts.published) == 224
    assert facts.ever_stored


def test_a_silent_outlet_is_flagged_from_what_is_stored(session: Session) -> None:
    for day in range(24):
        at = NOW - (24 - day) * DAY
        published = 12 if day < 22 else 0
        for number in range(published):
            add_copy(session, "kota", at - number * HOUR, f"Berita {day} {number}")
        changes = run(session, "kota", at, Measures(stored=published, named=20, sources_answered=1))
        if day < 22:
            assert changes == FlagChanges([], [])
    [flag] = load_open_flags(session)["kota"]
    assert (flag.kind, flag.facts["usual_a_day"]) == ("silent", 12.0)
    assert flag.words.startswith(
        "0 articles for 1 day (usual 12 a day); its sources answer, but name only what is known"
    )
    for number in range(12):
        add_copy(session, "kota", NOW - number * HOUR, f"Lagi {number}")
    [cleared] = run(session, "kota", NOW + HOUR, Measures(stored=12)).cleared
    assert cleared.id == flag.id


def test_sources_that_await_their_turn_are_polled_still(session: Session) -> None:
    add_copy(session, "kota", NOW)
    began = NOW - MINUTE
    waiting, dropped, asked = (
        ledger.source(session, "kota", f"https://kota.example/{name}", "feed").id
        for name in ("waiting", "dropped", "asked")
    )
    for one in (waiting, dropped):
        ledger.record_source_failure(session, one, "HTTP 500", 500, began - DAY)
    session.get_one(Source, waiting).due_at = NOW + DAY
    ledger.record_unchanged(session, asked, 304, NOW)
    run(session, "kota", NOW, Measures())
    facts = read_facts(session, "kota", NOW)
    assert [one.url for one in facts.sources] == ["https://kota.example/waiting", "https://kota.example/asked"]


def test_only_gaps_that_nobody_closed_are_facts(session: Session) -> None:
    source = ledger.source(session, "kota", "https://kota.example/feed", "feed").id
    gap = {"outlet": "kota", "source_id": source, "since": NOW - DAY, "until": NOW, "estimate": 9}
    session.add(Gap(**gap, found_at=NOW, recovered=2))
    session.add(Gap(**gap, found_at=NOW, recovered=9))
    session.add(Gap(**gap, found_at=NOW, closed_at=NOW))
    session.add(Gap(**gap, found_at=NOW - 2 * DAY))
    session.flush()
    assert [(one.source, one.lost) for one in read_facts(session, "kota", NOW).gaps] == [
        ("https://kota.example/feed", 7)
    ]
