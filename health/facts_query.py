"""Load the facts about an outlet, by a few indexed statements."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, exists, extract, func, select
from sqlalchemy.orm import Session

from core.periods import HOME
from database.ledger import SourceStatus, find_sources
from database.schema import Gap, HostState, Run, Source, StoredArticle
from health.facts import LASTING_KINDS, GapFacts, HostFacts, OutletFacts, RunFacts, SourceFacts
from health.flags import load_flags
from health.measures import QUARTER, load_quarters

# How far back the usual is learned; for a lasting flag, back from its raising.
HISTORY = timedelta(weeks=8)
_FURTHEST = timedelta(days=400)
_ENDED = ("finished", "stopped", "failed", "killed")
_RUNS = 20
_GAPS_COUNT = timedelta(days=1)
_HOSTS_COUNT = timedelta(days=7)


def read_facts(session: Session, outlet: str, now: datetime) -> OutletFacts:
    flags = load_flags(session, names=[outlet], open_since=now - _FURTHEST)
    anchor = min(
        (flag.raised_at for flag in flags if flag.cleared_at is None and flag.kind in LASTING_KINDS), default=now
    )
    start = max(anchor - HISTORY, now - _FURTHEST)
    runs, began_at = _runs(session, outlet)
    return OutletFacts(
        name=outlet,
        now=now,
        runs=runs,
        parts=load_quarters(session, outlet, start.astimezone(HOME).date()),
        published=_published(session, outlet, start, runs.succeeded_at),
        ever_stored=bool(session.scalar(select(exists().where(StoredArticle.outlet == outlet)))),
        sources=_sources(session, outlet, began_at),
        hosts=_hosts(session, outlet, now),
        gaps=_gaps(session, outlet, now),
        flags=flags,
    )


def still_polled(source: SourceStatus, began_at: datetime | None) -> bool:
    """True if the last run polled the source, or it was not due yet."""
    if began_at is None:
        return False
    asked = any(at is not None and at >= began_at for at in (source.checked_at, source.failed_at))
    return asked or (source.due_at is not None and source.due_at > began_at)


def _runs(session: Session, outlet: str) -> tuple[RunFacts, datetime | None]:
    columns = (Run.state, Run.message, Run.started_at, Run.until)
    query = select(*columns).where(Run.outlet == outlet).order_by(Run.id.desc())
    ended = session.execute(query.where(Run.state.in_(_ENDED)).limit(_RUNS)).all()
    if not ended:
        return RunFacts(), None
    # Articles published during a run are seen by the next one.
    whole = session.execute(query.where(Run.state == "finished", Run.until.is_(None)).limit(1)).one_or_none()
    failed = next((place for place, run in enumerate(ended) if run.state not in {"failed", "killed"}), len(ended))
    last = ended[0]
    return RunFacts(last.state, last.message, failed, whole.started_at if whole else None), last.started_at


def _published(session: Session, outlet: str, start: datetime, until: datetime | None) -> Sequence[int]:
    if until is None or until <= start:
        return ()
    quarters = -(-int((until - start).total_seconds()) // int(QUARTER.total_seconds()))
    begin = until - quarters * QUARTER
    counts = count_published(session, StoredArticle.outlet == outlet, begin, QUARTER, quarters)
    return counts.get(outlet, [0] * quarters)[::-1]


def count_published(
    session: Session,
    outlets: ColumnElement[bool],
    start: datetime,
    step: timedelta,
    steps: int,
    values: Mapping[str, Any] | None = None,
) -> dict[str, list[int]]:
    """Count articles by outlet in equal periods, the oldest first; reads no article.

    ``start`` is aware; ``step`` is whole seconds. Outlets without articles are left out.
    """
    seconds: ColumnElement[int] = extract("epoch", StoredArticle.published_at)  # SQLite's are whole
    if session.get_bind().dialect.name == "postgresql":
        seconds = cast(func.floor(seconds), BigInteger)
    place = ((seconds - int(start.timestamp())) // int(step.total_seconds())).label("place")
    query = (
        select(StoredArticle.outlet, place, func.count())
        .where(outlets, StoredArticle.published_at >= start, StoredArticle.published_at < start + steps * step)
        .group_by(StoredArticle.outlet, "place")  # by name: PostgreSQL takes equal bound numbers for different ones
    )
    counts: dict[str, list[int]] = {}
    for outlet, period, articles in session.execute(query, values or {}):
        # Seconds are cut off, so that an article may fall just beyond either end.
        counts.setdefault(str(outlet), [0] * steps)[min(max(int(period), 0), steps - 1)] += articles
    return counts


def _sources(session: Session, outlet: str, began_at: datetime | None) -> list[SourceFacts]:
    return [
        SourceFacts(**{field.name: getattr(source, field.name) for field in fields(SourceFacts)})
        for source in find_sources(session, [outlet])
        if still_polled(source, began_at)
    ]


def _hosts(session: Session, outlet: str, now: datetime) -> list[HostFacts]:
    """Load the hosts checked lately: hosts of an older declaration count no more."""
    columns = (HostState.host, HostState.robots_forbids, HostState.changed_at)
    asked = HostState.checked_at >= now - _HOSTS_COUNT
    rows = session.execute(select(*columns).where(HostState.outlet == outlet, asked).order_by(HostState.host))
    return [HostFacts(*row) for row in rows]


def _gaps(session: Session, outlet: str, now: datetime) -> list[GapFacts]:
    query = (
        select(Source.url, Gap.found_at, Gap.since, Gap.estimate - Gap.recovered)
        .join(Source, Source.id == Gap.source_id)
        .where(Gap.outlet == outlet, Gap.found_at >= now - _GAPS_COUNT)
        .where(Gap.closed_at.is_(None), Gap.estimate > Gap.recovered)
        .order_by(Gap.id)
    )
    return [GapFacts(*row) for row in session.execute(query)]
