"""The runs of an outlet, and how far back the next one must go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from core.paging import Page, page_of
from core.scheduling.boundary import Boundary
from database import ledger
from database.ledger.sources import retire_unpolled
from database.schema import EndState, Run, StoredArticle, Url, UrlEvent


def start_run(session: Session, outlet: str, boundary: Boundary, now: datetime, *, round_id: int | None = None) -> int:
    """Insert a running run and return its id.

    The caller holds the outlet's lock, so runs that seem to be running were killed.
    """
    session.execute(
        update(Run).where(Run.outlet == outlet, Run.state == "running").values(state="killed", finished_at=now)
    )
    period = {"since": boundary.since, "until": boundary.until}
    run = Run(outlet=outlet, started_at=now, state="running", counts={}, round_id=round_id, **period)
    session.add(run)
    session.flush()
    return run.id


def is_open(session: Session, run_id: int) -> bool:
    return session.scalar(select(Run.finished_at).where(Run.id == run_id)) is None


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of a run; ``received`` in bytes."""

    state: EndState
    counts: Mapping[str, int] = field(default_factory=dict)
    message: str | None = None
    requests: int = 0
    received: int = 0


def finish_run(session: Session, run_id: int, end: RunEnd, now: datetime) -> None:
    values = {
        "state": end.state,
        "counts": dict(end.counts),
        "message": end.message,
        "finished_at": now,
        "requests": end.requests,
        "bytes": end.received,
    }
    session.execute(update(Run).where(Run.id == run_id).values(**values))
    if end.state == "finished":
        run = session.get_one(Run, run_id)
        retire_unpolled(session, run.outlet, run.started_at, now)


def newest_published(session: Session, outlet: str, *, origin: str | None = None) -> datetime | None:
    """Return the newest publication (UTC); ``origin``: crawl or seed, ``None``: any."""
    newest = select(func.max(StoredArticle.published_at)).where(StoredArticle.outlet == outlet)
    if origin is not None:
        newest = newest.where(StoredArticle.origin == origin)
    return session.scalar(newest)


def unfinished_since(session: Session, outlet: str) -> datetime | None:
    """Return how far back incomplete runs since the last complete one looked.

    A killed run may have stored the newest articles without the older ones. Runs with an ``until`` are not resumed.
    ``None``: nothing is left over.
    """
    ended = select(func.max(Run.id)).where(Run.outlet == outlet, Run.state == "finished", Run.until.is_(None))
    left = select(func.min(Run.since)).where(
        Run.outlet == outlet,
        Run.until.is_(None),
        Run.state.in_(("stopped", "failed", "killed", "running")),
        Run.id > func.coalesce(ended.scalar_subquery(), 0),
    )
    return session.scalar(left)


# An event's number, then a ``Decision``.
_DECIDED: tuple[Any, ...] = (
    UrlEvent.id, UrlEvent.at, UrlEvent.event, UrlEvent.reason, UrlEvent.detail, Url.url, Url.article_id,
    StoredArticle.title,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """An event of a URL in a run; ``event`` as in ``database.ledger.history.Event``."""

    at: datetime
    event: str
    reason: str | None
    detail: str | None
    url: str
    article_id: int | None
    title: str | None


def find_runs(
    session: Session, *, outlet: str | None = None, state: str | None = None, limit: int, after: int | None = None
) -> Page[Run, int]:
    """Return runs older than run ``after``, the newest first."""
    conditions: list[ColumnElement[bool]] = []
    if outlet is not None:
        conditions.append(Run.outlet == outlet)
    if state is not None:
        conditions.append(Run.state == state)
    total = session.scalars(select(func.count()).select_from(Run).where(*conditions)).one()
    query = select(Run).where(*conditions).order_by(Run.id.desc()).limit(limit + 1)
    runs = session.scalars(query if after is None else query.where(Run.id < after)).all()
    return page_of(runs, total, limit, lambda run: run.id)


def outcomes(session: Session, run_id: int) -> Mapping[str, int]:
    """Count the run's URLs by outcome, most frequent first."""
    counts = ledger.counts(session, run_id=run_id)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def decisions(
    session: Session, run_id: int, *, outcome: str | None = None, limit: int, after: int = 0
) -> Page[Decision, int]:
    """Return the events of a run after event ``after``, in order.

    ``outcome``: one of ``outcomes``; ``None``: all but the mere naming of a URL.
    """
    conditions = (UrlEvent.run_id == run_id, _has_outcome(outcome))
    total = session.scalars(select(func.count()).select_from(UrlEvent).where(*conditions)).one()
    query = (
        select(*_DECIDED)
        .join(Url, Url.id == UrlEvent.url_id)
        .outerjoin(StoredArticle, StoredArticle.id == Url.article_id)
        .where(*conditions, UrlEvent.id > after)
        .order_by(UrlEvent.id)
        .limit(limit + 1)
    )
    page = page_of(session.execute(query).all(), total, limit, lambda row: int(row.id))
    return Page([Decision(*columns) for _, *columns in page.items], total, page.after)


def _has_outcome(outcome: str | None) -> ColumnElement[bool]:
    if outcome is None:
        return or_(UrlEvent.event != "named", UrlEvent.reason.is_not(None))
    return func.coalesce(UrlEvent.reason, UrlEvent.event) == outcome
