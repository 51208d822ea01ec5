"""Feeds, sitemaps, listings and home pages: their last answers and next polls."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, Protocol, cast

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, update
from sqlalchemy.orm import Session

from core.models import Candidate
from core.scheduling.boundary import OVERLAP, Boundary
from core.scheduling.gaps import (
    Entry,
    PreviousListing,
    date_range,
    find_missed,
    find_pinned,
    newest_first,
    order_by_arrival,
)
from core.scheduling.polling import (
    Listed,
    PollHints,
    PollSchedule,
    after_failure,
    after_listing,
    after_unchanged,
    expect_arrivals,
)
from database.ledger.gaps import GapView, close_gaps, record_gap
from database.schema import Base, Source, Url
from database.sql import among, chunks, insert_new

# A feed's own statement of its pace, which an unchanged answer does not repeat.
_HINT = "hint_s"


def schedule_after_listing(session: Session, source: Source, listed: Listed, pace: PollHints, now: datetime) -> None:
    """Update the polling after a list was read, before ``checked_at`` is set anew."""
    rhythm = after_listing(polling_state(source), listed, pace, last_at=last_listed_at(source), now=now)
    hint = {_HINT: pace.at_most_every.total_seconds()} if pace.at_most_every else {}
    _keep(session, source, rhythm, hint, now)


def schedule_after_unchanged(session: Session, source: Source, pace: PollHints, now: datetime) -> None:
    hint = _hint(source)
    interval = timedelta(seconds=hint.get(_HINT, 0))
    pace = replace(pace, at_most_every=max(pace.at_most_every or interval, interval))
    rhythm = after_unchanged(polling_state(source), pace, last_at=last_listed_at(source), now=now)
    _keep(session, source, rhythm, hint, now)


def schedule_after_failure(session: Session, source: Source, pace: PollHints, now: datetime) -> None:
    rhythm = after_failure(polling_state(source), source.failures, pace, now=now)
    _keep(session, source, rhythm, _hint(source), now)


def last_listed_at(source: Source) -> datetime | None:
    """Return when its last list was read: for a walked listing, its first page."""
    walked = source.walk_ended_at is not None and source.checked_at == source.walk_ended_at
    return source.walked_at if walked else source.checked_at


def _hint(source: Source) -> dict[str, Any]:
    return {name: value for name, value in source.rhythm.items() if name == _HINT}


def polling_state(source: Source) -> dict[str, Any]:
    return {name: value for name, value in source.rhythm.items() if name != _HINT}


def _keep(session: Session, source: Source, rhythm: PollSchedule, hint: dict[str, Any], now: datetime) -> None:
    # A child whose time has passed is not polled any more: its index says that it is unchanged.
    child = select(func.min(Source.due_at)).where(Source.parent_id == source.id, Source.due_at > now)
    source.due_at = min(filter(None, (rhythm.due_at, session.scalar(child))))
    source.interval_s = round(rhythm.interval.total_seconds())
    source.rhythm = {**rhythm.memory, **hint}
    above = source.parent_id
    while above is not None:
        parent = session.get_one(Source, above)
        if parent.due_at is not None:  # None is due at once
            parent.due_at = min(parent.due_at, source.due_at)
        above = parent.parent_id
    session.flush()


def retire_unpolled(session: Session, outlet: str, began_at: datetime, now: datetime) -> None:
    """Retire the outlet's sources that a complete run found due and did not poll.

    They are not declared any more, or list a day that is over; ``source`` brings them back.
    """
    due = or_(Source.due_at.is_(None), Source.due_at <= began_at)
    asked = or_(Source.checked_at >= began_at, Source.failed_at >= began_at)
    unasked = update(Source).where(Source.outlet == outlet, Source.parent_id.is_(None), Source.retired_at.is_(None))
    session.execute(unasked.where(due, func.coalesce(asked, false()).is_(False)).values(retired_at=now))


_SOURCES = Base.metadata.tables["sources"]
_DATE = (
    update(_SOURCES)
    .where(_SOURCES.c.outlet == bindparam("its_outlet"), _SOURCES.c.url == bindparam("its_url"))
    .values(listed_lastmod=bindparam("lastmod"))
)
_ANY_PACE = PollHints()
SourceKind = Literal["feed", "sitemap", "listing", "home"]


@dataclass(frozen=True, slots=True)
class Validators:
    """An answer's validators; ``body_sha256`` (hex) catches servers whose others lie."""

    etag: str | None
    last_modified: str | None
    body_sha256: str


