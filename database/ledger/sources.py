"""Feeds, sitemaps, listings and home pages: what they answered last, and how far their walks came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, cast

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core.scheduling.boundary import OVERLAP, Boundary
from core.scheduling.polling import Pace
from database.ledger.dialect import insert_new
from database.ledger.gaps import close_gaps
from database.ledger.timing import keep_failure, keep_unchanged
from database.lists import chunks
from database.schema import Base, Source

_SOURCES = Base.metadata.tables["sources"]
_DATE = (
    update(_SOURCES)
    .where(_SOURCES.c.outlet == bindparam("its_outlet"), _SOURCES.c.url == bindparam("its_url"))
    .values(listed_lastmod=bindparam("lastmod"))
)
_ANY_PACE = Pace()
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


def record_unchanged(session: Session, source_id: int, status: int, now: datetime, pace: Pace = _ANY_PACE) -> None:
    """The source answered that (or with a body that) nothing changed."""
    keep_unchanged(session, session.get_one(Source, source_id), pace, now)
    _set(session, source_id, checked_at=now, status=status, failures=0, problem=None)


def record_source_failure(
    session: Session, source_id: int, problem: str, status: int | None, now: datetime, pace: Pace = _ANY_PACE
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
