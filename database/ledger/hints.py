"""The dates that sources give for a URL, and the decisions they allow.

Design §4, rule 5.
"""

from datetime import datetime, timedelta
from typing import Any

from core.models import Candidate, Precision, Reason, Timestamp
from core.scheduling.boundary import Boundary
from database.schema import Url

# From the first to the last moment that a date of this precision can mean.
_SPAN: dict[Precision, timedelta] = {
    "second": timedelta(0),
    "minute": timedelta(seconds=59),
    "day": timedelta(days=1) - timedelta(seconds=1),
}
AGE = (Reason.TOO_OLD, Reason.TOO_NEW)


def screen(published: Timestamp | None, modified: datetime | None, boundary: Boundary) -> Reason | None:
    """Return why these dates are certainly outside the boundary, or ``None``.

    A day counts as a whole. A modification before ``since`` means that nothing is newer; one after ``until`` says
    nothing about the publication.
    """
    if published is None:
        old = modified is not None and boundary.since is not None and modified < boundary.since
        return Reason.TOO_OLD if old else None
    if boundary.since is not None and published.at + _SPAN[published.precision] < boundary.since:
        return Reason.TOO_OLD
    if boundary.until is not None and published.at > boundary.until:
        return Reason.TOO_NEW
    return None


def columns(published: Timestamp | None) -> dict[str, Any]:
    if published is None:
        return {}
    return {
        "published_hint": published.at,
        "published_hint_raw": published.raw,
        "published_hint_source": published.source,
        "published_hint_precision": published.precision,
        "published_hint_confidence": published.confidence,
    }


NO_DATE: dict[str, Any] = dict.fromkeys(columns(Timestamp(datetime.min, "", "")))  # noqa: DTZ901 - only its keys count


def candidate(row: Url) -> Candidate:
    return Candidate(row.url, row.title_hint, _published(row), row.modified_hint)


def improved_hints(row: Url, candidate: Candidate) -> dict[str, Any]:
    """Return the columns that ``candidate`` improves: a first date or title, a later date.

    A stored article's later publication date is saved as a modification: it is news only once.
    """
    gained = columns(candidate.published) if row.published_hint is None else {}
    if row.title_hint is None and candidate.title:
        gained["title_hint"] = candidate.title
    modified = candidate.modified if stored_as(row) is None else _later(row, candidate)
    if modified is not None and (row.modified_hint is None or modified > row.modified_hint):
        gained["modified_hint"] = modified
    return gained


def stored_as(row: Url) -> int | None:
    """Return the id of the stored row: this one or the one it aliases."""
    if row.state == "stored":
        return row.id
    return row.same_as_id if row.reason == Reason.SAME_URL else None


def changed_at(row: Url, candidate: Candidate) -> datetime | None:
    """Return the last moment of a change, if ``candidate`` has a date later than all known."""
    at = _later(row, candidate)
    if at is None:
        return None
    if at.hour == at.minute == at.second == 0:  # in its own zone: most likely a date without a time
        return at + _SPAN["day"]
    return at + _SPAN["second" if at.second else "minute"]


def _later(row: Url, candidate: Candidate) -> datetime | None:
    # A deduced date ("2 jam lalu") differs at every poll.
    stated = candidate.published.at if candidate.published and candidate.published.confidence != "low" else None
    at = _latest(candidate.modified, stated)
    known = _latest(row.modified_hint, row.published_hint)
    return at if at is not None and (known is None or at > known) else None


def _latest(*moments: datetime | None) -> datetime | None:
    return max(filter(None, moments), default=None)


def _published(row: Url) -> Timestamp | None:
    if row.published_hint is None:
        return None
    precision: Any = row.published_hint_precision or "second"
    confidence: Any = row.published_hint_confidence or "high"
    return Timestamp(
        row.published_hint, row.published_hint_raw or "", row.published_hint_source or "", precision, confidence
    )
