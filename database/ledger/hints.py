"""What sources say of a URL's age, and what follows from it before any download (design §4, rule 5)."""

from datetime import datetime, timedelta
from typing import Any

from core.models import Candidate, Precision, Reason, Timestamp
from core.scheduling.boundary import Boundary
from database.schema import Url

# The last moment that a string of this precision can mean, after the first.
_SPAN: dict[Precision, timedelta] = {
    "second": timedelta(0),
    "minute": timedelta(seconds=59),
    "day": timedelta(days=1) - timedelta(seconds=1),
}
AGE = (Reason.TOO_OLD, Reason.TOO_NEW)


def screen(published: Timestamp | None, modified: datetime | None, boundary: Boundary) -> Reason | None:
    """Whether these dates put an article outside the boundary for certain: too old, too new, or ``None``.

    A day counts as a whole. A modification before ``since`` means that nothing in it is newer; one after ``until``
    says nothing of the publication. Without a date nothing is certain.
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
    """A date as the row keeps it; nothing for no date."""
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
    """What is known of the URL, as if one source had said it all. Instants are UTC."""
    return Candidate(row.url, row.title_hint, _published(row), row.modified_hint)


def better(row: Url, said: Candidate) -> dict[str, Any]:
    """What ``said`` adds to the row: a date or title where there was none, a later modification.

    A later publication of what is stored is a modification, too; remembered as such, it is news only once.
    """
    gained = columns(said.published) if row.published_hint is None else {}
    if row.title_hint is None and said.title:
        gained["title_hint"] = said.title
    modified = said.modified if stored_as(row) is None else _later(row, said)
    if modified is not None and (row.modified_hint is None or modified > row.modified_hint):
        gained["modified_hint"] = modified
    return gained


def stored_as(row: Url) -> int | None:
    """The id of the entry whose page was stored: the row itself, or the one that it is a further address of."""
    if row.state == "stored":
        return row.id
    return row.same_as_id if row.reason == Reason.SAME_URL else None


def changed_at(row: Url, said: Candidate) -> datetime | None:
    """When the page changed, by a later date than all known ones: the last moment that it can mean; else ``None``."""
    at = _later(row, said)
    if at is None:
        return None
    if at.hour == at.minute == at.second == 0:  # in its own zone: most likely a date without a time
        return at + _SPAN["day"]
    return at + _SPAN["second" if at.second else "minute"]


def _later(row: Url, said: Candidate) -> datetime | None:
    # A deduced date ("2 jam lalu") comes out otherwise at every poll.
    stated = said.published.at if said.published and said.published.confidence != "low" else None
    at = _latest(said.modified, stated)
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
