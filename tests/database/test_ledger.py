import multiprocessing
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.models import Candidate, Precision, Reason, Timestamp
from core.scheduling.boundary import Boundary
from crawler.discovery.result import SourceLink
from database import ledger
from database.engine import open_database
from database.ledger import Admission, Validators
from database.ledger.hints import screen
from database.schema import StoredArticle, Url, UrlEvent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WIB = timezone(timedelta(hours=7))
WEEK = Boundary(NOW - timedelta(days=7))
FEED = "https://bharata-contoh.co.id/rss"
DAY = timedelta(days=1)


def stamp(at: datetime, precision: Precision = "second") -> Timestamp:
    return Timestamp(at, at.isoformat(), "feed:pubDate", precision)


def said(number: int, at: datetime | None = NOW - DAY, *, modified: datetime | None = None) -> Candidate:
    return Candidate(
        f"https://bharata-contoh.co.id/berita/{number}/banjir", "Banjir", stamp(at) if at else None, modified
    )


def named(session: Session, *candidates: Candidate, boundary: Boundary = WEEK, now: datetime = NOW) -> Admission:
    run = ledger.start_run(session, "bharata", boundary, now)
    feed = ledger.source(session, "bharata", FEED, "feed")
    return ledger.admit(session, run, feed.id, ledger.SourceAnswer(candidates), boundary, now)


def urls(pending: Sequence[ledger.Pending]) -> list[str]:
    return [one.url for one in pending]


def state(session: Session, number: int) -> tuple[str, str | None]:
    found = ledger.history(session, said(number).url)
    assert found
    return found.state, found.reason


def article(session: Session) -> int:
    stored = StoredArticle(
        outlet="bharata", text="x", text_sha256="x", timezone="Asia/Jakarta", first_seen_at=NOW, origin="crawl"
    )
    session.add(stored)
    session.flush()
    return stored.id


@pytest.mark.parametrize(
    ("published", "modified", "reason"),
    [
        (None, None, None),
        (stamp(NOW - 8 * DAY), None, Reason.TOO_OLD),
        (stamp(NOW - 6 * DAY), None, None),
        (stamp(NOW - 8 * DAY), NOW, Reason.TOO_OLD),  # the publication decides
        (None, NOW - 8 * DAY, Reason.TOO_OLD),
        (None, NOW + 9 * DAY, None),  # published earlier than modified, nobody knows when
        (stamp(NOW + 2 * DAY), None, Reason.TOO_NEW),
        (stamp(datetime(2026, 11, 14, tzinfo=WIB), "day"), None, None),  # its evening is within
        (stamp(datetime(2026, 11, 13, tzinfo=WIB), "day"), None, Reason.TOO_OLD),
        (stamp(datetime(2026, 11, 14, 18, 59, tzinfo=WIB), "minute"), None, Reason.TOO_OLD),
    ],
)
def test_dates_screen_before_any_download(
    published: Timestamp | None, modified: datetime | None, reason: Reason | None
) -> None:
    assert screen(published, modified, Boundary(NOW - 7 * DAY, NOW + DAY)) == reason


def test_candidates_become_pending_once(session: Session) -> None:
    first = named(session, said(1), said(2), said(1))
    assert urls(first.admitted) == [said(1).url, said(2).url]
    assert (first.named, first.known, first.fresh) == (2, 0, 2)
    again = named(session, said(1), said(2), said(3))
    assert urls(again.admitted) == [said(3).url]
    assert (again.named, again.known, again.fresh) == (3, 2, 1)


def test_twins_of_a_url_are_one(session: Session) -> None:
    twin = Candidate("http://www.bharata-contoh.co.id/berita/1/banjir/?utm_source=x")
    assert len(named(session, said(1), twin).admitted) == 1
    assert named(session, twin).known == 1


def test_too_old_is_remembered_and_not_fetched(session: Session) -> None:
    admission = named(session, said(1, NOW - 9 * DAY), said(2))
    assert (urls(admission.admitted), admission.too_old, admission.fresh) == ([said(2).url], 1, 1)
    assert state(session, 1) == ("rejected", "too-old")


def test_wider_boundary_takes_up_the_too_old(session: Session) -> None:
    named(session, said(1, NOW - 9 * DAY), said(2, NOW - 20 * DAY))
    wider = Boundary(NOW - 10 * DAY)
    assert urls(named(session, said(1, NOW - 9 * DAY), boundary=wider).admitted) == [said(1).url]
    assert state(session, 2) == ("rejected", "too-old")


