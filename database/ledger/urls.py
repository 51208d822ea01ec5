"""A URL's way from pending to decided, and back to pending.

Design §4, rules 2 to 4: a URL is decided once, with its reason, in the transaction that stores its article.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from core.models import Candidate, Reason, Timestamp
from core.scheduling.backoff import next_attempt_at
from core.scheduling.boundary import DAY_TOLERANCE, Boundary
from core.urls import identify
from database.ledger import hints
from database.ledger.history import record_event
from database.schema import Base, Url, UrlEvent
from database.sql import chunks, insert_new

FinalState = Literal["stored", "same-as", "rejected", "gone"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A pending URL as ``claim`` returns it, with the boundary that admitted it."""

    url: str
    first_seen_at: datetime
    boundary: Boundary


# From a hiccup of the site over nightly maintenance to a broken week; after that a URL stays failed. A daily run finds
# the first three due together.
_PAUSES = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
MAX_ATTEMPTS = len(_PAUSES) + 1


def retry_at(attempts: int, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
    """Return when to retry after so many failures, or ``None``: never."""
    return next_attempt_at(_PAUSES, attempts, now, retry_after)


# Built once, on the tables: every page passes here, and the ORM's own update and insert take four times as long.
_URLS = Base.metadata.tables["urls"]
_STILL_PENDING = (_URLS.c.id == bindparam("url_id"), _URLS.c.state == "pending")
_CLAIM = select(_URLS).where(*_STILL_PENDING).with_for_update()
_SETTLE = update(_URLS).where(*_STILL_PENDING)


def claim(session: Session, url_id: int) -> Claimed | None:
    """Return the URL if it is still pending, locked until the transaction ends."""
    row = session.connection().execute(_CLAIM, {"url_id": url_id}).one_or_none()
    return (
        None if row is None else Claimed(row.url, row.first_seen_at, Boundary(row.admitted_since, row.admitted_until))
    )


@dataclass(frozen=True, slots=True)
class UrlOutcome:
    """The end of a pending URL.

    Attributes:
        reason: why it is no article of its own; ``detail`` for a person.
        same_as_id: the row that it aliases.
        published: the page's own date; it replaces the sources'.
    """

    state: FinalState
    reason: Reason | None = None
    detail: str | None = None
    article_id: int | None = None
    same_as_id: int | None = None
    published: Timestamp | None = None


def decide(session: Session, url_id: int, run_id: int | None, outcome: UrlOutcome, now: datetime) -> bool:
    """End a pending URL, as its article is stored; ``False``: it was decided already."""
    values = {
        "article_id": outcome.article_id,
        "same_as_id": outcome.same_as_id,
        "next_attempt_at": None,
        **hints.columns(outcome.published),
    }
    if outcome.state == "gone":
        values["attempts"] = 1 + _attempts(session, url_id)
    elif outcome.reason == Reason.ERROR_PAGE:
        # A challenge, a login, maintenance: the page speaks of the site as it is now, not of the article.
        attempts = 1 + _attempts(session, url_id)
        values |= {"attempts": attempts, "next_attempt_at": retry_at(attempts, now)}
    return _settle(session, url_id, run_id, outcome.state, outcome.reason, outcome.detail, now, values)


def fail(
    session: Session,
    url_id: int,
    run_id: int | None,
    reason: Reason,
    detail: str | None,
    now: datetime,
    *,
    retry_after: timedelta | None = None,
) -> int:
    """Save that a pending URL failed; return its failures so far (see ``retry_at``)."""
    attempts = 1 + _attempts(session, url_id)
    outcome = {"attempts": attempts, "next_attempt_at": retry_at(attempts, now, retry_after)}
    return attempts if _settle(session, url_id, run_id, "failed", reason, detail, now, outcome) else attempts - 1


def _attempts(session: Session, url_id: int) -> int:
    return session.scalar(select(Url.attempts).where(Url.id == url_id)) or 0


def alias(
    session: Session, url_id: int, outlet: str, url: str, run_id: int | None, now: datetime, article_id: int
) -> None:
    """Save another address of a stored article (redirect target, canonical).

    An address that is stored itself, or aliases another row, stays as it is.
    """
    row = {
        "identity": identify(url),
        "url": url,
        "outlet": outlet,
        "state": "pending",
        "first_seen_at": now,
        "attempts": 0,
    }
    session.execute(insert_new(session, Url), [row])
    other = session.scalars(select(Url).where(Url.identity == row["identity"]).with_for_update()).one()
    if other.id == url_id or other.article_id is not None:
        return
    if other.state != "pending":
        other.state = "pending"
        session.flush()
    decide(
        session, other.id, run_id, UrlOutcome("same-as", Reason.SAME_URL, article_id=article_id, same_as_id=url_id), now
    )


def all_have_reason(session: Session, url_ids: Sequence[int], reason: Reason) -> bool:
    ids = sorted(set(url_ids))
    matching = select(func.count()).select_from(Url).where(Url.reason == reason)
    return sum(session.scalar(matching.where(Url.id.in_(chunk))) or 0 for chunk in chunks(ids)) == len(ids)


def _settle(
    session: Session,
    url_id: int,
    run_id: int | None,
    state: str,
    reason: Reason | None,
    detail: str | None,
    now: datetime,
    values: dict[str, Any],
) -> bool:
    session.flush()  # pending changes of this row in the session must not come after
    row = {"url_id": url_id, "state": state, "reason": reason, "detail": detail, "decided_at": now, **values}
    if not session.connection().execute(_SETTLE, row).rowcount:
        return False
    record_event(session, url_id, run_id, state, reason, detail, now)
    return True


TRIED_AGAIN = ("failed", "rejected")  # states that may have a ``next_attempt_at``
_ADDRESS = (Reason.OFF_SITE, Reason.NOT_ARTICLE_URL)


# How often a missing page (404, 410) is fetched while sources name it, and the pause between.
_MAX_GONE, _GONE_PAUSE = 3, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """A URL to fetch.

    ``attempts`` failed. ``boundary`` admitted it; a run may finish the work of one that looked further back.
    """

    url_id: int
    url: str
    candidate: Candidate
    attempts: int
    boundary: Boundary


def pending(row: Url) -> Pending:
    boundary = Boundary(row.admitted_since, row.admitted_until)
    return Pending(row.id, row.url, hints.candidate(row), row.attempts, boundary)


def resume(session: Session, run_id: int, outlet: str, boundary: Boundary, now: datetime) -> list[Pending]:
    """Make the outlet's unfinished URLs pending (rule 4); return them, newest first."""
    ours = select(Url).where(Url.outlet == outlet).order_by(Url.id)
    waiting = session.scalars(ours.where(Url.state == "pending")).all()
    due = session.scalars(ours.where(Url.state.in_(TRIED_AGAIN), Url.next_attempt_at <= now)).all()
    again = [row for row in session.scalars(ours.where(*_nearly_within(boundary))) if admits(boundary, row)]
    for row in due:
        make_pending(row, Boundary(row.admitted_since, row.admitted_until))
    for row in again:
        make_pending(row, boundary)
    record_reopened(session, due, run_id, "due again", now)
    record_reopened(session, again, run_id, "within the boundary now", now)
    return sorted(map(pending, [*waiting, *due, *again]), key=_newest_first)


def may_be_reconsidered(row: Url) -> bool:
    """Return True if a later source or run may judge the rejected row differently.

    For its address only if refused when first named; others would be fetched at every poll.
    """
    if row.state != "rejected":
        return False
    return row.reason in hints.AGE or (row.reason in _ADDRESS and row.decided_at == row.first_seen_at)


def may_be_back(row: Url, now: datetime) -> bool:
    """Return True if a missing page that a source still names is worth another try.

    Some outlets list an article minutes before its page exists.
    """
    return (
        row.state == "gone"
        and row.attempts < _MAX_GONE
        and row.decided_at is not None
        and now - row.decided_at > _GONE_PAUSE
    )


def admits(boundary: Boundary, row: Url) -> bool:
    one = hints.candidate(row)
    return hints.screen(one.published, one.modified, boundary) is None


def _nearly_within(boundary: Boundary) -> list[ColumnElement[bool]]:
    """Select URLs rejected for their age that may be wanted; ``hints.screen`` decides."""
    at = func.coalesce(Url.published_hint, Url.modified_hint)
    rejected = [Url.state == "rejected", Url.reason.in_(hints.AGE)]
    if boundary.since is not None:
        rejected.append(at >= boundary.since - DAY_TOLERANCE)
    if boundary.until is not None:
        rejected.append(at <= boundary.until)
    return rejected


def make_pending(row: Url, boundary: Boundary) -> None:
    row.state, row.reason, row.detail, row.decided_at, row.next_attempt_at = "pending", None, None, None, None
    row.admitted_since, row.admitted_until = boundary.since, boundary.until


def record_reopened(session: Session, rows: Sequence[Url], run_id: int | None, why: str, now: datetime) -> None:
    event = {"run_id": run_id, "source_id": None, "at": now, "event": "pending", "reason": None, "detail": why}
    if rows:
        session.flush()
        session.execute(insert(UrlEvent), [event | {"url_id": row.id} for row in rows])


def _newest_first(one: Pending) -> tuple[float, int]:
    """Return the sort key: newest first, undated last, ties in the order of naming."""
    published, modified = one.candidate.published, one.candidate.modified
    at = published.at if published else modified
    return (-at.timestamp() if at else 0.0, one.url_id)
