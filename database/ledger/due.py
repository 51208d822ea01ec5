"""Which outlets have something to do, and when the next one will."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.ledger.urls import TRIED_AGAIN
from database.schema import Recheck, Source, Url
from database.sql import chunks

# None of an outlet's sources was asked any more: it is looked at all the same, lest it be forgotten.
_NONE_IN_USE = timedelta(days=1)
_KINDS = ("sources", "pending", "rechecks")
_POLLED = (Source.parent_id.is_(None), Source.retired_at.is_(None))


@dataclass(frozen=True, slots=True)
class Due:
    """What an outlet has to do now.

    Attributes:
        sources: to be polled; those that others name are polled with them and not counted.
        pending: URLs to fetch, those that failed, or were error pages, and are due again among them.
        rechecks: stored articles whose page is to be fetched again.
        since: when the first of these became due; ``None``: at once, nobody has polled it yet.
    """

    sources: int
    pending: int
    rechecks: int
    since: datetime | None


@dataclass(slots=True)
class _Work:
    """Of an outlet: how much there is by kind, and the earliest; ``at_once`` if something has no time."""

    amount: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    first: datetime | None = None
    at_once: bool = False

    def add(self, kind: str, number: int, first: datetime | None) -> None:
        self.amount[kind] += number
        self.first = min(filter(None, (self.first, first)), default=None)


def outlets_due(session: Session, names: Collection[str], now: datetime) -> dict[str, Due]:
    """What these outlets have to do now, by name; only those that have anything.

    A source that was due when a run began, and that the run came to its end without asking, is no longer declared, or
    lists a day that is over: it does not count until somebody asks for it again (``finish_run``, ``source``). An outlet
    without any source is due at once, one of whose sources none counts a day after the last of them was asked.
    """
    found = _work(session, names, now)
    return {
        name: Due(**work.amount, since=None if work.at_once else work.first)
        for name, work in found.items()
        if work.at_once or work.first
    }


def next_due(session: Session, names: Collection[str], now: datetime) -> datetime | None:
    """When the first of these outlets has something to do, ``now`` if it has already; ``None``: no outlets at all."""
    found = _work(session, names, None).values()
    if any(work.at_once for work in found):
        return now
    first = min((work.first for work in found if work.first), default=None)
    return None if first is None else max(first, now)


def known_sources(session: Session, names: Collection[str]) -> dict[str, set[str]]:
    """The addresses of each outlet's sources that are in use, without those that others name."""
    known: dict[str, set[str]] = {name: set() for name in names}
    for some in chunks(sorted(known)):
        query = select(Source.outlet, Source.url).where(Source.outlet.in_(some), *_POLLED)
        for outlet, url in session.execute(query):
            known[outlet].add(url)
    return known


def _work(session: Session, names: Collection[str], until: datetime | None) -> dict[str, _Work]:
    """By outlet, what is due ``until`` then; ``None``: ever."""
    found = {name: _Work() for name in names}
    for some in chunks(sorted(found)):
        idle = set(some)
        for outlet, number, undated, first in session.execute(_sources(some, until)):
            idle.discard(outlet)
            found[outlet].at_once = undated > 0
            found[outlet].add("sources", number, first)
        for kind, query in (
            ("pending", _pending(some)),
            ("pending", _failed(some, until)),
            ("rechecks", _rechecks(some, until)),
        ):
            for outlet, number, first in session.execute(query):
                found[outlet].add(kind, number, first)
        retired = {row[0]: row[1] for row in session.execute(_retired(sorted(idle)))}
        for outlet in idle:
            found[outlet].at_once = outlet not in retired
            again = retired[outlet] + _NONE_IN_USE if outlet in retired else None
            if again and (until is None or again <= until):
                found[outlet].add("sources", 0, again)
    return found


def _sources(names: Sequence[str], until: datetime | None) -> Select[*tuple[Any, ...]]:
    """A row for each outlet that has sources: those due, those of them that have no time, the earliest time."""
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
