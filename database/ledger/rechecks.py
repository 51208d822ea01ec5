"""Rechecks of young articles: which are due, and the effect of each answer.

A row of ``rechecks`` is the next recheck of an article younger than ``YOUNG``, or of a removed one. ``due_at`` moves
only in the transaction that stores the answer: a run that is killed has rechecked nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.models import Candidate, Reason
from core.scheduling import rechecks
from core.scheduling.rechecks import A_DAY, YOUNG, RecheckState, age_starts_at, next_recheck
from database.ledger import hints
from database.ledger.history import record_event
from database.schema import Base, Recheck, Url
from database.sql import chunks


class PageValidators(NamedTuple):
    """The validators of an article page's answer."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class DueRecheck:
    """A stored article to fetch again, with the validators of its last answer.

    ``candidate``: all that sources said of it; the page must be read as it was the first time.
    """

    article_id: int
    url_id: int
    url: str
    candidate: Candidate
    etag: str | None
    last_modified: str | None


_RECHECKS, _ARTICLES, _URLS = (Base.metadata.tables[name] for name in ("rechecks", "articles", "urls"))
_BIRTH = (_ARTICLES.c.published_at, _ARTICLES.c.published_precision, _ARTICLES.c.first_seen_at)
_WITH_ARTICLE = select(_RECHECKS, *_BIRTH, _ARTICLES.c.removed_at).join(
    _ARTICLES, _ARTICLES.c.id == _RECHECKS.c.article_id
)
_BY_URL = _WITH_ARTICLE.where(_RECHECKS.c.url_id == bindparam("url_id"))
_PLAN = insert(_RECHECKS)
_CHANGE = update(_RECHECKS).where(_RECHECKS.c.article_id == bindparam("its_id"))
_FORGET = delete(_RECHECKS).where(_RECHECKS.c.article_id == bindparam("its_id"))
_REMOVE = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("its_id"))


def plan_recheck(
    session: Session,
    article_id: int,
    url_id: int,
    outlet: str,
    born_at: datetime,
    now: datetime,
    validators: PageValidators,
) -> None:
    if now - born_at > YOUNG:
        return
    row = _row(article_id, url_id, outlet, looked_at=now, due_at=next_recheck(born_at, now))
    session.connection().execute(_PLAN, row | validators._asdict())


def due_rechecks(session: Session, outlet: str, now: datetime) -> list[DueRecheck]:
    """Return the due rechecks, newest article first.

    Also drops too old articles and adds young ones that an older program stored.
    """
    _forget_old(session, outlet, now)
    _adopt(session, outlet, now)
    query = (
        select(Recheck, Url)
        .join(Url, Url.id == Recheck.url_id)
        .join(_ARTICLES, _ARTICLES.c.id == Recheck.article_id)
        .where(Recheck.outlet == outlet, Recheck.due_at <= now)
        .order_by(func.coalesce(_ARTICLES.c.published_at, _ARTICLES.c.first_seen_at).desc(), Recheck.article_id.desc())
        .execution_options(populate_existing=True)
    )
    return [
        DueRecheck(row.article_id, url.id, url.url, hints.candidate(url), row.etag, row.last_modified)
        for row, url in session.execute(query)
    ]


def record_recheck_unchanged(session: Session, url_id: int, run_id: int | None, now: datetime) -> bool:
    """Save that nothing changed (304). ``True``: the article was removed and is back."""
    return _answered(session, url_id, run_id, now, {}, changed=False)


def record_recheck(
    session: Session,
    url_id: int,
    run_id: int | None,
    now: datetime,
    validators: PageValidators,
    *,
    change: str | None = None,
) -> bool:
    """Save that the page came. ``True``: the article was removed and is back.

    ``change`` summarises its changes, if any.
    """
    if change is not None:
        record_event(session, url_id, run_id, "revised", None, change, now)
    return _answered(session, url_id, run_id, now, validators._asdict(), changed=change is not None)


def record_recheck_rejected(
    session: Session, url_id: int, run_id: int | None, reason: Reason, detail: str | None, now: datetime
) -> None:
    """Save that the answer does not replace the article; a removed one stays so."""
    record_event(session, url_id, run_id, "kept", reason, detail, now)
    state = _state(session, url_id)
    if state is not None and state.removed_at is not None:
        _change(session, state, rechecks.after_removal(state.removed_at, now))
    elif state is not None:
        # The validators stay those of the kept version: they show when the page has it again.
        _change(session, state, rechecks.after_answer(state, now, changed=False))


def record_recheck_missing(session: Session, url_id: int, run_id: int | None, status: int, now: datetime) -> bool:
    """Save a 404 or 410. ``True``: the article counts as removed from now on.

    That takes a second one, a day later: one may be a slip of the site's.
    """
    state = _state(session, url_id)
    if state is None:
        return False
    if state.removed_at is not None:
        _change(session, state, rechecks.after_removal(state.removed_at, now))
        return False
    since = state.missing_since
    if since is None:
        record_event(session, url_id, run_id, "missing", None, f"HTTP {status}", now)
    if since is None or now - since < A_DAY:
        _change(session, state, rechecks.after_missing(state, now))
        return False
    record_event(session, url_id, run_id, "removed", None, f"HTTP {status}, also on {since:%Y-%m-%d %H:%M} UTC", now)
    session.connection().execute(_REMOVE, {"its_id": state.article_id, "removed_at": now})
    _change(session, state, rechecks.after_removal(now, now))
    return True


