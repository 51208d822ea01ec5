"""Keeps when each source is polled next, as ``core.scheduling.polling`` decides it.

Children are polled with the source that names them, so the most urgent of them sets the pace of those above it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, func, or_, select, update
from sqlalchemy.orm import Session

from core.scheduling.polling import Listed, Pace, Rhythm, after_failure, after_reading, after_unchanged
from database.schema import Source

# What a feed itself said of its pace: an answer that nothing changed does not say it again.
_HINT = "hint_s"


def keep_reading(session: Session, source: Source, listed: Listed, pace: Pace, now: datetime) -> None:
    """After an answer that was read; before ``checked_at`` is set anew."""
    rhythm = after_reading(memory(source), listed, pace, last_at=answered_at(source), now=now)
    hint = {_HINT: pace.at_most_every.total_seconds()} if pace.at_most_every else {}
    _keep(session, source, rhythm, hint, now)


def keep_unchanged(session: Session, source: Source, pace: Pace, now: datetime) -> None:
    """After an answer with nothing new; before ``checked_at`` is set anew."""
    hint = _hint(source)
    said = timedelta(seconds=hint.get(_HINT, 0))
    pace = replace(pace, at_most_every=max(pace.at_most_every or said, said))
    rhythm = after_unchanged(memory(source), pace, last_at=answered_at(source), now=now)
    _keep(session, source, rhythm, hint, now)


def keep_failure(session: Session, source: Source, pace: Pace, now: datetime) -> None:
    """After a failed poll, once it is counted."""
    rhythm = after_failure(memory(source), source.failures, pace, now=now)
    _keep(session, source, rhythm, _hint(source), now)


def answered_at(source: Source) -> datetime | None:
    """When what the source last listed was read: of a listing that was walked, its first page."""
    walked = source.walk_ended_at is not None and source.checked_at == source.walk_ended_at
    return source.walked_at if walked else source.checked_at


def _hint(source: Source) -> dict[str, Any]:
    return {name: value for name, value in source.rhythm.items() if name == _HINT}


def memory(source: Source) -> dict[str, Any]:
    """What was learned of its rhythm (``core.scheduling.polling``)."""
    return {name: value for name, value in source.rhythm.items() if name != _HINT}


def _keep(session: Session, source: Source, rhythm: Rhythm, hint: dict[str, Any], now: datetime) -> None:
    # A child whose time has passed is not polled any more: its index says that it did not change.
    child = select(func.min(Source.due_at)).where(Source.parent_id == source.id, Source.due_at > now)
    source.due_at = min(filter(None, (rhythm.due_at, session.scalar(child))))
    source.interval_s = round(rhythm.interval.total_seconds())
    source.rhythm = {**rhythm.memory, **hint}
    above = source.parent_id
    while above is not None:
        parent = session.get_one(Source, above)
        if parent.due_at is not None:  # None is due at once
            parent.due_at = min(parent.due_at, source.due_at)
        above = parent.parent_id
    session.flush()


def retire_unasked(session: Session, outlet: str, began_at: datetime, now: datetime) -> None:
    """Takes those sources out of use that were due when a run began, and that it did not ask.

    For a run that came to its end: they are not declared any more, or list a day that is over. They are in use again
    as soon as somebody asks for them (``database.ledger.sources.source``).
    """
    due = or_(Source.due_at.is_(None), Source.due_at <= began_at)
    asked = or_(Source.checked_at >= began_at, Source.failed_at >= began_at)
    unasked = update(Source).where(Source.outlet == outlet, Source.parent_id.is_(None), Source.retired_at.is_(None))
    session.execute(unasked.where(due, func.coalesce(asked, false()).is_(False)).values(retired_at=now))
