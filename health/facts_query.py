"""Reading what an outlet is judged from. Cheap however much is stored: a few statements that indexes answer."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, exists, extract, func, or_, select
from sqlalchemy.orm import Session

from core.periods import HOME
from database.ledger import SourceStatus, find_sources
from database.schema import Flag, Gap, HostState, Run, Source, StoredArticle
from health.daily_measures import QUARTER, read_parts
from health.exclusions import LASTING
from health.facts import Facts, GapFacts, HostFacts, OutletFlag, RunFacts, SourceFacts

# How far back what is usual is learned; of what is wrong for long, from before it was.
HISTORY = timedelta(weeks=8)
_FURTHEST = timedelta(days=400)
_ENDED = ("finished", "stopped", "failed", "killed")
_RUNS = 20
_GAPS_COUNT = timedelta(days=1)
_HOSTS_COUNT = timedelta(days=7)
_QUARTER_S = int(QUARTER.total_seconds())


def read_facts(session: Session, outlet: str, now: datetime) -> Facts:
    """What is known of the outlet; ``session`` is only read."""
    flags = _flags(session, outlet, now)
    anchor = min((flag.raised_at for flag in flags if flag.cleared_at is None and flag.kind in LASTING), default=now)
    start = max(anchor - HISTORY, now - _FURTHEST)
    runs, began_at = _runs(session, outlet)
    return Facts(
        name=outlet,
        now=now,
        runs=runs,
        parts=read_parts(session, outlet, start.astimezone(HOME).date()),
        published=_published(session, outlet, start, runs.succeeded_at),
        ever_stored=bool(session.scalar(select(exists().where(StoredArticle.outlet == outlet)))),
        sources=_sources(session, outlet, began_at),
        hosts=_hosts(session, outlet, now),
        gaps=_gaps(session, outlet, now),
        flags=flags,
    )


def still_polled(source: SourceStatus, began_at: datetime | None) -> bool:
    """Return whether the run that began then asked the source, or it was not due.

    A source that no run asks any more, since its declaration changed, fails no more either.
    """
    if began_at is None:
        return False
    asked = any(at is not None and at >= began_at for at in (source.checked_at, source.failed_at))
    return asked or (source.due_at is not None and source.due_at > began_at)


def _flags(session: Session, outlet: str, now: datetime) -> list[OutletFlag]:
    columns = (getattr(Flag, one.name) for one in fields(OutletFlag))
    lately = or_(Flag.cleared_at.is_(None), Flag.cleared_at >= now - _FURTHEST)
    query = select(*columns).where(Flag.outlet == outlet, lately).order_by(Flag.id)
    return [OutletFlag(*row) for row in session.execute(query)]


def _runs(session: Session, outlet: str) -> tuple[RunFacts, datetime | None]:
    """And when the last run that ended began."""
    columns = (Run.state, Run.message, Run.started_at, Run.until)
    query = select(*columns).where(Run.outlet == outlet).order_by(Run.id.desc())
    ended = session.execute(query.where(Run.state.in_(_ENDED)).limit(_RUNS)).all()
    if not ended:
        return RunFacts(), None
    # What is published while a run goes on is the next one's to see.
    whole = session.execute(query.where(Run.state == "finished", Run.until.is_(None)).limit(1)).one_or_none()
    failed = next((place for place, run in enumerate(ended) if run.state not in {"failed", "killed"}), len(ended))
    last = ended[0]
    return RunFacts(last.state, last.message, failed, whole.started_at if whole else None), last.started_at


def _published(session: Session, outlet: str, start: datetime, until: datetime | None) -> Sequence[int]:
    """Articles by publication in the quarters of a day before ``until``, the latest first."""
    if until is None or until <= start:
        return ()
    quarters = -(-int((until - start).total_seconds()) // _QUARTER_S)
    begin = until - quarters * QUARTER
    seconds: ColumnElement[int] = extract("epoch", StoredArticle.published_at)  # SQLite's are whole
    if session.get_bind().dialect.name == "postgresql":
        seconds = cast(func.floor(seconds), BigInteger)
    place = ((seconds - int(begin.timestamp())) // _QUARTER_S).label("place")
    query = (
        select(place, func.count())
        .where(StoredArticle.outlet == outlet, StoredArticle.published_at >= begin, StoredArticle.published_at < until)
        .group_by("place")  # by name: PostgreSQL takes equal bound numbers for different ones
    )
    counts = [0] * quarters
    for quarter, articles in session.execute(query):
        counts[quarters - 1 - min(max(int(quarter), 0), quarters - 1)] += articles
    return counts


def _sources(session: Session, outlet: str, began_at: datetime | None) -> list[SourceFacts]:
    return [
        SourceFacts(**{field.name: getattr(source, field.name) for field in fields(SourceFacts)})
        for source in find_sources(session, [outlet])
        if still_polled(source, began_at)
    ]


def _hosts(session: Session, outlet: str, now: datetime) -> list[HostFacts]:
    """Those that are asked still: a domain that the declaration has left says nothing any more."""
    columns = (HostState.host, HostState.robots_forbids, HostState.changed_at)
    asked = HostState.checked_at >= now - _HOSTS_COUNT
    rows = session.execute(select(*columns).where(HostState.outlet == outlet, asked).order_by(HostState.host))
    return [HostFacts(*row) for row in rows]


def _gaps(session: Session, outlet: str, now: datetime) -> list[GapFacts]:
    """Those found lately that other sources have not filled."""
    query = (
        select(Source.url, Gap.found_at, Gap.since, Gap.estimate - Gap.recovered)
        .join(Source, Source.id == Gap.source_id)
        .where(Gap.outlet == outlet, Gap.found_at >= now - _GAPS_COUNT)
        .where(Gap.closed_at.is_(None), Gap.estimate > Gap.recovered)
        .order_by(Gap.id)
    )
    return [GapFacts(*row) for row in session.execute(query)]
