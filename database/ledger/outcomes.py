"""What became of a URL: decided once, with its reason, in the transaction that stores it (design §4, rules 2 and 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from core.models import Reason, Timestamp
from core.scheduling.boundary import Boundary
from core.urls import identify
from database.ledger import hints
from database.ledger.events import record_event
from database.schema import Base, Url
from database.sql import chunks, insert_new

FinalState = Literal["stored", "same-as", "rejected", "gone"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A pending URL as ``claim`` gives it: as first named, and when, and the boundary that admitted it."""

    url: str
    first_seen_at: datetime
    boundary: Boundary


# From a hiccup of the site over its maintenance at night to a broken week: what still fails then stays so. A run that
# comes once a day finds the first three due together.
_PAUSES = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
MAX_ATTEMPTS = len(_PAUSES) + 1


def retry_at(attempts: int, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
    """When to try again after so many failed attempts, at the earliest when the server asked; ``None``: never."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + max(_PAUSES[attempts - 1], retry_after or timedelta(0))


# Built once, on the tables: every page passes here, and the ORM's own update and insert take four times as long.
_URLS = Base.metadata.tables["urls"]
_STILL_PENDING = (_URLS.c.id == bindparam("url_id"), _URLS.c.state == "pending")
_CLAIM = select(_URLS).where(*_STILL_PENDING).with_for_update()
_SETTLE = update(_URLS).where(*_STILL_PENDING)


def claim(session: Session, url_id: int) -> Claimed | None:
    """The URL if it is still to be decided, held against other writers until the transaction ends."""
    row = session.connection().execute(_CLAIM, {"url_id": url_id}).one_or_none()
    return (
        None if row is None else Claimed(row.url, row.first_seen_at, Boundary(row.admitted_since, row.admitted_until))
    )


def decide(
    session: Session,
    url_id: int,
    run_id: int | None,
    state: FinalState,
    reason: Reason | None,
    detail: str | None,
    now: datetime,
    *,
    article_id: int | None = None,
    same_as_id: int | None = None,
    published: Timestamp | None = None,
) -> bool:
    """Ends a pending URL; ``False``, and nothing changed, where it was decided already.

    Args:
        session: in the transaction that stores the article, if there is one.
        url_id: the ledger's row.
        run_id: the run that fetched it.
        state: the outcome.
        reason: why it is no article of its own.
        detail: the reason in words, for a person.
        now: the moment of the call.
        article_id: the article that holds it.
        same_as_id: the row that it is the same as.
        published: the page's own date, which from now on stands for what sources said.
    """
    outcome = {"article_id": article_id, "same_as_id": same_as_id, "next_attempt_at": None, **hints.columns(published)}
    if state == "gone":
        outcome["attempts"] = 1 + _attempts(session, url_id)
    elif reason == Reason.ERROR_PAGE:
        # A challenge, a login, maintenance: the page speaks of the site as it is now, not of the article.
        attempts = 1 + _attempts(session, url_id)
        outcome |= {"attempts": attempts, "next_attempt_at": retry_at(attempts, now)}
    return _settle(session, url_id, run_id, state, reason, detail, now, outcome)


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
    """Records that fetching or reading a pending URL failed; how often it has by now. See ``retry_at``."""
    attempts = 1 + _attempts(session, url_id)
    outcome = {"attempts": attempts, "next_attempt_at": retry_at(attempts, now, retry_after)}
    return attempts if _settle(session, url_id, run_id, "failed", reason, detail, now, outcome) else attempts - 1


def _attempts(session: Session, url_id: int) -> int:
    return session.scalar(select(Url.attempts).where(Url.id == url_id)) or 0


def alias(
    session: Session, url_id: int, outlet: str, url: str, run_id: int | None, now: datetime, article_id: int
) -> None:
    """Remembers a further address of a stored article (redirect target, canonical) as the same as row ``url_id``.

    An address that is stored itself, or is known to be the same as another, stays so.
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
    decide(session, other.id, run_id, "same-as", Reason.SAME_URL, None, now, article_id=article_id, same_as_id=url_id)


def all_have_reason(session: Session, url_ids: Sequence[int], reason: Reason) -> bool:
    """Whether every one of these URLs was decided with this reason."""
    ids = sorted(set(url_ids))
    matching = select(func.count()).select_from(Url).where(Url.reason == reason)
    return sum(session.scalar(matching.where(Url.id.in_(some))) or 0 for some in chunks(ids)) == len(ids)


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
    session.flush()  # what the session still holds of this row must not come after
    told = {"state": state, "reason": reason, "detail": detail}
    if not session.connection().execute(_SETTLE, {"url_id": url_id, **told, "decided_at": now, **values}).rowcount:
        return False
    record_event(session, url_id, run_id, state, reason, detail, now)
    return True
