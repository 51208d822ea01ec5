"""Find the outlets with work due, and the time when the next one has some."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.ledger.urls import TRIED_AGAIN
from database.schema import Recheck, Source, Url
from database.sql import chunks

# After all of an outlet's sources were retired: it is crawled all the same, lest it be forgotten.
_NONE_IN_USE = timedelta(days=1)
_KINDS = ("sources", "pending", "rechecks")
_POLLED = (Source.parent_id.is_(None), Source.retired_at.is_(None))


@dataclass(frozen=True, slots=True)
class Due:
    """Work of an outlet that is due.

    Attributes:
        sources: without children, which are polled with their parent.
        pending: with retries of failures and error pages.
        since: ``None``: nothing was polled yet.
    """

    sources: int
    pending: int
    rechecks: int
    since: datetime | None


@dataclass(slots=True)
class _Work:
    """An outlet's amount of work by kind, and its earliest time."""

    amount: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    first: datetime | None = None
    at_once: bool = False

    def add(self, kind: str, number: int, first: datetime | None) -> None:
        self.amount[kind] += number
        self.first = min(filter(None, (self.first, first)), default=None)


def outlets_due(session: Session, names: Collection[str], now: datetime) -> dict[str, Due]:
    """Return the due work by outlet; outlets without any are left out.

    A due source that a complete run did not poll does not count until asked for again (``finish_run``, ``source``). An
    outlet without any source is due at once; one with only such sources a day after the last retired.
    """
    work_by_outlet = _work(session, names, now)
    return {
        name: Due(**work.amount, since=None if work.at_once else work.first)
        for name, work in work_by_outlet.items()
        if work.at_once or work.first
    }


def next_due(session: Session, names: Collection[str], now: datetime) -> datetime | None:
    """Return when the first outlet has work, at least ``now``; ``None``: no outlets."""
    work_by_outlet = _work(session, names, None).values()
    if any(work.at_once for work in work_by_outlet):
        return now
    first = min((work.first for work in work_by_outlet if work.first), default=None)
    return None if first is None else max(first, now)


def known_sources(session: Session, names: Collection[str]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {name: set() for name in names}
    for chunk in chunks(sorted(known)):
        query = select(Source.outlet, Source.url).where(Source.outlet.in_(chunk), *_POLLED)
        for outlet, url in session.execute(query):
            known[outlet].add(url)
    return known


def _work(session: Session, names: Collection[str], until: datetime | None) -> dict[str, _Work]:
    """Return by outlet the work due until then; ``None``: all."""
    work_by_outlet = {name: _Work() for name in names}
    for chunk in chunks(sorted(work_by_outlet)):
        idle = set(chunk)
        for outlet, number, undated, first in session.execute(_sources(chunk, until)):
            idle.discard(outlet)
            work_by_outlet[outlet].at_once = undated > 0
            work_by_outlet[outlet].add("sources", number, first)
        for kind, query in (
            ("pending", _pending(chunk)),
            ("pending", _failed(chunk, until)),
            ("rechecks", _rechecks(chunk, until)),
        ):
            for outlet, number, first in session.execute(query):
                work_by_outlet[outlet].add(kind, number, first)
        retired = {row[0]: row[1] for row in session.execute(_retired(sorted(idle)))}
        for outlet in idle:
            work_by_outlet[outlet].at_once = outlet not in retired
            again = retired[outlet] + _NONE_IN_USE if outlet in retired else None
            if again and (until is None or again <= until):
                work_by_outlet[outlet].add("sources", 0, again)
    return work_by_outlet


def _sources(names: Sequence[str], until: datetime | None) -> Select[*tuple[Any, ...]]:
    due = true() if until is None else or_(Source.due_at.is_(None), Source.due_at <= until)
    at = Source.due_at if until is None else case((Source.due_at <= until, Source.due_at))
    numbers = (func.sum(case((due, 1), else_=0)), func.count() - func.count(Source.due_at), func.min(at))
    return select(Source.outlet, *numbers).where(Source.outlet.in_(names), *_POLLED).group_by(Source.outlet)


def _retired(names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    last = select(Source.outlet, func.max(Source.retired_at)).where(Source.retired_at.is_not(None))
    return last.where(Source.outlet.in_(names)).group_by(Source.outlet)


def _pending(names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    waiting = select(Url.outlet, func.count(), func.min(Url.first_seen_at)).where(Url.state == "pending")
    return waiting.where(Url.outlet.in_(names)).group_by(Url.outlet)


def _failed(names: Sequence[str], until: datetime | None) -> Select[*tuple[Any, ...]]:
    again = select(Url.outlet, func.count(), func.min(Url.next_attempt_at)).where(_by(Url.next_attempt_at, until))
    return again.where(Url.outlet.in_(names), Url.state.in_(TRIED_AGAIN)).group_by(Url.outlet)


def _rechecks(names: Sequence[str], until: datetime | None) -> Select[*tuple[Any, ...]]:
    rows = select(Recheck.outlet, func.count(), func.min(Recheck.due_at)).where(_by(Recheck.due_at, until))
    return rows.where(Recheck.outlet.in_(names)).group_by(Recheck.outlet)


def _by(at: InstrumentedAttribute[datetime | None], until: datetime | None) -> ColumnElement[bool]:
    return at.is_not(None) if until is None else at <= until
