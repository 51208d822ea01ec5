from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from core.models import Candidate, Reason, Timestamp
from core.scheduling.boundary import Boundary
from core.scheduling.polling import CEILING, LONGEST, START, START_CEILING, PollHints
from crawler.discovery.result import SourceLink
from database import ledger
from database.ledger import Due, SourceKind, SourceState, Validators
from database.schema import EndState, Source, StoredArticle

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = Boundary(NOW - timedelta(days=7))
FEED, INDEX = "https://kota.example/rss", "https://kota.example/sitemap.xml"
ANSWER = Validators('"1"', None, "ab")


def said(number: int, at: datetime = NOW) -> Candidate:
    return Candidate(f"https://kota.example/berita/{number}/banjir", None, Timestamp(at, "", "feed:pubDate"))


def asked(session: Session, url: str = FEED, kind: SourceKind = "feed", outlet: str = "kota") -> SourceState:
    """The source as it is, still a child if it is one."""
    parent = session.scalar(select(Source.parent_id).where(Source.outlet == outlet, Source.url == url))
    return ledger.source(session, outlet, url, kind, parent)


def read(
    session: Session,
    *candidates: Candidate,
    url: str = FEED,
    kind: SourceKind = "feed",
    now: datetime = NOW,
    pace: PollHints = PollHints(),  # noqa: B008 - frozen
    children: tuple[SourceLink, ...] = (),
    page: int | None = None,
) -> datetime:
    """When the source is due after this reading."""
    before = asked(session, url, kind)
    validators = None if page else ANSWER
    ledger.admit(
        session,
        None,
        before.id,
        ledger.SourceAnswer(candidates, validators=validators, children=children, page=page),
        WEEK,
        now,
        pace=pace,
    )
    due_at = asked(session, url, kind).due_at
    assert due_at
    return due_at


def due(session: Session, now: datetime = NOW, outlet: str = "kota") -> Due | None:
    return ledger.outlets_due(session, [outlet], now).get(outlet)


def settled(session: Session, now: datetime = NOW) -> None:
    """Nothing is left to fetch."""
    for pending in ledger.resume(session, ledger.start_run(session, "kota", WEEK, now), "kota", WEEK, now):
        ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("rejected", Reason.VIDEO), now)


def test_reading_decides_when_the_source_is_polled_next(session: Session) -> None:
    assert asked(session).due_at is None
    due_at = read(session, said(1), said(2, NOW - HOUR))
    assert NOW < due_at <= NOW + CEILING
    asked_for = PollHints(shortest=2 * DAY)
    assert read(session, said(3), now=due_at, pace=asked_for) == due_at + 2 * DAY


def test_unchanged_and_failing_sources_are_polled_again_later(session: Session) -> None:
    feed = asked(session)
    ledger.record_unchanged(session, feed.id, 304, NOW)
    assert asked(session).due_at == NOW + START
    ledger.record_source_failure(session, feed.id, "HTTP 503", 503, NOW, PollHints(retry_after=3 * HOUR))
    assert asked(session).due_at == NOW + 3 * HOUR
    ledger.record_unchanged(session, feed.id, 304, NOW + DAY, PollHints(longest=5 * MINUTE))
    assert asked(session).due_at == NOW + DAY + 5 * MINUTE


def test_feed_is_taken_at_its_word_when_nothing_changed(session: Session) -> None:
    known = [said(number, NOW - number * MINUTE) for number in range(20)]
    read(session, *known, pace=PollHints(HOUR))
    hinted = asked(session)
    ledger.record_unchanged(session, hinted.id, 304, NOW + HOUR)
    with_word = asked(session).due_at
    session.rollback()
    read(session, *known)
    ledger.record_unchanged(session, asked(session).id, 304, NOW + HOUR)
    without = asked(session).due_at
    assert with_word
    assert without
    assert with_word > without


def test_empty_sources_are_asked_more_and_more_rarely(session: Session) -> None:
    pauses, now = [], NOW
    for _ in range(40):
        due_at = read(session, now=now)
        pauses.append(due_at - now)
        now = due_at
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (START, LONGEST)


def test_learned_rhythm_outlasts_an_empty_answer(session: Session) -> None:
    known = [said(number, NOW - number * HOUR) for number in range(20)]
    usual = read(session, *known) - NOW
    read(session, now=NOW + HOUR)
    assert read(session, said(20, NOW + HOUR), *known[1:], now=NOW + 2 * HOUR) - (NOW + 2 * HOUR) >= usual / 2


def test_only_the_first_page_of_a_walk_speaks_of_the_rhythm(session: Session) -> None:
    listing = "https://kota.example/indeks"
    first = read(session, said(1), said(2, NOW - HOUR), url=listing, kind="listing", page=1)
    assert read(session, said(3, NOW - DAY), url=listing, kind="listing", page=2, now=NOW + MINUTE) == first
    ledger.finish_walk(session, asked(session, listing, "listing").id, WEEK, NOW, NOW + 2 * MINUTE, ANSWER)
    assert asked(session, listing, "listing").due_at == first


