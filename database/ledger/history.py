"""URL events: record them, and read a URL's history and the counts per run."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.models import Reason
from core.urls import identify
from database.schema import Base, Recheck, Source, StoredArticle, Url, UrlEvent


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a URL.

    ``event`` is ``named`` (by ``source_url``; ``reason`` if refused at that), the state entered, or the result of a
    recheck: ``revised``, ``kept``, ``removed``, ``restored``, ``look failed``.
    """

    at: datetime
    event: str
    reason: str | None
    detail: str | None
    run_id: int | None
    source_url: str | None


@dataclass(frozen=True, slots=True)
class RecheckState:
    """The state of a stored article's rechecks.

    Attributes:
        looked_at: last answer of its page.
        due_at: ``None``: only if a source reports a change.
        missing_since: the first 404 or 410 in a row.
    """

    looked_at: datetime
    due_at: datetime | None
    missing_since: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class History:
    """All that the ledger knows of a URL. Instants are UTC; events oldest first.

    Attributes:
        same_as: the URL that it aliases, the one that this aliases, and so on.
        also: its own aliases.
        recheck: ``None`` without an article, or without further rechecks.
    """

    url_id: int
    url: str
    identity: str
    outlet: str
    state: str
    reason: str | None
    detail: str | None
    first_seen_at: datetime
    decided_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    title_hint: str | None
    published_hint: datetime | None
    article_id: int | None
    article_title: str | None
    revision: int | None
    removed_at: datetime | None
    recheck: RecheckState | None
    same_as: tuple[str, ...]
    also: tuple[str, ...]
    events: tuple[Event, ...]


def history(session: Session, url: str) -> History | None:
    """Return the history of ``url`` in any spelling; ``None`` if it was never named."""
    row = session.scalar(select(Url).where(Url.identity == identify(url)))
    if row is None:
        return None
    article = session.get(StoredArticle, row.article_id) if row.article_id is not None else None
    also = session.scalars(select(Url.url).where(Url.same_as_id == row.id).order_by(Url.id))
    return History(
        url_id=row.id,
        url=row.url,
        identity=row.identity,
        outlet=row.outlet,
        state=row.state,
        reason=row.reason,
        detail=row.detail,
        first_seen_at=row.first_seen_at,
        decided_at=row.decided_at,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        title_hint=row.title_hint,
        published_hint=row.published_hint,
        article_id=row.article_id,
        article_title=article.title if article else None,
        revision=article.revision if article else None,
        removed_at=article.removed_at if article else None,
        recheck=_recheck(session, row.article_id),
        same_as=_chain(session, row),
        also=tuple(also),
        events=_events(session, row.id),
    )


def counts(session: Session, *, outlet: str | None = None, run_id: int | None = None) -> dict[str, int]:
    """Count URLs by reason, or by state, e.g. ``{"stored": 40, "too-old": 7}``.

    With ``run_id``, that run's events; ``named`` counts URLs named for the first time.
    """
    if run_id is not None:
        label = func.coalesce(UrlEvent.reason, UrlEvent.event)
        query = select(label, func.count()).where(UrlEvent.run_id == run_id)
    else:
        label = func.coalesce(Url.reason, Url.state)
        query = select(label, func.count())
        if outlet is not None:
            query = query.where(Url.outlet == outlet)
    return {row[0]: row[1] for row in session.execute(query.group_by(label).order_by(label))}


def _chain(session: Session, row: Url) -> tuple[str, ...]:
    urls: list[str] = []
    seen = {row.id}
    while row.same_as_id is not None and row.same_as_id not in seen:
        seen.add(row.same_as_id)
        row = session.get_one(Url, row.same_as_id)
        urls.append(row.url)
    return tuple(urls)


def _recheck(session: Session, article_id: int | None) -> RecheckState | None:
    columns = (getattr(Recheck, field.name) for field in fields(RecheckState))
    row = session.execute(select(*columns).where(Recheck.article_id == article_id)).one_or_none()
    return RecheckState(*row) if row else None


def _events(session: Session, url_id: int) -> tuple[Event, ...]:
    found = session.execute(
        select(UrlEvent, Source.url)
        .outerjoin(Source, UrlEvent.source_id == Source.id)
        .where(UrlEvent.url_id == url_id)
        .order_by(UrlEvent.at, UrlEvent.id)
    )
    return tuple(
        Event(event.at, event.event, event.reason, event.detail, event.run_id, source_url)
        for event, source_url in found
    )


# On the table, not through the ORM: every page passes here.
_TELL = insert(Base.metadata.tables["url_events"])


def record_event(
    session: Session,
    url_id: int,
    run_id: int | None,
    event: str,
    reason: Reason | None,
    detail: str | None,
    at: datetime,
) -> None:
    told = {"url_id": url_id, "run_id": run_id, "at": at, "event": event, "reason": reason, "detail": detail}
    session.connection().execute(_TELL, told)