class Link(Protocol):
    """A source that another one names."""

    @property
    def url(self) -> str:
        """Its address."""

    @property
    def kind(self) -> SourceKind:
        """Its kind."""

    @property
    def lastmod(self) -> datetime | None:
        """Date of its last change, according to the other."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as a crawl needs it.

    Attributes:
        listed_lastmod: the index's last date for this child sitemap, perhaps not read since.
        walked_at: begin of this listing's last complete walk; ``walked_since`` how far back it went.
        checked_at: last answer, changed or not; ``failures`` since.
        due_at: ``None``: at once. Children are polled with their parent.
    """

    id: int
    url: str
    kind: SourceKind
    etag: str | None
    last_modified: str | None
    body_sha256: str | None
    listed_lastmod: datetime | None
    walked_at: datetime | None
    walked_since: datetime | None
    checked_at: datetime | None
    failures: int
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """State of a source's polling. Instants are UTC.

    Attributes:
        checked_at: last answer; ``changed_at``: last answer with something new.
        failed_at: last poll without anything usable.
        failures: since the last answer.
        due_at: ``None``: at once.
        interval_s: seconds between two polls, as learned.
        children: sources polled with it; counted only by ``find_sources(polled=True)``.
    """

    outlet: str
    url: str
    kind: str
    status: int | None
    checked_at: datetime | None
    changed_at: datetime | None
    failed_at: datetime | None
    failures: int
    problem: str | None
    due_at: datetime | None
    interval_s: int | None
    children: int = 0


def find_sources(
    session: Session, outlets: Collection[str] | None = None, *, url: str | None = None, polled: bool = False
) -> list[SourceStatus]:
    """Return sources in the order in which they became known.

    ``url`` in the source's own spelling. ``polled``: only those in use and polled for their own sake.
    """
    columns: list[ColumnElement[Any]] = [
        _SOURCES.c[field.name] for field in fields(SourceStatus) if field.name != "children"
    ]
    if polled:
        child = _SOURCES.alias("child")
        columns.append(select(func.count()).where(child.c.parent_id == _SOURCES.c.id).scalar_subquery())
    query = select(*columns).order_by(_SOURCES.c.id)
    values = {}
    if outlets is not None:
        query = query.where(among(_SOURCES.c.outlet, "outlets", session.get_bind().dialect.name))
        values["outlets"] = sorted(outlets)
    if url is not None:
        query = query.where(_SOURCES.c.url == url)
    if polled:
        query = query.where(_SOURCES.c.parent_id.is_(None), _SOURCES.c.retired_at.is_(None))
    return [SourceStatus(*row) for row in session.execute(query, values)]


def source(session: Session, outlet: str, url: str, kind: SourceKind, parent_id: int | None = None) -> SourceState:
    """Return the outlet's source at ``url``, inserted if new, in use again if retired.

    Without ``parent_id`` it is no longer a child.
    """
    _register(session, outlet, [url], kind, parent_id)
    row = session.scalars(select(Source).where(Source.outlet == outlet, Source.url == url)).one()
    if row.retired_at is not None:
        row.retired_at = row.due_at = None
    if parent_id is None:
        row.parent_id = None
    return _state(row)


def known_children(session: Session, source_id: int) -> list[SourceState]:
    children = select(Source).where(Source.parent_id == source_id).order_by(Source.id)
    return [_state(row) for row in session.scalars(children)]


def record_unchanged(session: Session, source_id: int, status: int, now: datetime, pace: PollHints = _ANY_PACE) -> None:
    schedule_after_unchanged(session, session.get_one(Source, source_id), pace, now)
    _set(session, source_id, checked_at=now, status=status, failures=0, problem=None)


def record_source_failure(
    session: Session, source_id: int, problem: str, status: int | None, now: datetime, pace: PollHints = _ANY_PACE
) -> None:
    """Save that the source gave nothing usable; validators and ``checked_at`` stay."""
    row = session.get_one(Source, source_id)
    row.failures += 1
    row.failed_at, row.status, row.problem = now, status, problem
    schedule_after_failure(session, row, pace, now)


def record_read(session: Session, source_id: int, validators: Validators | None, now: datetime) -> None:
    """Save that the source answered with a body.

    Its candidates are admitted in the same transaction (design §4, rule 1).
    """
    changed = {} if validators is None else _columns(validators)
    _set(session, source_id, checked_at=now, changed_at=now, status=200, failures=0, problem=None, **changed)


def register_children(session: Session, source_id: int, children: Iterable[Link]) -> None:
    outlet = session.get_one(Source, source_id).outlet
    named = {child.url: child for child in children}
    for kind in sorted({child.kind for child in named.values()}):
        _register(session, outlet, [url for url in named if named[url].kind == kind], kind, source_id)
    dated = [{"its_url": url, "lastmod": child.lastmod} for url, child in named.items() if child.lastmod]
    if dated:
        session.connection().execute(_DATE, [one | {"its_outlet": outlet} for one in dated])


