"""The flags of outlets: raised where a rule finds something wrong, cleared when it is seen to be well again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from core.paging import Page, page_of
from database.schema import Base, Flag, Run, Source
from database.sql import among, chunks, insert_new
from health.facts import Finding, OutletFlag
from health.facts_query import read_facts
from health.rules import findings

_FLAGS = Base.metadata.tables["flags"]
_COLUMNS = tuple(getattr(Flag, one.name) for one in fields(OutletFlag))
_UNFINISHED = ("failed", "killed")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a judgement changed."""

    raised: Sequence[OutletFlag] = field(default_factory=tuple)
    cleared: Sequence[OutletFlag] = field(default_factory=tuple)


def judge_outlet(session: Session, outlet: str, now: datetime) -> Changes:
    """Raises what is wrong with the outlet, renews the words of what still is, clears what is well again.

    Args:
        session: in the transaction that closes the run, after ``ledger.finish_run`` and ``add_to_day``.
        outlet: which one.
        now: the moment of the call, aware.
    """
    session.flush()
    facts = read_facts(session, outlet, now)
    found = {finding.kind: finding for finding in findings(facts)}
    known = {flag.kind: flag for flag in facts.flags if flag.cleared_at is None}
    for kind in found.keys() & known.keys():
        _renew(session, known[kind], found[kind], now)
    raised = [_raise(session, outlet, found[kind], now) for kind in found if kind not in known]
    cleared = [_clear(session, flag, now) for kind, flag in known.items() if kind not in found]
    return Changes([one for one in raised if one], [one for one in cleared if one])


def judge_all(session: Session, names: Collection[str], now: datetime) -> dict[str, Changes]:
    """Judges those of the outlets whose last run may have ended unjudged, as one does that is killed.

    No other needs it: between its runs nothing is learned of an outlet. What changed, by name.
    """
    changes = {name: judge_outlet(session, name, now) for name in _unjudged(session, names)}
    return {name: one for name, one in changes.items() if one.raised or one.cleared}


def open_flags(session: Session, names: Collection[str] | None = None) -> dict[str, list[OutletFlag]]:
    """What is wrong with these outlets, or with all: those that have open flags, each with the longest open first."""
    query = select(*_COLUMNS).where(Flag.cleared_at.is_(None)).order_by(Flag.outlet, Flag.raised_at, Flag.id)
    if names is not None:
        query = query.where(among(_FLAGS.c.outlet, "names", session.get_bind().dialect.name))
    found: dict[str, list[OutletFlag]] = {}
    for row in session.execute(query, {} if names is None else {"names": sorted(names)}):
        found.setdefault(row.outlet, []).append(OutletFlag(*row))
    return found


def flags_of(session: Session, outlet: str, limit: int) -> list[OutletFlag]:
    """The outlet's flags, open or not, the one raised last first."""
    query = select(*_COLUMNS).where(Flag.outlet == outlet).order_by(Flag.raised_at.desc(), Flag.id.desc()).limit(limit)
    return [OutletFlag(*row) for row in session.execute(query)]


def flags_changed(session: Session, since: datetime) -> list[OutletFlag]:
    """The flags of all outlets that were raised or cleared since then, in the order in which they were raised."""
    query = select(*_COLUMNS).where(or_(Flag.raised_at >= since, Flag.cleared_at >= since))
    return [OutletFlag(*row) for row in session.execute(query.order_by(Flag.raised_at, Flag.id))]


def _unjudged(session: Session, names: Collection[str]) -> list[str]:
    """Those whose last run, or something that it asked, failed, and that have no flag judged since."""
    found: list[str] = []
    asked = select(Source.id).where(Source.outlet == Run.outlet, Source.failed_at >= Run.started_at).exists()
    judged = select(Flag.id).where(Flag.outlet == Run.outlet, Flag.seen_at >= Run.finished_at).exists()
    for some in chunks(sorted(names)):
        last = select(func.max(Run.id)).where(Run.outlet.in_(some)).group_by(Run.outlet)
        failed = or_(Run.state.in_(_UNFINISHED), asked)
        found += session.scalars(
            select(Run.outlet)
            .where(Run.id.in_(last), Run.finished_at.is_not(None), failed, ~judged)
            .order_by(Run.outlet)
        )
    return found


def _raise(session: Session, outlet: str, finding: Finding, now: datetime) -> OutletFlag | None:
    """``None``: another process has raised it in the meantime."""
    row = {
        "outlet": outlet, "kind": finding.kind, "words": finding.words, "facts": dict(finding.facts),
        "raised_at": now, "seen_at": now,
    }  # fmt: skip
    made = session.execute(insert_new(session, Flag).returning(Flag.id), [row]).scalar_one_or_none()
    return None if made is None else OutletFlag(id=made, cleared_at=None, **row)  # type: ignore[arg-type]


def _renew(session: Session, flag: OutletFlag, finding: Finding, now: datetime) -> None:
    """What was known when it was raised stays: by that it is told whether all is well again."""
    facts: Mapping[str, object] = dict(finding.facts) | dict(flag.facts)
    values = {"words": finding.words, "facts": facts, "seen_at": now}
    session.execute(update(Flag).where(Flag.id == flag.id).values(**values))


def _clear(session: Session, flag: OutletFlag, now: datetime) -> OutletFlag | None:
    """``None``: another process has cleared it in the meantime."""
    cleared = (
        update(Flag).where(Flag.id == flag.id, Flag.cleared_at.is_(None)).values(cleared_at=now).returning(Flag.id)
    )
    if session.execute(cleared).scalar_one_or_none() is None:
        return None
    return OutletFlag(**{one.name: getattr(flag, one.name) for one in fields(flag)} | {"cleared_at": now})


FlagState = Literal["open", "cleared"]


def find_flags(
    session: Session,
    *,
    outlet: str | None = None,
    state: FlagState | None = None,
    limit: int,
    after: int | None = None,
) -> Page[Flag, int]:
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
    query = select(Flag).where(*wanted).order_by(Flag.id.desc()).limit(limit + 1)
    flags = session.scalars(query if after is None else query.where(Flag.id < after)).all()
    return page_of(flags, total, limit, lambda flag: flag.id)
