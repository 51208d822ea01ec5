"""Rows of ``rounds``: begin, report and end a round of the monitor; read rounds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, defer

from core.paging import Page, page_of
from database.schema import EndState, Round

# Plain counters in an outlet's part of a report.
_COUNTED = ("new", "updated", "copies", "requests", "bytes", "missed")


def start_round(session: Session, now: datetime) -> int:
    """Insert a running round and return its id.

    The caller holds the monitor's lock, so rounds that seem to be running were killed.
    """
    ended = func.coalesce(Round.finished_at, Round.started_at)
    session.execute(update(Round).where(Round.state == "running").values(state="killed", finished_at=ended))
    begun = Round(started_at=now, state="running", report={}, totals={})
    session.add(begun)
    session.flush()
    return begun.id


def keep_report(session: Session, round_id: int, report: Mapping[str, Any], now: datetime) -> None:
    """Save the report of a round in progress: its last state, should it be killed."""
    kept = {"report": dict(report), "totals": totals(report), "finished_at": now}
    session.execute(update(Round).where(Round.id == round_id).values(**kept))


def finish_round(
    session: Session, round_id: int, state: EndState, report: Mapping[str, Any], message: str | None, now: datetime
) -> None:
    """Save the round's end and report (``RoundReport`` as JSON)."""
    ended = {"state": state, "message": message, "finished_at": now, "report": dict(report), "totals": totals(report)}
    session.execute(update(Round).where(Round.id == round_id).values(**ended))


def forget_round(session: Session, round_id: int) -> None:
    session.execute(delete(Round).where(Round.id == round_id))


def totals(report: Mapping[str, Any]) -> dict[str, int]:
    outlets: Sequence[Mapping[str, Any]] = report.get("outlets", ())
    return {
        "outlets": len(outlets),
        **{name: sum(one.get(name, 0) for one in outlets) for name in _COUNTED},
        **{name: sum(sum(one.get(name, {}).values()) for one in outlets) for name in ("rejected", "failed")},
        **{name: len(report.get(name, ())) for name in ("raised", "cleared")},
    }


def find_rounds(
    session: Session, *, state: str | None = None, limit: int, after: int | None = None
) -> Page[Round, int]:
    """Return rounds older than round ``after``, without reports, the newest first."""
    conditions = [] if state is None else [Round.state == state]
    total = session.scalars(select(func.count()).select_from(Round).where(*conditions)).one()
    # A report may hold a thousand outlets.
    query = select(Round).options(defer(Round.report, raiseload=True)).where(*conditions)
    query = query.order_by(Round.id.desc()).limit(limit + 1)
    rounds = session.scalars(query if after is None else query.where(Round.id < after)).all()
    return page_of(rounds, total, limit, lambda row: row.id)


def load_round(session: Session, round_id: int) -> Round | None:
    return session.get(Round, round_id)