def test_resume_takes_up_what_the_boundary_now_admits(session: Session) -> None:
    named(session, said(1, NOW - 9 * DAY), said(2, None, modified=NOW - 9 * DAY), said(3, NOW - 40 * DAY))
    wider = Boundary(NOW - 10 * DAY)
    run = ledger.start_run(session, "bharata", wider, NOW)
    left = ledger.resume(session, run, "bharata", wider, NOW)
    assert sorted(urls(left)) == [said(1).url, said(2).url]
    assert left[0].boundary == wider
    assert state(session, 1) == ("pending", None)


def test_too_new_comes_back_without_until(session: Session) -> None:
    september = Boundary(NOW - 60 * DAY, NOW - 30 * DAY)
    assert named(session, said(1), boundary=september).admitted == []
    assert state(session, 1) == ("rejected", "too-new")
    assert urls(named(session, said(1)).admitted) == [said(1).url]


def test_date_of_the_page_counts_from_then_on(session: Session) -> None:
    [pending] = named(session, said(1, None)).admitted
    old = stamp(NOW - 9 * DAY)
    ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("rejected", Reason.TOO_OLD, published=old), NOW)
    assert named(session, said(1, None)).admitted == []
    assert len(ledger.resume(session, _run(session), "bharata", Boundary(NOW - 10 * DAY), NOW)) == 1


def test_better_hints_are_kept(session: Session) -> None:
    named(session, Candidate(said(1).url))
    named(session, said(1))
    [left] = ledger.resume(session, _run(session), "bharata", WEEK, NOW)
    assert left.candidate == Candidate(said(1).url, "Banjir", stamp(NOW - DAY))


def test_resume_keeps_the_boundary_that_admitted(session: Session) -> None:
    named(session, said(1, NOW - 6 * DAY))
    narrower = Boundary(NOW - DAY)
    [left] = ledger.resume(session, _run(session), "bharata", narrower, NOW)
    assert left.boundary == WEEK


def test_resume_is_newest_first(session: Session) -> None:
    named(session, said(1, NOW - 3 * DAY), said(2, None), said(3, NOW - DAY), said(4, NOW - 2 * DAY))
    left = ledger.resume(session, _run(session), "bharata", WEEK, NOW)
    assert urls(left) == [said(n).url for n in (3, 4, 1, 2)]


def test_outcome_is_decided_once(session: Session) -> None:
    [pending] = named(session, said(1)).admitted
    stored = article(session)
    claimed = ledger.claim(session, pending.url_id)
    assert claimed is not None
    assert (claimed.url, claimed.boundary) == (pending.url, pending.boundary)
    assert ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("stored", article_id=stored), NOW)
    assert ledger.claim(session, pending.url_id) is None
    assert not ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("rejected", Reason.VIDEO), NOW)
    assert state(session, 1) == ("stored", None)
    assert named(session, said(1)).admitted == []


def test_failures_come_back_when_due(session: Session) -> None:
    [pending] = named(session, said(1)).admitted
    assert ledger.fail(session, pending.url_id, None, Reason.NETWORK, "timed out", NOW) == 1
    run = _run(session)
    assert ledger.resume(session, run, "bharata", WEEK, NOW + timedelta(minutes=9)) == []
    [due] = ledger.resume(session, run, "bharata", WEEK, NOW + timedelta(minutes=10))
    assert (due.url, due.attempts) == (said(1).url, 1)


def test_failures_end_some_day(session: Session) -> None:
    [pending] = named(session, said(1)).admitted
    now = NOW
    for attempt in range(1, ledger.MAX_ATTEMPTS + 1):
        assert ledger.fail(session, pending.url_id, None, Reason.NETWORK, None, now) == attempt
        now += 30 * DAY
        left = ledger.resume(session, _run(session), "bharata", WEEK, now)
        assert len(left) == (attempt < ledger.MAX_ATTEMPTS)


def test_error_pages_are_read_again_as_failures_are(session: Session) -> None:
    [pending] = named(session, said(1)).admitted
    now = NOW
    for attempt in range(1, ledger.MAX_ATTEMPTS + 1):
        ledger.decide(
            session, pending.url_id, None, ledger.UrlOutcome("rejected", Reason.ERROR_PAGE, "Just a moment..."), now
        )
        assert state(session, 1) == ("rejected", Reason.ERROR_PAGE)
        assert ledger.resume(session, _run(session), "bharata", WEEK, now + timedelta(minutes=9)) == []
        now += 30 * DAY
        left = ledger.resume(session, _run(session), "bharata", WEEK, now)
        assert [one.attempts for one in left] == ([attempt] if attempt < ledger.MAX_ATTEMPTS else [])