def test_walked_listing_was_asked_when_its_walk_began(session: Session) -> None:
    listing = asked(session, kind="listing")
    later = []
    for hours in (1, 5):
        now = NOW + 6 * HOUR
        read(session, said(1, NOW - DAY), kind="listing", page=1, now=now - 6 * HOUR)
        ledger.finish_walk(session, listing.id, WEEK, NOW, NOW + hours * HOUR, ANSWER)
        numbers = [said(100 * hours + number, now - number * MINUTE) for number in range(10)]
        later.append(read(session, *numbers, kind="listing", page=1, now=now))
        session.rollback()
        listing = asked(session, kind="listing")
    assert later[0] == later[1]


def test_children_pull_their_root(session: Session) -> None:
    child, grandchild = "https://kota.example/news.xml", "https://kota.example/today.xml"
    read(session, url=INDEX, kind="sitemap", children=(SourceLink(child, "sitemap"),))
    read(session, url=child, kind="sitemap", children=(SourceLink(grandchild, "sitemap"),))
    soon = read(session, said(1), url=grandchild, kind="sitemap", pace=PollHints(longest=5 * MINUTE))
    assert soon == NOW + 5 * MINUTE
    assert asked(session, INDEX, "sitemap").due_at == asked(session, child, "sitemap").due_at == soon


def test_root_waits_for_its_most_urgent_child(session: Session) -> None:
    children = (
        SourceLink("https://kota.example/a.xml", "sitemap"),
        SourceLink("https://kota.example/b.xml", "sitemap"),
    )
    read(session, url=INDEX, kind="sitemap", children=children)
    early = read(session, said(1), url=children[0].url, kind="sitemap", pace=PollHints(longest=5 * MINUTE))
    late = read(session, said(2), url=children[1].url, kind="sitemap", pace=PollHints(longest=7 * MINUTE))
    assert read(session, url=INDEX, kind="sitemap", now=NOW + MINUTE) == early
    assert read(session, url=INDEX, kind="sitemap", now=early + MINUTE) == late  # the first was not asked: it is old


def test_failing_child_does_not_pull(session: Session) -> None:
    child = SourceLink("https://kota.example/a.xml", "sitemap")
    root = read(session, url=INDEX, kind="sitemap", children=(child,))
    for _ in range(30):
        ledger.record_source_failure(session, asked(session, child.url, "sitemap").id, "HTTP 404", 404, NOW)
    assert asked(session, INDEX, "sitemap").due_at in {root, NOW + 5 * MINUTE}
    root = read(session, url=INDEX, kind="sitemap", now=NOW + HOUR)
    assert root == NOW + HOUR + START_CEILING


def test_outlet_without_sources_is_due_at_once(session: Session) -> None:
    assert ledger.outlets_due(session, ["kota", "samudra"], NOW) == {
        "kota": Due(0, 0, 0, None),
        "samudra": Due(0, 0, 0, None),
    }
    assert ledger.next_due(session, ["kota"], NOW) == NOW
    assert ledger.next_due(session, [], NOW) is None
    assert ledger.outlets_due(session, [], NOW) == {}


def test_source_that_nobody_polled_is_due_at_once(session: Session) -> None:
    read(session, said(1))
    settled(session)
    asked(session, INDEX, "sitemap")
    assert due(session) == Due(1, 0, 0, None)
    assert ledger.next_due(session, ["kota"], NOW) == NOW


def test_outlet_is_due_when_a_source_is(session: Session) -> None:
    due_at = read(session, said(1))
    settled(session)
    assert due(session, due_at - MINUTE) is None
    assert ledger.next_due(session, ["kota", "kota"], NOW) == due_at
    assert due(session, due_at) == Due(1, 0, 0, due_at)
    assert due(session, due_at + DAY) == Due(1, 0, 0, due_at)
    assert ledger.next_due(session, ["kota"], due_at + DAY) == due_at + DAY


def test_children_do_not_make_an_outlet_due(session: Session) -> None:
    child = SourceLink("https://kota.example/a.xml", "sitemap")
    due_at = read(session, url=INDEX, kind="sitemap", children=(child,), pace=PollHints(shortest=DAY))
    assert due(session, due_at - MINUTE) is None
    assert ledger.known_sources(session, ["kota", "samudra"]) == {"kota": {INDEX}, "samudra": set()}


def test_child_that_is_declared_counts_by_itself(session: Session) -> None:
    child = SourceLink(FEED, "feed")
    read(session, url="https://kota.example/", kind="home", children=(child,), pace=PollHints(shortest=DAY))
    assert due(session) is None
    ledger.source(session, "kota", FEED, "feed")
    assert due(session) == Due(1, 0, 0, None)
    assert ledger.known_sources(session, ["kota"]) == {"kota": {FEED, "https://kota.example/"}}


