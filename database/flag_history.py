"""The flags of all outlets, open or not, a page at a time."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from database.schema import Flag

FlagState = Literal["open", "cleared"]


@dataclass(frozen=True, slots=True)
class Flags:
    """Some flags, the one raised last first, and how many there are in all.

    Attributes:
        after: what ``find_flags`` takes to go on; ``None`` at the end.
    """

    total: int
    flags: list[Flag]
    after: int | None


def find_flags(
    session: Session,
    *,
    outlet: str | None = None,
    state: FlagState | None = None,
    limit: int,
    after: int | None = None,
) -> Flags:
    """The flags, the one raised last first.

    Args:
        session: of either database; it is only read.
        outlet: only its flags.
        state: only those that are so.
        limit: how many at most.
        after: only those raised before this one.
    """
    wanted: list[ColumnElement[bool]] = []
    if outlet is not None:
        wanted.append(Flag.outlet == outlet)
    if state is not None:
        wanted.append(Flag.cleared_at.is_(None) if state == "open" else Flag.cleared_at.is_not(None))
    total = session.scalars(select(func.count()).select_from(Flag).where(*wanted)).one()
    page = select(Flag).where(*wanted).order_by(Flag.id.desc()).limit(limit + 1)
    flags = list(session.scalars(page if after is None else page.where(Flag.id < after)))
    return Flags(total, flags[:limit], flags[limit - 1].id if len(flags) > limit else None)