def test_server_is_left_alone_as_long_as_it_asks() -> None:
    assert ledger.retry_at(1, NOW, timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert ledger.retry_at(2, NOW, timedelta(seconds=3)) == NOW + timedelta(hours=1)


def test_refused_addresses_are_remembered(session: Session) -> None:
    feed = ledger.source(session, "bharata", FEED, "feed")
    away = Candidate("https://lain-contoh.co.id/berita/9/panen-raya")
    ledger.admit(session, None, feed.id, ledger.SourceAnswer([said(1)], refused=[(away, Reason.OFF_SITE)]), WEEK, NOW)
    found = ledger.history(session, away.url)
    assert found
    assert (found.state, found.reason, found.events[0].source_url) == ("rejected", "off-site", FEED)


def test_address_refused_here_is_wanted_by_its_outlet(session: Session) -> None:
    feed = ledger.source(session, "bharata", FEED, "feed")
    away = Candidate("https://lain-contoh.co.id/berita/9/panen-raya")
    ledger.admit(session, None, feed.id, ledger.SourceAnswer([], refused=[(away, Reason.OFF_SITE)]), WEEK, NOW)
    theirs = ledger.source(session, "lain", "https://lain-contoh.co.id/rss", "feed")
    [pending] = ledger.admit(session, None, theirs.id, ledger.SourceAnswer([away]), WEEK, NOW + DAY).admitted
    [left] = ledger.resume(session, _run(session, "lain"), "lain", WEEK, NOW + DAY)
    assert left == pending
    ledger.decide(
        session, pending.url_id, None, ledger.UrlOutcome("rejected", Reason.OFF_SITE, "leads away"), NOW + DAY
    )
    assert ledger.admit(session, None, theirs.id, ledger.SourceAnswer([away]), WEEK, NOW + DAY).admitted == []


def test_alias_leads_to_the_article(session: Session) -> None:
    [pending, other] = named(session, said(1), said(2)).admitted
    stored = article(session)
    ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("stored", article_id=stored), NOW)
    for number in (1, 2, 3):
        ledger.alias(session, pending.url_id, "bharata", said(number).url, None, NOW, stored)
    for number in (2, 3):
        found = ledger.history(session, said(number).url)
        assert found
        assert (found.state, found.reason, found.same_as) == ("same-as", "same-url", (said(1).url,))
        assert found.article_id == stored
    assert state(session, 1) == ("stored", None)
    assert not ledger.decide(session, other.url_id, None, ledger.UrlOutcome("rejected", Reason.VIDEO), NOW)


def test_history_tells_everything(session: Session) -> None:
    assert ledger.history(session, said(1).url) is None
    [pending] = named(session, said(1)).admitted
    named(session, said(1))
    home = ledger.source(session, "bharata", "https://bharata-contoh.co.id/", "home")
    ledger.admit(session, None, home.id, ledger.SourceAnswer([said(1)]), WEEK, NOW + DAY)
    ledger.fail(session, pending.url_id, None, Reason.HTTP_STATUS, "503", NOW + 2 * DAY)
    found = ledger.history(session, "http://m.bharata-contoh.co.id/berita/1/banjir#komentar")
    assert found
    assert [(event.event, event.reason, event.source_url) for event in found.events] == [
        ("named", None, FEED),
        ("named", None, home.url),
        ("failed", "http-status", None),
    ]
    assert found.next_attempt_at == NOW + 2 * DAY + timedelta(minutes=10)


def test_counts_are_by_reason(session: Session) -> None:
    run = ledger.start_run(session, "bharata", WEEK, NOW)
    feed = ledger.source(session, "bharata", FEED, "feed")
    admission = ledger.admit(
        session, run, feed.id, ledger.SourceAnswer([said(1), said(2), said(3, NOW - 9 * DAY)]), WEEK, NOW
    )
    ledger.decide(session, admission.admitted[0].url_id, run, ledger.UrlOutcome("rejected", Reason.VIDEO), NOW)
    assert ledger.counts(session, outlet="bharata") == {"pending": 1, "too-old": 1, "video": 1}
    assert ledger.counts(session, run_id=run) == {"named": 2, "too-old": 1, "video": 1}


def test_all_have_reason(session: Session) -> None:
    one, two = named(session, said(1), said(2)).admitted
    ledger.decide(session, one.url_id, None, ledger.UrlOutcome("rejected", Reason.TOO_OLD), NOW)
    assert ledger.all_have_reason(session, [one.url_id], Reason.TOO_OLD)
    assert not ledger.all_have_reason(session, [one.url_id, two.url_id], Reason.TOO_OLD)


def _run(session: Session, outlet: str = "bharata") -> int:
    return ledger.start_run(session, outlet, WEEK, NOW)