def test_what_is_left_to_fetch_makes_an_outlet_due(session: Session) -> None:
    read(session, said(1), said(2), said(3), pace=PollHints(shortest=DAY))
    assert due(session) == Due(0, 3, 0, NOW)
    one, two, three = ledger.resume(session, ledger.start_run(session, "kota", WEEK, NOW), "kota", WEEK, NOW)
    ledger.fail(session, one.url_id, None, Reason.NETWORK, None, NOW)
    ledger.fail(session, two.url_id, None, Reason.NETWORK, None, NOW + MINUTE)
    assert due(session) == Due(0, 1, 0, NOW)
    ledger.decide(session, three.url_id, None, ledger.UrlOutcome("rejected", Reason.VIDEO), NOW)
    assert due(session) is None
    assert ledger.next_due(session, ["kota"], NOW) == NOW + 10 * MINUTE
    assert due(session, NOW + 10 * MINUTE) == Due(0, 1, 0, NOW + 10 * MINUTE)


@pytest.mark.parametrize("minutes", [59, 60])
def test_looks_make_an_outlet_due(session: Session, minutes: int) -> None:
    read(session, said(1), pace=PollHints(shortest=DAY))
    [pending] = ledger.resume(session, ledger.start_run(session, "kota", WEEK, NOW), "kota", WEEK, NOW)
    stored = StoredArticle(
        outlet="kota", text="x", text_sha256="x", timezone="Asia/Jakarta", first_seen_at=NOW, origin="crawl"
    )
    session.add(stored)
    session.flush()
    ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("stored", article_id=stored.id), NOW)
    ledger.plan_recheck(session, stored.id, pending.url_id, "kota", NOW, NOW, ledger.PageValidators(None, None))
    found = due(session, NOW + minutes * MINUTE)
    assert found == (Due(0, 0, 1, NOW + HOUR) if minutes == 60 else None)
    assert ledger.next_due(session, ["kota"], NOW) == NOW + HOUR


def run(session: Session, began_at: datetime, *, state: EndState = "finished") -> None:
    """A run that asks nobody, an hour long."""
    run_id = ledger.start_run(session, "kota", WEEK, began_at)
    ledger.finish_run(session, run_id, ledger.RunEnd(state), began_at + HOUR)


def test_source_that_is_not_asked_any_more_makes_nothing_due(session: Session) -> None:
    due_at = read(session)
    kept = read(session, url=INDEX, kind="sitemap", pace=PollHints(shortest=9 * DAY))
    run(session, due_at, state="stopped")
    assert due(session, due_at + HOUR) == Due(1, 0, 0, due_at)
    run(session, due_at - MINUTE)  # it was not its turn
    assert due(session, due_at + HOUR) == Due(1, 0, 0, due_at)
    run(session, due_at)
    assert due(session, due_at + HOUR) is None
    assert ledger.next_due(session, ["kota"], due_at) == kept
    assert ledger.known_sources(session, ["kota"]) == {"kota": {INDEX}}


def test_source_that_failed_in_a_run_was_asked(session: Session) -> None:
    due_at = read(session)
    run_id = ledger.start_run(session, "kota", WEEK, due_at)
    ledger.record_source_failure(session, asked(session).id, "HTTP 503", 503, due_at)
    ledger.finish_run(session, run_id, ledger.RunEnd("finished"), due_at)
    assert ledger.known_sources(session, ["kota"]) == {"kota": {FEED}}


def test_source_that_is_asked_again_is_due_at_once(session: Session) -> None:
    run(session, read(session))
    assert ledger.known_sources(session, ["kota"]) == {"kota": set()}
    assert asked(session).due_at is None
    assert ledger.known_sources(session, ["kota"]) == {"kota": {FEED}}
    assert due(session) == Due(1, 0, 0, None)


def test_outlet_is_not_forgotten_when_none_of_its_sources_is_asked(session: Session) -> None:
    began_at = read(session)
    run(session, began_at)
    again = began_at + HOUR + DAY
    assert due(session, again - MINUTE) is None
    assert ledger.next_due(session, ["kota"], began_at) == again
    assert due(session, again) == Due(0, 0, 0, again)


def test_thousand_outlets_are_asked_about_in_few_statements(engine: Engine) -> None:
    names = [f"outlet{number}" for number in range(1000)]
    statements: list[str] = []
    with Session(engine) as session:
        for name in names[::100]:
            ledger.record_unchanged(session, asked(session, outlet=name).id, 304, NOW)
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert len(ledger.outlets_due(session, names, NOW)) == 990
        assert set(ledger.outlets_due(session, names, NOW + START)) == set(names)
        assert len(ledger.known_sources(session, names)) == 1000
    assert len(statements) <= 25
