"""Raise, renew and clear the flags of outlets when their runs end."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from database.schema import Flag, Run, Source
from database.sql import chunks, insert_new
from health.facts import Finding
from health.facts_query import read_facts
from health.flags import FlagView
from health.rules import find_problems

_UNFINISHED = ("failed", "killed")


@dataclass(frozen=True, slots=True)
class FlagChanges:
    """The flags that a run raised and cleared."""

    raised: Sequence[FlagView] = field(default_factory=tuple)
    cleared: Sequence[FlagView] = field(default_factory=tuple)


def update_flags(session: Session, outlet: str, now: datetime) -> FlagChanges:
    """Raise, renew and clear flags in the transaction that closes the run.

    It comes after ``ledger.finish_run`` and ``add_to_day``.
    """
    session.flush()
    facts = read_facts(session, outlet, now)
    findings = {finding.kind: finding for finding in find_problems(facts)}
    open_flags = {flag.kind: flag for flag in facts.flags if flag.cleared_at is None}
    for kind in findings.keys() & open_flags.keys():
        _renew(session, open_flags[kind], findings[kind], now)
    raised = [_raise(session, outlet, findings[kind], now) for kind in findings if kind not in open_flags]
    cleared = [_clear(session, flag, now) for kind, flag in open_flags.items() if kind not in findings]
    return FlagChanges([flag for flag in raised if flag], [flag for flag in cleared if flag])


def update_unjudged_flags(session: Session, names: Collection[str], now: datetime) -> dict[str, FlagChanges]:
    """Update the flags of outlets whose last run ended without it, e.g. killed."""
    changes = {name: update_flags(session, name, now) for name in _unjudged(session, names)}
    return {name: change for name, change in changes.items() if change.raised or change.cleared}


def _unjudged(session: Session, names: Collection[str]) -> list[str]:
    """Find outlets with flags older than their last failure."""
    unjudged: list[str] = []
    asked = select(Source.id).where(Source.outlet == Run.outlet, Source.failed_at >= Run.started_at).exists()
    judged = select(Flag.id).where(Flag.outlet == Run.outlet, Flag.seen_at >= Run.finished_at).exists()
    for chunk in chunks(sorted(names)):
        last = select(func.max(Run.id)).where(Run.outlet.in_(chunk)).group_by(Run.outlet)
        failed = or_(Run.state.in_(_UNFINISHED), asked)
        unjudged += session.scalars(
            select(Run.outlet)
            .where(Run.id.in_(last), Run.finished_at.is_not(None), failed, ~judged)
            .order_by(Run.outlet)
        )
    return unjudged


def _raise(session: Session, outlet: str, finding: Finding, now: datetime) -> FlagView | None:
    """Store a new flag; ``None`` if another process raised it."""
    row = {
        "outlet": outlet, "kind": finding.kind, "words": finding.words, "facts": dict(finding.facts),
        "raised_at": now, "seen_at": now,
    }  # fmt: skip
    flag_id = session.execute(insert_new(session, Flag).returning(Flag.id), [row]).scalar_one_or_none()
    return None if flag_id is None else FlagView(id=flag_id, cleared_at=None, **row)  # type: ignore[arg-type]


def _renew(session: Session, flag: FlagView, finding: Finding, now: datetime) -> None:
    """Renew the words, not the facts: rules clear the flag by them."""
    facts: Mapping[str, object] = dict(finding.facts) | dict(flag.facts)
    values = {"words": finding.words, "facts": facts, "seen_at": now}
    session.execute(update(Flag).where(Flag.id == flag.id).values(**values))


def _clear(session: Session, flag: FlagView, now: datetime) -> FlagView | None:
    cleared = (
        update(Flag).where(Flag.id == flag.id, Flag.cleared_at.is_(None)).values(cleared_at=now).returning(Flag.id)
    )
    if session.execute(cleared).scalar_one_or_none() is None:
        return None
    return replace(flag, cleared_at=now)
