"""Health flags: their read model and queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from core.paging import Page, page_of
from database.schema import Base, Flag
from database.sql import among

_FLAGS = Base.metadata.tables["flags"]

# The worst first: an outlet with several flags is shown under the first of these.
FlagKind = Literal[
    "failing", "certificate", "robots", "moved", "silent", "challenge-pages", "listing-pages", "rejections",
    "date-gone", "dates-equal", "clock", "title-gone", "text-short", "volume-drop", "author-gone", "section-gone",
    "gap", "partly-failing", "slow", "volume-jump",
]  # fmt: skip
FlagState = Literal["open", "cleared"]


@dataclass(frozen=True, slots=True)
class FlagView:
    """A health flag of an outlet. Instants are UTC.

    Attributes:
        kind: a string, as older versions may have stored others than ``FlagKind``.
        words: without the outlet's name.
        seen_at: last confirmed by a run.
        cleared_at: ``None`` while it is open.
    """

    id: int
    outlet: str
    kind: str
    words: str
    facts: Mapping[str, Any]
    raised_at: datetime
    seen_at: datetime
    cleared_at: datetime | None


_COLUMNS = tuple(getattr(Flag, column.name) for column in fields(FlagView))


def load_flags(
    session: Session,
    *,
    names: Collection[str] | None = None,
    ids: Sequence[int] | None = None,
    state: FlagState | None = None,
    open_since: datetime | None = None,
) -> list[FlagView]:
    """Load flags by outlet, the oldest first; all conditions must hold."""
    dialect = session.get_bind().dialect.name
    query, values = select(*_COLUMNS), dict[str, Any]()
    if names is not None:
        query, values["names"] = query.where(among(_FLAGS.c.outlet, "names", dialect)), sorted(names)
    if ids is not None:
        query, values["ids"] = query.where(among(_FLAGS.c.id, "ids", dialect)), list(ids)
    query = query.where(*_state_conditions(state))
    if open_since is not None:
        query = query.where(or_(Flag.cleared_at.is_(None), Flag.cleared_at >= open_since))
    return _read(session, query.order_by(Flag.outlet, Flag.raised_at, Flag.id), values)


def load_open_flags(session: Session, names: Collection[str] | None = None) -> dict[str, list[FlagView]]:
    by_outlet: dict[str, list[FlagView]] = {}
    for flag in load_flags(session, names=names, state="open"):
        by_outlet.setdefault(flag.outlet, []).append(flag)
    return by_outlet


def find_flags(
    session: Session,
    *,
    outlet: str | None = None,
    state: FlagState | None = None,
    limit: int,
    after: int | None = None,
) -> Page[FlagView, int]:
    """Find a page of flags, the newest first."""
    conditions = _state_conditions(state)
    if outlet is not None:
        conditions.append(Flag.outlet == outlet)
    total = session.scalars(select(func.count()).select_from(Flag).where(*conditions)).one()
    query = select(*_COLUMNS).where(*conditions).order_by(Flag.id.desc()).limit(limit + 1)
    rows = _read(session, query if after is None else query.where(Flag.id < after))
    return page_of(rows, total, limit, lambda flag: flag.id)


def _state_conditions(state: FlagState | None) -> list[ColumnElement[bool]]:
    if state is None:
        return []
    return [Flag.cleared_at.is_(None) if state == "open" else Flag.cleared_at.is_not(None)]


def _read(session: Session, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[FlagView]:
    return [FlagView(*row) for row in session.execute(query, values or {})]
