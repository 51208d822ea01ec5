"""URLs to be fetched: those left over from earlier runs, and those that were decided and are looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from core.models import Candidate, Reason
from core.scheduling.boundary import DAY_TOLERANCE, Boundary
from database.ledger import hints
from database.schema import Url, UrlEvent

TRIED_AGAIN = ("failed", "rejected")  # those of them that have a ``next_attempt_at``
_ADDRESS = (Reason.OFF_SITE, Reason.NOT_ARTICLE_URL)


# A page that answers 404 or 410 is looked for so often, with so long a pause, while sources go on naming it.
_MAX_GONE, _GONE_PAUSE = 3, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """A URL to fetch.

    Attributes:
        candidate: all that sources said of it.
        attempts: how often fetching it failed.
        boundary: the one that admitted it; the page's own date is to be measured by this, not by the running run's,
            which may finish the work of one that looked further back.
    """

    url_id: int
    url: str
    candidate: Candidate
    attempts: int
    boundary: Boundary


def pending(row: Url) -> Pending:
    """The row as what it is when it is to be fetched."""
    boundary = Boundary(row.admitted_since, row.admitted_until)
    return Pending(row.id, row.url, hints.candidate(row), row.attempts, boundary)


def resume(session: Session, run_id: int, outlet: str, boundary: Boundary, now: datetime) -> list[Pending]:
    """What is left over for this run, newest first (design §4, rule 4).

    That is what is pending since earlier runs, what failed or was an error page and is due again, and what was rejected
    for its age while the boundary was another one; the latter two become pending.
    """
    ours = select(Url).where(Url.outlet == outlet).order_by(Url.id)
    waiting = session.scalars(ours.where(Url.state == "pending")).all()
    due = session.scalars(ours.where(Url.state.in_(TRIED_AGAIN), Url.next_attempt_at <= now)).all()
    again = [row for row in session.scalars(ours.where(*_nearly_within(boundary))) if admits(boundary, row)]
    for row in due:
        make_pending(row, Boundary(row.admitted_since, row.admitted_until))
    for row in again:
        make_pending(row, boundary)
    tell_reopened(session, due, run_id, "due again", now)
    tell_reopened(session, again, run_id, "within the boundary now", now)
    return sorted(map(pending, [*waiting, *due, *again]), key=_newest_first)


def refused_unseen(row: Url) -> bool:
    """Whether the row was rejected for what a later source or run may see differently, its age or its address.

    An address is looked at once more only if it was refused when it was first named: what was fetched and led
    elsewhere would be fetched at every poll.
    """
    if row.state != "rejected":
        return False
    return row.reason in hints.AGE or (row.reason in _ADDRESS and row.decided_at == row.first_seen_at)


def perhaps_back(row: Url, now: datetime) -> bool:
    """Whether the page was not there, a source names it still, and it is worth another look.

    Some outlets list an article minutes before its page exists.
    """
    return (
        row.state == "gone"
        and row.attempts < _MAX_GONE
        and row.decided_at is not None
        and now - row.decided_at > _GONE_PAUSE
    )


def admits(boundary: Boundary, row: Url) -> bool:
    """Whether the boundary wants the row, as far as its dates tell."""
    one = hints.candidate(row)
    return hints.screen(one.published, one.modified, boundary) is None


def _nearly_within(boundary: Boundary) -> list[ColumnElement[bool]]:
    """Rejected for its age, and by its date perhaps wanted: the exact comparison is ``hints.screen``'s."""
    at = func.coalesce(Url.published_hint, Url.modified_hint)
    rejected = [Url.state == "rejected", Url.reason.in_(hints.AGE)]
    if boundary.since is not None:
        rejected.append(at >= boundary.since - DAY_TOLERANCE)
    if boundary.until is not None:
        rejected.append(at <= boundary.until)
    return rejected


def make_pending(row: Url, boundary: Boundary) -> None:
    """Undoes the row's decision; its page is to be measured by the boundary."""
    row.state, row.reason, row.detail, row.decided_at, row.next_attempt_at = "pending", None, None, None, None
    row.admitted_since, row.admitted_until = boundary.since, boundary.until


def tell_reopened(session: Session, rows: Sequence[Url], run_id: int | None, why: str, now: datetime) -> None:
    """Adds to each row's history that it is pending again."""
    event = {"run_id": run_id, "source_id": None, "at": now, "event": "pending", "reason": None, "detail": why}
    if rows:
        session.flush()
        session.execute(insert(UrlEvent), [event | {"url_id": row.id} for row in rows])


def _newest_first(one: Pending) -> tuple[float, int]:
    """Undated ones last; ties in the order in which they were named."""
    published, modified = one.candidate.published, one.candidate.modified
    at = published.at if published else modified
    return (-at.timestamp() if at else 0.0, one.url_id)
