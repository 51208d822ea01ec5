"""Reading the runs: which there were, how they ended, and what became of the URLs that one had in hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from database import ledger
from database.schema import Run, StoredArticle, Url, UrlEvent

# An event's number, then a ``Decision``.
_DECIDED: tuple[Any, ...] = (
    UrlEvent.id, UrlEvent.at, UrlEvent.event, UrlEvent.reason, UrlEvent.detail, Url.url, Url.article_id,
    StoredArticle.title,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Runs:
    """Some runs, the newest first, and how many there are in all.

    Attributes:
        after: what ``find_runs`` takes to go on; ``None`` at the end.
    """

    total: int
    runs: list[Run]
    after: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What happened to a URL in a run.

    Attributes:
        event: as in ``database.ledger.Event``.
        article_id: the article that it is, if it is one; ``title`` is that article's.
    """

    at: datetime
    event: str
    reason: str | None
    detail: str | None
    url: str
    article_id: int | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """Some of what happened in a run, in order.

    Attributes:
        after: what ``decisions`` takes to go on; ``None`` at the end.
    """

    decisions: list[Decision]
    after: int | None


def find_runs(
    session: Session, *, outlet: str | None = None, state: str | None = None, limit: int, after: int | None = None
) -> Runs:
    """The runs, the newest first.

    Args:
        session: of either database; it is only read.
        outlet: only its runs.
        state: running, finished, stopped, failed or killed.
        limit: how many at most.
        after: only those older than this one.
    """
    wanted: list[ColumnElement[bool]] = []
    if outlet is not None:
        wanted.append(Run.outlet == outlet)
    if state is not None:
        wanted.append(Run.state == state)
    total = session.scalars(select(func.count()).select_from(Run).where(*wanted)).one()
    page = select(Run).where(*wanted).order_by(Run.id.desc()).limit(limit + 1)
    runs = list(session.scalars(page if after is None else page.where(Run.id < after)))
    return Runs(total, runs[:limit], runs[limit - 1].id if len(runs) > limit else None)


def outcomes(session: Session, run_id: int) -> Mapping[str, int]:
    """How many URLs each thing happened to in this run, most first; URLs that were only named are in ``named``."""
    counts = ledger.counts(session, run_id=run_id)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def decisions(session: Session, run_id: int, *, outcome: str | None = None, limit: int, after: int = 0) -> Decisions:
    """What happened to URLs in a run, in order.

    Args:
        session: of either database; it is only read.
        run_id: the run.
        outcome: only this one of its ``outcomes``; if not given, all but that a source merely named a URL.
        limit: how many at most.
        after: only what came after this.
    """
    rows = session.execute(_decisions(run_id, outcome).where(UrlEvent.id > after).limit(limit + 1)).all()
    return Decisions([Decision(*one) for _, *one in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None)


def _decisions(run_id: int, outcome: str | None) -> Select[Any]:
    statement = (
        select(*_DECIDED)
        .join(Url, Url.id == UrlEvent.url_id)
        .outerjoin(StoredArticle, StoredArticle.id == Url.article_id)
        .where(UrlEvent.run_id == run_id)
        .order_by(UrlEvent.id)
    )
    if outcome is None:
        return statement.where(or_(UrlEvent.event != "named", UrlEvent.reason.is_not(None)))
    return statement.where(func.coalesce(UrlEvent.reason, UrlEvent.event) == outcome)
