from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import Candidate, Reason
from core.paging import Page
from core.scheduling.boundary import Boundary
from database import ledger
from database.ledger.runs import decisions, find_runs, outcomes
from database.schema import Run

NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)
EVER = Boundary()


@pytest.fixture
def runs(session: Session) -> list[int]:
    """Five runs of two outlets in turn; the last one goes on."""
    ids = []
    for number in range(5):
        began = NOW + timedelta(hours=number)
        ids.append(ledger.start_run(session, ("kota", "samudra")[number % 2], EVER, began))
        if number < 4:
            ledger.finish_run(session, ids[-1], ledger.RunEnd("failed" if number == 2 else "finished"), began)
    return ids


def ids(found: Page[Run, int]) -> list[int]:
    return [run.id for run in found.items]


def test_runs_come_page_by_page_newest_first(session: Session, runs: list[int]) -> None:
    first = find_runs(session, limit=2)
    second = find_runs(session, limit=2, after=first.after)
    third = find_runs(session, limit=2, after=second.after)
    assert ids(first) + ids(second) + ids(third) == runs[::-1]
    assert (first.total, third.after) == (5, None)


def test_runs_are_narrowed_by_outlet_and_state(session: Session, runs: list[int]) -> None:
    assert ids(find_runs(session, outlet="samudra", limit=9)) == [runs[3], runs[1]]
    assert ids(find_runs(session, state="failed", limit=9)) == [runs[2]]
    assert find_runs(session, outlet="kota", state="finished", limit=9).total == 1
    assert find_runs(session, outlet="tiada", limit=9) == Page([], 0, None)


def test_a_run_tells_what_became_of_its_urls(session: Session, runs: list[int]) -> None:
    feed = ledger.source(session, "kota", "https://kota.example/feed", "feed")
    urls = [f"https://kota.example/berita/{number}" for number in range(3)]
    ledger.admit(session, runs[4], feed.id, ledger.SourceAnswer(map(Candidate, urls)), EVER, NOW)
    ledger.admit(session, runs[3], feed.id, ledger.SourceAnswer([Candidate("https://kota.example/lain")]), EVER, NOW)
    url_ids = [entry.url_id for url in urls if (entry := ledger.history(session, url))]
    ledger.decide(session, url_ids[0], runs[4], ledger.UrlOutcome("gone", Reason.GONE, "HTTP 404"), NOW)
    ledger.fail(session, url_ids[1], runs[4], Reason.NETWORK, "closed", NOW)
    assert outcomes(session, runs[4]) == {"named": 3, "gone": 1, "network": 1}
    first = decisions(session, runs[4], limit=1)
    rest = decisions(session, runs[4], limit=1, after=first.after or 0)
    told = [(one.event, one.reason, one.detail, one.url) for one in [*first.items, *rest.items]]
    assert told == [("gone", "gone", "HTTP 404", urls[0]), ("failed", "network", "closed", urls[1])]
    assert (first.total, len(first.items), rest.after) == (2, 1, None)
    [only] = decisions(session, runs[4], outcome="network", limit=9).items
    assert only == rest.items[0]
    assert [one.url for one in decisions(session, runs[4], outcome="named", limit=9).items] == urls
