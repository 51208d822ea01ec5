"""The runs of an outlet: when, how far back, how they ended; and how far back the next one must look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.scheduling.boundary import Boundary
from database.ledger.timing import retire_unasked
from database.schema import Run, StoredArticle

RunState = Literal["finished", "stopped", "failed"]


def start_run(session: Session, outlet: str, boundary: Boundary, now: datetime, *, round_id: int | None = None) -> int:
    """Records that a run begins, of a round of the monitor's or alone; its id.

    The caller holds the outlet's lock: runs that seem to go on were killed.
    """
    session.execute(
        update(Run).where(Run.outlet == outlet, Run.state == "running").values(state="killed", finished_at=now)
    )
    wanted = {"since": boundary.since, "until": boundary.until}
    run = Run(outlet=outlet, started_at=now, state="running", counts={}, round_id=round_id, **wanted)
    session.add(run)
    session.flush()
    return run.id


def finish_run(
    session: Session,
    run_id: int,
    state: RunState,
    counts: Mapping[str, int],
    message: str | None,
    now: datetime,
    *,
    requests: int = 0,
    received: int = 0,
) -> None:
    """Records how the run ended, after so many requests and bytes.

    ``finished`` means that it came to the end of everything it set out to do.
    """
    ended = {"state": state, "counts": dict(counts), "message": message, "finished_at": now}
    effort = {"requests": requests, "bytes": received}
    session.execute(update(Run).where(Run.id == run_id).values(**ended, **effort))
    if state == "finished":
        run = session.get_one(Run, run_id)
        retire_unasked(session, run.outlet, run.started_at, now)


def newest_published(session: Session, outlet: str, *, origin: str | None = None) -> datetime | None:
    """When the outlet's newest article was published (UTC), of ``origin`` crawl or seed, or of any."""
    newest = select(func.max(StoredArticle.published_at)).where(StoredArticle.outlet == outlet)
    if origin is not None:
        newest = newest.where(StoredArticle.origin == origin)
    return session.scalar(newest)


def unfinished_since(session: Session, outlet: str) -> datetime | None:
    """How far back the runs looked that came to no end since the last that did; ``None``: nothing is left over.

    A run killed half-way may have stored the newest articles and not yet found the older ones. The next one has to
    look as far back as it did. Runs with an ``until`` were somebody's special wish and are not taken up again.
    """
    ended = select(func.max(Run.id)).where(Run.outlet == outlet, Run.state == "finished", Run.until.is_(None))
    left = select(func.min(Run.since)).where(
        Run.outlet == outlet,
        Run.until.is_(None),
        Run.state.in_(("stopped", "failed", "killed", "running")),
        Run.id > func.coalesce(ended.scalar_subquery(), 0),
    )
    return session.scalar(left)