def test_validators_and_candidates_are_one_transaction(engine: Engine) -> None:
    with Session(engine) as session:
        feed = ledger.source(session, "bharata", FEED, "feed")
        session.commit()
        ledger.admit(
            session, None, feed.id, ledger.SourceAnswer([said(1)], validators=Validators('"1"', None, "ab")), WEEK, NOW
        )
        session.rollback()
        assert ledger.source(session, "bharata", FEED, "feed") == feed
        assert ledger.history(session, said(1).url) is None


def _admit_and_wait(url: str, ready: "multiprocessing.synchronize.Event") -> None:
    with Session(open_database(url)) as session:
        feed = ledger.source(session, "bharata", FEED, "feed")
        ledger.admit(
            session, None, feed.id, ledger.SourceAnswer([said(1)], validators=Validators('"1"', None, "ab")), WEEK, NOW
        )
        session.flush()
        ready.set()
        time.sleep(600)


@pytest.mark.process
def test_killed_before_the_commit_nothing_happened(engine: Engine, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    child = spawn.Process(target=_admit_and_wait, args=(database_url, ready), daemon=True)
    child.start()
    assert ready.wait(180)
    child.kill()
    child.join()
    with Session(engine) as session:
        feed = ledger.source(session, "bharata", FEED, "feed")
        assert feed.etag is None
        assert len(ledger.admit(session, None, feed.id, ledger.SourceAnswer([said(1)]), WEEK, NOW).admitted) == 1


def _admit_many(
    url: str, outlet: str, go: "multiprocessing.synchronize.Barrier", results: "multiprocessing.Queue[int]"
) -> None:
    engine = open_database(url)
    with Session(engine) as session:
        feed = ledger.source(session, outlet, FEED, "feed")
        session.commit()
        go.wait(180)
        candidates = [said(n) for n in range(2000)]
        admission = ledger.admit(session, None, feed.id, ledger.SourceAnswer(candidates), WEEK, NOW)
        session.commit()
    results.put(len(admission.admitted))


@pytest.mark.process
def test_processes_naming_the_same_make_one_row(engine: Engine, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    go, results = spawn.Barrier(2), spawn.Queue()
    children = [
        spawn.Process(target=_admit_many, args=(database_url, outlet, go, results), daemon=True)
        for outlet in ("a", "b")
    ]
    for child in children:
        child.start()
    assert sum(results.get(timeout=180) for _ in children) == 2000
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Url)) == 2000
        assert session.scalar(select(func.count()).select_from(UrlEvent)) == 4000


@pytest.mark.slow
def test_a_large_sitemap_is_taken_in_whole(session: Session) -> None:
    candidates = [said(n, NOW - timedelta(minutes=2 * n)) for n in range(10_000)]
    began = time.perf_counter()
    first = named(session, *candidates)
    session.commit()
    took = time.perf_counter() - began
    began = time.perf_counter()
    second = named(session, *candidates)
    again = time.perf_counter() - began
    assert first.named == second.known == 10_000
    assert first.too_old == 10_000 - len(first.admitted) > 3_000
    print(f"10,000 candidates: new {took:.1f} s, known {again:.1f} s")


def test_a_page_that_is_not_there_yet_is_looked_for_again(session: Session) -> None:
    [pending] = named(session, said(1)).admitted
    ledger.decide(session, pending.url_id, None, ledger.UrlOutcome("gone", Reason.GONE, "HTTP 404"), NOW)
    assert named(session, said(1), now=NOW + timedelta(minutes=5)).admitted == []
    assert len(named(session, said(1), now=NOW + timedelta(hours=2)).admitted) == 1
    ledger.decide(
        session, pending.url_id, None, ledger.UrlOutcome("gone", Reason.GONE, "HTTP 404"), NOW + timedelta(hours=2)
    )
    assert len(named(session, said(1), now=NOW + timedelta(hours=4)).admitted) == 1
    ledger.decide(
        session, pending.url_id, None, ledger.UrlOutcome("gone", Reason.GONE, "HTTP 404"), NOW + timedelta(hours=4)
    )
    assert named(session, said(1), now=NOW + timedelta(hours=6)).admitted == []


def test_children_keep_what_the_index_said_of_them(session: Session) -> None:
    index = ledger.source(session, "bharata", "https://bharata.example/sitemap.xml", "sitemap")
    child = SourceLink("https://bharata.example/2020.xml", "sitemap", NOW - 300 * DAY)
    ledger.admit(session, _run(session), index.id, ledger.SourceAnswer([], children=[child]), WEEK, NOW)
    [known] = ledger.known_children(session, index.id)
    assert (known.listed_lastmod, known.checked_at) == (child.lastmod, None)
