"""What a reading says of its source: when to poll it next, and whether it lost articles since the one before."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Candidate
from core.scheduling.gaps import Before, Entry, in_order, newest_first, pinned, reach, unseen
from core.scheduling.polling import Listed, Pace, arrivals
from database.ledger.gaps import OpenGap, close_gaps, record_gap
from database.ledger.timing import answered_at, keep_reading, memory
from database.lists import chunks
from database.schema import Source, Url


def take_note(
    session: Session,
    source: Source,
    listed: Mapping[int, Candidate],
    fresh: Collection[int],
    pace: Pace,
    now: datetime,
    *,
    page: int | None,
) -> OpenGap | None:
    """Keeps what a reading says of its source; the gap since the one before, if there is one.

    Args:
        session: in the transaction that admits what the source names; ``checked_at`` is still that of the last answer.
        source: the source.
        listed: what it names, by the ledger's id, in the source's order.
        fresh: the ids that it never named before.
        pace: how often it may be asked.
        now: aware.
        page: see ``database.ledger.admission.admit``.
    """
    entries = newest_first([Entry(one, _published(said, now)) for one, said in listed.items()])
    first = page is None or page == 1
    span = reach(entries, pinned(source.listed if first else (), entries))
    gap = None
    if first:
        gap = _gap(session, source, entries, fresh, now) if page is None else None
        oldest, newest = span or (None, None)
        keep_reading(session, source, Listed(len(entries), len(fresh), oldest, newest, gap is not None), pace, now)
        source.listed = _in_order(source, entries, fresh)
    if span:
        close_gaps(session, source, now, reached=span[0], from_=None if page else span[1])
    return gap


def _published(said: Candidate, now: datetime) -> datetime | None:
    """When it was published, or changed at the latest, if that tells a time."""
    if said.published is not None:
        return min(said.published.at, now) if said.published.precision != "day" else None
    at = said.modified
    return min(at, now) if at and (at.hour or at.minute or at.second) else None


def _gap(
    session: Session, source: Source, entries: list[Entry], fresh: Collection[int], now: datetime
) -> OpenGap | None:
    # A home page has no order, and an empty reading nothing that could be missing now.
    if source.kind == "home" or not source.listed:
        return None
    before = Before(source.listed, _dates(session, source.listed), answered_at(source) or now)
    usual = partial(arrivals, memory(source))
    missed = unseen(before, entries, fresh, now, usual=usual, sitemap=source.kind == "sitemap")
    return record_gap(session, source, missed, now) if missed else None


def _in_order(source: Source, entries: list[Entry], fresh: Collection[int]) -> list[int]:
    if source.kind == "sitemap" and len(fresh) == len(entries) and not any(entry.at for entry in entries):
        return []  # it may begin with its oldest; what is new in the next reading will tell
    return in_order(source.listed, entries, fresh)


def _dates(session: Session, ids: list[int]) -> dict[int, datetime]:
    """When these were published, as far as that is known to the hour."""
    rows = select(Url.id, Url.published_hint).where(
        Url.published_hint.is_not(None), Url.published_hint_precision != "day"
    )
    found = (session.execute(rows.where(Url.id.in_(some))) for some in chunks(ids))
    return {one: at for some in found for one, at in some if at is not None}
