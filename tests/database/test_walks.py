from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from core.models import Candidate, Timestamp
from core.scheduling.boundary import Boundary
from database import ledger
from database.ledger import Validators

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = Boundary(NOW - 7 * DAY)
INDEX = "https://rakyatku.example/indeks?page=1"


def said(number: int, at: datetime | None = None) -> Candidate:
    published = Timestamp(at, "", "listing") if at else None
    return Candidate(f"https://rakyatku.example/berita/{number}/panen-raya-di-maros", None, published)


def page(session: Session, *candidates: Candidate, now: datetime = NOW, boundary: Boundary = WEEK) -> int:
    """How many items of a listing page call for the next one."""
    listing = ledger.source(session, "rakyatku", INDEX, "listing")
    return ledger.admit(session, None, listing.id, ledger.SourceAnswer(candidates), boundary, now).fresh


def finish(session: Session, now: datetime = NOW, boundary: Boundary = WEEK) -> None:
    listing = ledger.source(session, "rakyatku", INDEX, "listing")
    ledger.finish_walk(session, listing.id, boundary, now, now, Validators('"x"', None, "ab"))


def test_first_walk_goes_on_until_too_old(session: Session) -> None:
    assert page(session, said(1, NOW), said(2, NOW - DAY)) == 2
    assert page(session, said(3, NOW - 8 * DAY)) == 0


def test_first_walk_goes_past_what_others_named(session: Session) -> None:
    feed = ledger.source(session, "rakyatku", "https://rakyatku.example/rss", "feed")
    ledger.admit(session, None, feed.id, ledger.SourceAnswer([said(1)]), WEEK, NOW)
    assert page(session, said(1)) == 1


def test_next_walk_ends_where_the_last_began(session: Session) -> None:
    page(session, said(1), said(2))
    finish(session)
    assert page(session, said(4), said(3), now=NOW + DAY) == 2
    assert page(session, said(2), said(1), now=NOW + DAY) == 0


def test_pinned_and_stray_items_end_no_walk(session: Session) -> None:
    page(session, said(1), said(2))
    finish(session)
    assert page(session, said(1), said(9, NOW - 99 * DAY), said(3), now=NOW + DAY) == 1


def test_killed_walk_is_walked_again(session: Session) -> None:
    page(session, said(1))
    finish(session)
    page(session, said(5), said(4), now=NOW + DAY)  # and killed before page 2
    assert page(session, said(5), said(4), now=NOW + 2 * DAY) == 2
    assert page(session, said(3), said(2), now=NOW + 2 * DAY) == 2
    assert page(session, said(1), now=NOW + 2 * DAY) == 0


def test_feeds_that_are_faster_do_not_end_the_walk(session: Session) -> None:
    page(session, said(1))
    finish(session)
    feed = ledger.source(session, "rakyatku", "https://rakyatku.example/rss", "feed")
    ledger.admit(session, None, feed.id, ledger.SourceAnswer([said(4), said(3)]), WEEK, NOW + DAY)
    assert page(session, said(4), said(3), now=NOW + DAY) == 2
    assert page(session, said(2), said(1), now=NOW + DAY) == 1


def test_walk_further_back_passes_what_was_walked(session: Session) -> None:
    page(session, said(1))
    finish(session)
    further = Boundary(NOW - 20 * DAY)
    assert page(session, said(1), now=NOW + DAY, boundary=further) == 1
    finish(session, NOW + DAY, further)
    assert page(session, said(1), now=NOW + 2 * DAY) == 0


def test_finished_walk_keeps_the_validators(session: Session) -> None:
    page(session, said(1))
    assert ledger.source(session, "rakyatku", INDEX, "listing").etag is None
    finish(session)
    state = ledger.source(session, "rakyatku", INDEX, "listing")
    assert (state.etag, state.walked_at, state.walked_since) == ('"x"', NOW, WEEK.since)
