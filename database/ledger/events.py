"""A URL's history as it grows; ``database.ledger.history`` reads it."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.models import Reason
from database.schema import Base

# On the table: every page passes here.
_TELL = insert(Base.metadata.tables["url_events"])


def record_event(
    session: Session,
    url_id: int,
    run_id: int | None,
    event: str,
    reason: Reason | None,
    detail: str | None,
    at: datetime,
) -> None:
    """Adds what became of a URL, or of its article, to its history."""
    told = {"url_id": url_id, "run_id": run_id, "at": at, "event": event, "reason": reason, "detail": detail}
    session.connection().execute(_TELL, told)
