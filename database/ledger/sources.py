"""Feeds, sitemaps, listings and home pages: what they answered last, and how far their walks came."""

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

# What a feed itself said of its pace: an answer that nothing changed does not say it again.
_HINT = "hint_s"


def keep_reading(session: Session, source: Source, listed: Listed, pace: PollHints, now: datetime) -> None:
    """After an answer that was read; before ``checked_at`` is set anew."""
    rhythm = after_listing(memory(source), listed, pace, last_at=answered_at(source), now=now)
    hint = {_HINT: pace.at_most_every.total_seconds()} if pace.at_most_every else {}
    _keep(session, source, rhythm, hint, now)


def keep_unchanged(session: Session, source: Source, pace: PollHints, now: datetime) -> None:
    """After an answer with nothing new; before ``checked_at`` is set anew."""
    hint = _hint(source)
    said = timedelta(seconds=hint.get(_HINT, 0))
    pace = replace(pace, at_most_every=max(pace.at_most_every or said, said))
    rhythm = after_unchanged(memory(source), pace, last_at=answered_at(source), now=now)
    _keep(session, source, rhythm, hint, now)


def keep_failure(session: Session, source: Source, pace: PollHints, now: datetime) -> None:
    """After a failed poll, once it is counted."""
    rhythm = after_failure(memory(source), source.failures, pace, now=now)
    _keep(session, source, rhythm, _hint(source), now)


def answered_at(source: Source) -> datetime | None:
    """When what the source last listed was read: of a listing that was walked, its first page."""
    walked = source.walk_ended_at is not None and source.checked_at == source.walk_ended_at
    return source.walked_at if walked else source.checked_at


def _hint(source: Source) -> dict[str, Any]:
    return {name: value for name, value in source.rhythm.items() if name == _HINT}


def memory(source: Source) -> dict[str, Any]:
    """What was learned of its rhythm (``core.scheduling.polling``)."""
    return {name: value for name, value in source.rhythm.items() if name != _HINT}


def _keep(session: Session, source: Source, rhythm: PollSchedule, hint: dict[str, Any], now: datetime) -> None:
    # A child whose time has passed is not polled any more: its index says that it did not change.
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