def fail_recheck(
    session: Session,
    url_id: int,
    run_id: int | None,
    reason: Reason,
    detail: str | None,
    now: datetime,
    *,
    retry_after: timedelta | None = None,
) -> None:
    """Save that no answer came; retry soon, after some failures at the next age."""
    record_event(session, url_id, run_id, "look failed", reason, detail, now)
    state = _state(session, url_id)
    if state is not None:
        _change(session, state, rechecks.after_failure(state, now, retry_after))


def bring_forward_rechecks(session: Session, changed: Mapping[int, datetime], now: datetime) -> int:
    """Make articles due that a source reports as changed; return how many are due now.

    Sources whose dates led to several rechecks without a change are ignored. A recheck comes an hour after the last
    answer at the earliest, of a removed article a day. ``changed``: ledger ids, each with the last possible moment of
    the change. Call it in the transaction that saves the source's dates, so that each counts once.
    """
    due = 0
    for chunk in chunks(sorted(changed)):
        # In the same order in every process, so that two writers cannot deadlock.
        query = _WITH_ARTICLE.where(_RECHECKS.c.url_id.in_(chunk)).order_by(_RECHECKS.c.article_id)
        for row in session.execute(query).all():
            state = _of(row)
            at = rechecks.prompted_recheck(state, changed[row.url_id], now)
            if at is not None:
                _change(session, state, {"due_at": at})
                due += at <= now
    return due


def _answered(
    session: Session, url_id: int, run_id: int | None, now: datetime, validators: Mapping[str, Any], *, changed: bool
) -> bool:
    state = _state(session, url_id)
    if state is None:
        return False
    back = state.removed_at is not None
    if back:
        record_event(session, url_id, run_id, "restored", None, None, now)
        session.connection().execute(_REMOVE, {"its_id": state.article_id, "removed_at": None})
    _change(session, state, {**rechecks.after_answer(state, now, changed=changed or back), **validators})
    return back


def _forget_old(session: Session, outlet: str, now: datetime) -> None:
    limit = now - YOUNG
    perhaps = or_(_ARTICLES.c.published_at < limit, _ARTICLES.c.first_seen_at < limit)
    query = _WITH_ARTICLE.where(_RECHECKS.c.outlet == outlet, _RECHECKS.c.due_at.is_(None), perhaps)
    old = [{"its_id": row.article_id} for row in session.execute(query) if _of(row).born_at < limit]
    if old:
        session.connection().execute(_FORGET, old)


def _adopt(session: Session, outlet: str, now: datetime) -> None:
    """Insert rechecks of young articles at their next age; all at once would be many."""
    query = (
        select(_ARTICLES.c.id, _URLS.c.id.label("url_id"), _ARTICLES.c.fetched_at, *_BIRTH)
        .join(_URLS, (_URLS.c.article_id == _ARTICLES.c.id) & (_URLS.c.state == "stored"))
        .outerjoin(_RECHECKS, _RECHECKS.c.article_id == _ARTICLES.c.id)
        .where(_ARTICLES.c.outlet == outlet, _ARTICLES.c.published_at > now - YOUNG)
        .where(_ARTICLES.c.fetched_at.is_not(None), _ARTICLES.c.removed_at.is_(None), _RECHECKS.c.article_id.is_(None))
    )
    found = {row.id: (row, age_starts_at(*row[3:])) for row in session.execute(query)}
    rows = [
        _row(row.id, row.url_id, outlet, looked_at=row.fetched_at, due_at=next_recheck(born_at, now))
        for row, born_at in found.values()
        if now - born_at <= YOUNG
    ]
    if rows:
        session.connection().execute(_PLAN, rows)


def _row(article_id: int, url_id: int, outlet: str, *, looked_at: datetime, due_at: datetime | None) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "url_id": url_id,
        "outlet": outlet,
        "due_at": due_at,
        "looked_at": looked_at,
        "prompted": 0,
        "failures": 0,
    }


def _state(session: Session, url_id: int) -> RecheckState | None:
    row = session.connection().execute(_BY_URL, {"url_id": url_id}).one_or_none()
    return None if row is None else _of(row)


def _of(row: Row[Any]) -> RecheckState:
    return RecheckState(
        row.article_id,
        age_starts_at(row.published_at, row.published_precision, row.first_seen_at),
        row.removed_at,
        row.due_at,
        row.looked_at,
        row.prompted,
        row.failures,
        row.missing_since,
    )


def _change(session: Session, state: RecheckState, values: Mapping[str, Any] | None) -> None:
    if values is None:
        session.connection().execute(_FORGET, {"its_id": state.article_id})
    else:
        session.connection().execute(_CHANGE, {"its_id": state.article_id, **values})
