"""Enter a source's candidates into the ledger, each URL once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Candidate, Reason
from core.scheduling.boundary import Boundary
from core.scheduling.polling import PollHints
from core.urls import identify
from database.ledger import hints
from database.ledger.gaps import GapView
from database.ledger.rechecks import bring_forward_rechecks
from database.ledger.sources import Link, Validators, record_listing, record_read, register_children
from database.ledger.urls import (
    Pending,
    admits,
    make_pending,
    may_be_back,
    may_be_reconsidered,
    pending,
    record_reopened,
)
from database.schema import Source, Url, UrlEvent
from database.sql import chunks, insert_new

_ANY_PACE = PollHints()


@dataclass(frozen=True, slots=True)
class Admission:
    """The result of admitting a source's candidates.

    Attributes:
        admitted: URLs to fetch, in the source's order.
        named: different articles; ``known`` of these were in the ledger.
        too_old: by their dates.
        fresh: not too old and not named at the end of this listing's last complete walk (other sources: unknown). A
            walk goes on while a page has any.
        rechecks_due: by the source's dates.
        gap: articles perhaps listed and dropped since its last answer.
    """

    admitted: list[Pending]
    named: int
    known: int
    too_old: int
    fresh: int
    rechecks_due: int
    gap: GapView | None = None


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """One answer of a source.

    Attributes:
        validators: ``None`` keeps the old ones.
        refused: URLs that can be no articles of this outlet, with the reason.
        page: of a walked listing, from 1; only the first shows new articles and gaps. ``None``: no walk.
    """

    candidates: Iterable[Candidate]
    validators: Validators | None = None
    children: Sequence[Link] = ()
    refused: Iterable[tuple[Candidate, Reason]] = ()
    page: int | None = None


def admit(
    session: Session,
    run_id: int | None,
    source_id: int,
    answer: SourceAnswer,
    boundary: Boundary,
    now: datetime,
    *,
    pace: PollHints = _ANY_PACE,
) -> Admission:
    """Enter one answer of a source, in the caller's transaction (rule 1)."""
    source = session.get_one(Source, source_id)
    named_candidates = _by_identity(answer.candidates)
    refused_candidates = _by_identity(candidate for candidate, _ in answer.refused)
    reasons = {identify(candidate.url): reason for candidate, reason in answer.refused}
    known = _rows(session, [*named_candidates, *refused_candidates])
    rows = [_row(key, candidate, boundary, now) for key, candidate in named_candidates.items() if key not in known]
    rows += [
        _row(key, refused_candidates[key], boundary, now, reasons[key])
        for key in refused_candidates.keys() - named_candidates.keys() - known.keys()
    ]
    new = _insert(session, source.outlet, rows)
    # Rows neither known nor new were inserted by another process after our query.
    known |= _rows(session, [row["identity"] for row in rows if row["identity"] not in new])
    named_again = {key: row for key, row in known.items() if key in named_candidates}
    rechecks_due = bring_forward_rechecks(session, _changed(named_again, named_candidates), now)
    reopened = _learn(named_again, named_candidates, boundary, source.outlet, now)
    named_now = _remember(session, run_id, source_id, [*known.values(), *new.values()], now)
    record_reopened(session, reopened, run_id, "wanted now", now)
    listed = {key: (known.get(key) or new[key]) for key in named_candidates}
    by_id = {listed[key].id: candidate for key, candidate in named_candidates.items()}
    gap = record_listing(session, source, by_id, named_now & by_id.keys(), pace, now, page=answer.page)
    if answer.validators is not None:
        record_read(session, source_id, answer.validators, now)
    register_children(session, source_id, answer.children)
    return _admission(session, source, listed, new.keys(), reopened, boundary, rechecks_due, gap)


def _by_identity(candidates: Iterable[Candidate]) -> dict[str, Candidate]:
    named_candidates: dict[str, Candidate] = {}
    for candidate in candidates:
        key = identify(candidate.url)
        if key not in named_candidates or (named_candidates[key].published is None and candidate.published is not None):
            named_candidates[key] = candidate
    return named_candidates


def _rows(session: Session, identities: Iterable[str]) -> dict[str, Url]:
    keys = list(identities)
    url_rows = (session.scalars(select(Url).where(Url.identity.in_(chunk)).order_by(Url.id)) for chunk in chunks(keys))
    return {row.identity: row for rows in url_rows for row in rows}


