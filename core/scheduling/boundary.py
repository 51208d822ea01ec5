"""Publication dates that a crawl wants."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# For articles that appear late under an earlier date: embargoed copy, lagging feeds, back-dated pages.
OVERLAP = timedelta(hours=48)
FIRST_RUN = timedelta(days=7)
FURTHEST_BACK = timedelta(days=30)
# A ``lastmod`` without a time, and without a zone that we know, may mean any moment of two days.
DAY_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A run's publication dates, both ends included; aware; ``None`` is no limit."""

    since: datetime | None = None
    until: datetime | None = None


def crawl_boundary(
    newest: datetime | None,
    now: datetime,
    *,
    unfinished: datetime | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Boundary:
    """Return the publication dates that ``crawl`` wants.

    ``since`` overrides ``newest`` and ``unfinished`` (the lower bound of interrupted runs).
    """
    if since is not None:
        return Boundary(since, until)
    start = now - FIRST_RUN if newest is None else min(newest, now) - OVERLAP
    if unfinished is not None:
        start = min(start, unfinished)
    return Boundary(max(start, now - FURTHEST_BACK), until)