def retire_unasked(session: Session, outlet: str, began_at: datetime, now: datetime) -> None:
    """Takes those sources out of use that were due when a run began, and that it did not ask.

    For a run that came to its end: they are not declared any more, or list a day that is over. They are in use again
    as soon as somebody asks for them (``database.ledger.sources.source``).
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
    """What tells whether a source changed; ``body_sha256`` (hex) catches those that lie about the other two."""

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
        """What it is."""

    @property
    def lastmod(self) -> datetime | None:
        """When it changed, by the other's word."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source as the ledger knows it.

    Attributes:
        listed_lastmod: what the index last said of this child sitemap, which need not have been read since.
        walked_at: when the last complete walk of this listing began; ``walked_since`` how far back it went.
        checked_at: when it last answered, changed or not.
        failures: failed polls since.
        due_at: when it is to be polled next; ``None``: at once. Children are polled with their parent.
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
    """How polling a source goes, for pages, terminal, API and health rules. Instants are UTC.

    Attributes:
        kind: feed, sitemap, listing or home.
        status: of HTTP, at the last poll.
        checked_at: when it last answered.
        changed_at: when it last answered with something new.
        failed_at: when it last gave nothing usable.
        failures: failed polls since it last answered.
        problem: the last failure's, in words.
        due_at: when it is polled next; ``None``: at once.
        interval_s: seconds between two polls, as learned.
        children: sources that it names and that are polled with it; counted only by ``find_sources(polled=True)``.
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

    Args:
        session: of either database; it is only read.
        outlets: only theirs.
        url: only those with this URL, in the source's own spelling.
        polled: only those in use that are polled for their own sake, not with a parent.
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
    """The outlet's source at ``url``, remembered from now on if it is new, and in use again if it was not.

    Without ``parent_id`` it is asked for its own sake, even if it was first found as a child.
    """
    _register(session, outlet, [url], kind, parent_id)
    row = session.scalars(select(Source).where(Source.outlet == outlet, Source.url == url)).one()
    if row.retired_at is not None:
        row.retired_at = row.due_at = None
    if parent_id is None:
        row.parent_id = None
    return _state(row)


def known_children(session: Session, source_id: int) -> list[SourceState]:
    """The sitemaps that this index ever named."""
    children = select(Source).where(Source.parent_id == source_id).order_by(Source.id)
    return [_state(row) for row in session.scalars(children)]


def record_unchanged(session: Session, source_id: int, status: int, now: datetime, pace: PollHints = _ANY_PACE) -> None:
    """The source answered that (or with a body that) nothing changed."""
    keep_unchanged(session, session.get_one(Source, source_id), pace, now)
    _set(session, source_id, checked_at=now, status=status, failures=0, problem=None)


def record_source_failure(
    session: Session, source_id: int, problem: str, status: int | None, now: datetime, pace: PollHints = _ANY_PACE
) -> None:
    """The source gave nothing usable. Validators and ``checked_at`` stay: they speak of its last answer."""
    row = session.get_one(Source, source_id)
    row.failures += 1
    row.failed_at, row.status, row.problem = now, status, problem
    keep_failure(session, row, pace, now)


def record_read(session: Session, source_id: int, validators: Validators | None, now: datetime) -> None:
    """The source answered with a body, whose candidates are admitted in this same transaction (design §4, rule 1)."""
    changed = {} if validators is None else _columns(validators)
    _set(session, source_id, checked_at=now, changed_at=now, status=200, failures=0, problem=None, **changed)


def register_children(session: Session, source_id: int, children: Iterable[Link]) -> None:
    """Remembers the sources that this one names (an index's sitemaps, a home page's feeds), and when they changed."""
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
    """The walk of a listing came to its end; only now are its first page's validators worth keeping (rule 1).

    ``whole``: it lists every day, not a single one, so that the walk reached back to the boundary.
    """
    record_read(session, source_id, validators, now)
    _set(session, source_id, walked_at=began_at, walk_ended_at=now, walked_since=boundary.since)
    if whole:
        close_gaps(session, session.get_one(Source, source_id), now, reached=boundary.since)


def catch_up(state: SourceState, boundary: Boundary) -> Boundary:
    """The boundary for a source that answered last before the outlet's others did.

    While one feed fails, or is asked more seldom, others move the outlet's newest article on; what this one names then
    may be older than that, and nobody has named it yet. Not for a boundary that a user gave.
    """
    if state.checked_at is None or boundary.since is None:
        return boundary
    return Boundary(min(boundary.since, state.checked_at - OVERLAP), boundary.until)


def _register(session: Session, outlet: str, urls: list[str], kind: str, parent_id: int | None) -> None:
    here = select(Source.url).where(Source.outlet == outlet)
    known = {url for some in chunks(urls) for url in session.scalars(here.where(Source.url.in_(some)))}
    new = sorted(set(urls) - known)  # in one order everywhere, so that two writers cannot block each other
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


def take_note(
    session: Session,
    source: Source,
    listed: Mapping[int, Candidate],
    fresh: Collection[int],
    pace: PollHints,
    now: datetime,
    *,
    page: int | None,
) -> GapView | None:
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
    span = date_range(entries, find_pinned(source.listed if first else (), entries))
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
) -> GapView | None:
    # A home page has no order, and an empty reading nothing that could be missing now.
    if source.kind == "home" or not source.listed:
        return None
    before = PreviousListing(source.listed, _dates(session, source.listed), answered_at(source) or now)
    usual = partial(expect_arrivals, memory(source))
    missed = find_missed(before, entries, fresh, now, usual=usual, sitemap=source.kind == "sitemap")
    return record_gap(session, source, missed, now) if missed else None


def _in_order(source: Source, entries: list[Entry], fresh: Collection[int]) -> list[int]:
    if source.kind == "sitemap" and len(fresh) == len(entries) and not any(entry.at for entry in entries):
        return []  # it may begin with its oldest; what is new in the next reading will tell
    return order_by_arrival(source.listed, entries, fresh)


def _dates(session: Session, ids: list[int]) -> dict[int, datetime]:
    """When these were published, as far as that is known to the hour."""
    rows = select(Url.id, Url.published_hint).where(
        Url.published_hint.is_not(None), Url.published_hint_precision != "day"
    )
    found = (session.execute(rows.where(Url.id.in_(some))) for some in chunks(ids))
    return {one: at for some in found for one, at in some if at is not None}