def _row(
    identity: str, candidate: Candidate, boundary: Boundary, now: datetime, refused: Reason | None = None
) -> dict[str, Any]:
    reason = refused or hints.screen(candidate.published, candidate.modified, boundary)
    return {
        "identity": identity,
        "url": candidate.url,
        "state": "rejected" if reason else "pending",
        "reason": reason,
        "decided_at": now if reason else None,
        "title_hint": candidate.title,
        "modified_hint": candidate.modified,
        "first_seen_at": now,
        "attempts": 0,
        **hints.NO_DATE,
        **hints.columns(candidate.published),
        "admitted_since": boundary.since,
        "admitted_until": boundary.until,
    }


def _insert(session: Session, outlet: str, rows: list[dict[str, Any]]) -> dict[str, Url]:
    """Insert the rows; return them without the ones that another process inserted."""
    # In the same order in every process, so that two writers cannot deadlock.
    ordered = [row | {"outlet": outlet} for row in sorted(rows, key=lambda row: str(row["identity"]))]
    if not ordered:
        return {}
    inserted = session.scalars(
        insert_new(session, Url).returning(Url),
        ordered,
        # NULLs written out: rows that differ in them would go into statements of their own.
        execution_options={"render_nulls": True},
    )
    return {row.identity: row for row in inserted}


def _changed(known: Mapping[str, Url], named_candidates: Mapping[str, Candidate]) -> dict[int, datetime]:
    changed = ((hints.stored_as(row), hints.changed_at(row, named_candidates[key])) for key, row in known.items())
    return {url_id: at for url_id, at in changed if url_id is not None and at is not None}


def _learn(
    known: Mapping[str, Url], named_candidates: Mapping[str, Candidate], boundary: Boundary, outlet: str, now: datetime
) -> list[Url]:
    reopened = []
    for key, row in known.items():
        for name, value in hints.improved_hints(row, named_candidates[key]).items():
            setattr(row, name, value)
        if (may_be_reconsidered(row) or may_be_back(row, now)) and admits(boundary, row):
            row.outlet = outlet  # another outlet's source may have named it first
            make_pending(row, boundary)
            reopened.append(row)
    return reopened


def _remember(
    session: Session, run_id: int | None, source_id: int, rows: Sequence[Url], now: datetime
) -> AbstractSet[int]:
    """Record once per source that it named these; return the ids new to this source."""
    event = {"run_id": run_id, "source_id": source_id, "at": now, "event": "named", "detail": None}
    if not rows:
        return frozenset()
    named = sorted(rows, key=lambda row: row.id)
    events = [event | {"url_id": row.id, "reason": row.reason if row.state == "rejected" else None} for row in named]
    # RETURNING makes SQLAlchemy send many rows in one statement, an order of magnitude faster on PostgreSQL.
    insert_named = insert_new(session, UrlEvent).returning(UrlEvent.url_id)
    return frozenset(session.scalars(insert_named, events, execution_options={"render_nulls": True}))


def _admission(
    session: Session,
    source: Source,
    url_rows: Mapping[str, Url],
    new: Collection[str],
    reopened: Sequence[Url],
    boundary: Boundary,
    rechecks_due: int,
    gap: GapView | None,
) -> Admission:
    too_old = {key for key, row in url_rows.items() if _too_old(row, boundary)}
    walked = _walked(session, source, url_rows.values(), boundary)
    again = {row.id for row in reopened}
    return Admission(
        admitted=[
            pending(row) for key, row in url_rows.items() if row.id in again or (key in new and row.state == "pending")
        ],
        named=len(url_rows),
        known=sum(key not in new for key in url_rows),
        too_old=len(too_old),
        fresh=sum(key not in too_old and (key in new or row.id not in walked) for key, row in url_rows.items()),
        rechecks_due=rechecks_due,
        gap=gap,
    )


def _too_old(row: Url, boundary: Boundary) -> bool:
    candidate = hints.candidate(row)
    return hints.screen(candidate.published, candidate.modified, boundary) is Reason.TOO_OLD


def _walked(session: Session, source: Source, rows: Collection[Url], boundary: Boundary) -> set[int]:
    """Return the ids that this listing had named when its last complete walk ended.

    Rows named by a killed walk or by other sources do not count: the pages behind them may not have been seen.
    """
    if source.kind != "listing":
        return {row.id for row in rows}
    if source.walk_ended_at is None or _reaches_beyond(boundary, source.walked_since):
        return set()
    named = select(UrlEvent.url_id).where(
        UrlEvent.source_id == source.id, UrlEvent.event == "named", UrlEvent.at <= source.walk_ended_at
    )
    ids = [row.id for row in rows]
    return {url_id for chunk in chunks(ids) for url_id in session.scalars(named.where(UrlEvent.url_id.in_(chunk)))}


def _reaches_beyond(boundary: Boundary, walked_since: datetime | None) -> bool:
    return walked_since is not None and (boundary.since is None or boundary.since < walked_since)
