"""The monitor's rounds: that one begins, what it reports while it lasts, how it ended; and reading them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, defer

from core.paging import Page, page_of
from database.schema import EndState, Round

# What an outlet's part of a report counts in one number.
_COUNTED = ("new", "updated", "copies", "requests", "bytes", "missed")


def start_round(session: Session, now: datetime) -> int:
    """Records that a round begins; its id. The caller holds the monitor's lock: running ones were killed."""
    ended = func.coalesce(Round.finished_at, Round.started_at)
    session.execute(update(Round).where(Round.state == "running").values(state="killed", finished_at=ended))
    begun = Round(started_at=now, state="running", report={}, totals={})
    session.add(begun)
    session.flush()
    return begun.id


def keep_report(session: Session, round_id: int, report: Mapping[str, Any], now: datetime) -> None:
    """Keeps what a round that goes on has done so far: if it is killed, that and this moment are its end."""
    kept = {"report": dict(report), "totals": totals(report), "finished_at": now}
    session.execute(update(Round).where(Round.id == round_id).values(**kept))


def finish_round(
    session: Session, round_id: int, state: EndState, report: Mapping[str, Any], message: str | None, now: datetime
) -> None:
    """Records how the round ended, with its report (``health.round_report.RoundReport`` as JSON)."""
    ended = {"state": state, "message": message, "finished_at": now, "report": dict(report), "totals": totals(report)}
    session.execute(update(Round).where(Round.id == round_id).values(**ended))


def forget_round(session: Session, round_id: int) -> None:
    """Takes back a round in which nothing was due."""
    session.execute(delete(Round).where(Round.id == round_id))


def totals(report: Mapping[str, Any]) -> dict[str, int]:
    """A report in some numbers: what a list of many rounds shows without reading each outlet's."""
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
    """The rounds, the newest first.

    Args:
        session: of either database; it is only read.
        state: running, finished, stopped, failed or killed.
        limit: how many at most.
        after: only those older than this one.
    """
    wanted = [] if state is None else [Round.state == state]
    total = session.scalars(select(func.count()).select_from(Round).where(*wanted)).one()
    # A report may hold a thousand outlets.
    query = select(Round).options(defer(Round.report, raiseload=True)).where(*wanted)
    query = query.order_by(Round.id.desc()).limit(limit + 1)
    rounds = session.scalars(query if after is None else query.where(Round.id < after)).all()
    return page_of(rounds, total, limit, lambda found: found.id)


def load_round(session: Session, round_id: int) -> Round | None:
    """The round with its report, or ``None``."""
    return session.get(Round, round_id)
