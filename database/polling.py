"""Reading when outlets' sources are polled next, and how they answered last."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from database.lists import chunks
from database.schema import Source


@dataclass(frozen=True, slots=True)
class PolledSource:
    """A source that is in use and that no other one names. Instants are UTC.

    Attributes:
        checked_at: when it last answered; ``failed_at`` when it last gave nothing usable.
        failures: how often since it last answered; ``problem`` is the last one's.
        due_at: ``None``: at once.
        children: sources that it names, and that are polled with it.
    """

    outlet: str
    url: str
    kind: str
    status: int | None
    checked_at: datetime | None
    failed_at: datetime | None
    failures: int
    problem: str | None
    due_at: datetime | None
    interval_s: int | None
    children: int = 0


def polled_sources(session: Session, names: Collection[str]) -> dict[str, list[PolledSource]]:
    """The sources of these outlets by name, in the order in which they became known; only outlets that have any."""
    child = aliased(Source)
    children = select(func.count()).where(child.parent_id == Source.id).scalar_subquery()
    columns = [getattr(Source, one.name) for one in fields(PolledSource) if one.name != "children"]
    found: dict[str, list[PolledSource]] = {}
    for some in chunks(sorted(names)):
        query = select(*columns, children).where(Source.outlet.in_(some))
        query = query.where(Source.parent_id.is_(None), Source.retired_at.is_(None)).order_by(Source.id)
        for row in session.execute(query):
            found.setdefault(row.outlet, []).append(PolledSource(*row))
    return found
