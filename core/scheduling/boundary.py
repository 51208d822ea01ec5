"""Boundary."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Articles that appear late under an earlier date: embargoed copy, feeds that lag, pages back-dated by an editor.
OVERLAP = timedelta(hours=48)
FIRST_RUN = timedelta(days=7)
FURTHEST_BACK = timedelta(days=30)
# A ``lastmod`` without a time, and without a zone that we know, may mean any moment of two days.
DAY_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Boundary:
    """Which articles a run wants, by publication: ``since`` ≤ published ≤ ``until``; ``None`` is no limit. Aware."""

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
    """Which articles ``crawl`` wants.

    Args:
        newest: publication of the newest article held (``newest_published``).
        now: the run's begin.
        unfinished: how far back interrupted runs looked (``unfinished_since``).
        since: the user's own boundary, which then holds alone.
        until: the user's.
    """
    if since is not None:
        return Boundary(since, until)
    wanted = now - FIRST_RUN if newest is None else min(newest, now) - OVERLAP
    if unfinished is not None:
        wanted = min(wanted, unfinished)
    return Boundary(max(wanted, now - FURTHEST_BACK), until)