def finish_walk(
    session: Session,
    source_id: int,
    boundary: Boundary,
    began_at: datetime,
    now: datetime,
    validators: Validators | None = None,
    *,
    whole: bool = True,
) -> None:
    """Save that the walk of a listing is complete, with its first page's validators.

    Only now are they worth keeping (rule 1). ``whole``: it lists every day.
    """
    record_read(session, source_id, validators, now)
    _set(session, source_id, walked_at=began_at, walk_ended_at=now, walked_since=boundary.since)
    if whole:
        close_gaps(session, session.get_one(Source, source_id), now, reached=boundary.since)


def catch_up(state: SourceState, boundary: Boundary) -> Boundary:
    """Return the boundary for a source that last answered before the outlet's others.

    These moved the newest article on; this one may name older new ones. Not for a user's boundary.
    """
    if state.checked_at is None or boundary.since is None:
        return boundary
    return Boundary(min(boundary.since, state.checked_at - OVERLAP), boundary.until)


def _register(session: Session, outlet: str, urls: list[str], kind: str, parent_id: int | None) -> None:
    here = select(Source.url).where(Source.outlet == outlet)
    known = {url for chunk in chunks(urls) for url in session.scalars(here.where(Source.url.in_(chunk)))}
    new = sorted(set(urls) - known)  # in the same order in every process, so that two writers cannot deadlock

    if new:
        row = {"outlet": outlet, "kind": kind, "parent_id": parent_id, "failures": 0}
        session.execute(insert_new(session, Source), [row | {"url": url} for url in new])


def _columns(validators: Validators) -> dict[str, str | None]:
    names = ("etag", "last_modified", "body_sha256")
    return {name: getattr(validators, name) for name in names}


def _set(session: Session, source_id: int, **values: object) -> None:
    session.execute(update(Source).where(Source.id == source_id).values(**values))


def _state(row: Source) -> SourceState:
    return SourceState(
        row.id,
        row.url,
        cast("SourceKind", row.kind),
        row.etag,
        row.last_modified,
        row.body_sha256,
        row.listed_lastmod,
        row.walked_at,
        row.walked_since,
        row.checked_at,
        row.failures,
        row.due_at,
    )


def record_listing(
    session: Session,
    source: Source,
    listed: Mapping[int, Candidate],
    fresh: Collection[int],
    pace: PollHints,
    now: datetime,
    *,
    page: int | None,
) -> GapView | None:
    """Save the source's list and its next poll; return a gap, if any.

    ``listed``: candidates by the ledger's id, in the source's order; ``fresh``: ids never named before. ``checked_at``
    is still that of the last answer.
    """
    entries = newest_first([Entry(one, _published(candidate, now)) for one, candidate in listed.items()])
    first = page is None or page == 1
    span = date_range(entries, find_pinned(source.listed if first else (), entries))
    gap = None
    if first:
        gap = _gap(session, source, entries, fresh, now) if page is None else None
        oldest, newest = span or (None, None)
        schedule_after_listing(
            session, source, Listed(len(entries), len(fresh), oldest, newest, gap is not None), pace, now
        )
        source.listed = _in_order(source, entries, fresh)
    if span:
        close_gaps(session, source, now, reached=span[0], from_=None if page else span[1])
    return gap


def _published(candidate: Candidate, now: datetime) -> datetime | None:
    if candidate.published is not None:
        return min(candidate.published.at, now) if candidate.published.precision != "day" else None
    at = candidate.modified
    return min(at, now) if at and (at.hour or at.minute or at.second) else None


def _gap(
    session: Session, source: Source, entries: list[Entry], fresh: Collection[int], now: datetime
) -> GapView | None:
    # A home page has no order, and an empty reading nothing that could be missing now.
    if source.kind == "home" or not source.listed:
        return None
    before = PreviousListing(source.listed, _dates(session, source.listed), last_listed_at(source) or now)
    usual = partial(expect_arrivals, polling_state(source))
    missed = find_missed(before, entries, fresh, now, usual=usual, sitemap=source.kind == "sitemap")
    return record_gap(session, source, missed, now) if missed else None


def _in_order(source: Source, entries: list[Entry], fresh: Collection[int]) -> list[int]:
    if source.kind == "sitemap" and len(fresh) == len(entries) and not any(entry.at for entry in entries):
        return []  # it may begin with its oldest: the next reading shows its order
    return order_by_arrival(source.listed, entries, fresh)


def _dates(session: Session, ids: list[int]) -> dict[int, datetime]:
    rows = select(Url.id, Url.published_hint).where(
        Url.published_hint.is_not(None), Url.published_hint_precision != "day"
    )
    found = (session.execute(rows.where(Url.id.in_(chunk))) for chunk in chunks(ids))
    return {one: at for chunk in found for one, at in chunk if at is not None}
