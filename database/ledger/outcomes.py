"""What became of a URL: decided once, with its reason, in the transaction that stores it (design §4, rules 2 and 3)."""
# ruff: noqa: PLR0917 - one order everywhere: session, what it is about, run, outcome, moment

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crawler.items import Reason, Timestamp
from crawler.urls import identify
from database.ledger import hints
from database.ledger.admission import Pending, pending
from database.ledger.dialect import chunks, insert_new
from database.schema import Url, UrlEvent

FinalState = Literal["stored", "same-as", "rejected", "gone"]

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


def claim(session: Session, url_id: int) -> Pending | None:
    """The URL if it is still to be decided, held against other writers until the transaction ends."""
    row = session.scalar(select(Url).where(Url.id == url_id, Url.state == "pending").with_for_update())
    return None if row is None else pending(row)


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
    attempts = 1 + (session.scalar(select(Url.attempts).where(Url.id == url_id)) or 0)
    outcome = {"attempts": attempts, "next_attempt_at": retry_at(attempts, now, retry_after)}
    return attempts if _settle(session, url_id, run_id, "failed", reason, detail, now, outcome) else attempts - 1


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
    settled = (
        update(Url)
        .where(Url.id == url_id, Url.state == "pending")
        .values(state=state, reason=reason, detail=detail, decided_at=now, **values)
        .returning(Url.id)
    )
    if session.scalar(settled) is None:
        return False
    session.add(UrlEvent(url_id=url_id, run_id=run_id, at=now, event=state, reason=reason, detail=detail))
    return True
