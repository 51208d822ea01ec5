"""What the outlets' hosts say to every crawler: their robots.txt, and whether it changed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.ledger.dialect import insert_new
from database.schema import HostState


def record_hosts(session: Session, outlet: str, robots: Mapping[str, tuple[str | None, bool]], now: datetime) -> None:
    """Remembers the robots.txt of the outlet's hosts, as ``Measures.robots`` has them, and when they changed."""
    if not robots:
        return
    rows = [
        {"outlet": outlet, "host": host, "robots_sha256": sha256, "robots_forbids": forbids, "checked_at": now}
        for host, (sha256, forbids) in sorted(robots.items())
    ]
    session.execute(insert_new(session, HostState), rows)
    for known in session.scalars(select(HostState).where(HostState.outlet == outlet, HostState.host.in_(robots))):
        sha256, forbids = robots[known.host]
        if (known.robots_sha256, known.robots_forbids) != (sha256, forbids):
            known.changed_at = now
        known.robots_sha256, known.robots_forbids, known.checked_at = sha256, forbids, now
    session.flush()
