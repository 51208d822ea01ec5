"""Whether a source still lists what it listed at the poll before: if not, articles may have come and gone unseen. Pure.

In a listing that scrolls, what came last leaves last. So the ids of a reading are kept in the order of their coming
(``in_order``), and where that order is intact there is no gap as long as one of the first is still listed. Pinned
entries show by staying when newer ones have left; an article or two that were taken down do not matter.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean

from core.periods import HOME

KEPT = 200  # ids of a reading; a source of more entries cannot lose all of these without a gap
# So many may be taken down between two polls without being a sign of anything.
_TAKEN_DOWN = 2
# Where more than these are still there, what stays is not just pinned: so many in any listing, a share of a long one,
# and never more than a share of a short one.
_PINNED, _PINNED_SHARE, _MOST_PINNED_SHARE = 3, 1 / 20, 1 / 3
# Of the largest Indonesian outlets, in a day: no estimate goes beyond.
_MOST_A_DAY = 2000
_DAY = timedelta(days=1)
# What came just before and after tells more than what is usual, but not of the next day or night.
_SHORT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source lists: the ledger's id, and when it was published by the source's word if that tells a time."""

    id: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PreviousListing:
    """The reading before.

    Attributes:
        ids: in the order of their coming, the newest first (``in_order``).
        dates: of those whose publication is known by now.
        at: when it was read.
    """

    ids: Sequence[int]
    dates: Mapping[int, datetime]
    at: datetime


@dataclass(frozen=True, slots=True)
class MissedArticles:
    """Articles that a source may have listed and dropped between two polls: published when, and about how many."""

    since: datetime
    until: datetime
    estimate: int


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    """In the order of the source, turned round where its dates ascend."""
    dates = [entry.at for entry in entries if entry.at]
    ascending = sum(earlier < later for earlier, later in pairwise(dates))
    descending = sum(earlier > later for earlier, later in pairwise(dates))
    return list(reversed(entries)) if ascending > descending else list(entries)


def order_by_arrival(before: Sequence[int], entries: Sequence[Entry], fresh: Collection[int]) -> list[int]:
    """The ids of what is listed in the order of its coming, the last first; at most ``KEPT``.

    Args:
        before: of the reading before, in the same order.
        entries: what is listed now, newest first.
        fresh: the ids that the source never named before.
    """
    here = {entry.id: entry.at for entry in entries}
    known = [one for one in before if one in here]
    back = min((at for one in known if (at := here[one])), default=None)
    new = [entry for entry in entries if entry.id in fresh]
    if all(entry.at for entry in new):
        new.sort(key=lambda entry: entry.at or datetime.min, reverse=True)  # noqa: DTZ901 - all have one
    # What comes in behind the oldest is no news: others were taken down, or more is listed than before.
    late = {entry.id for entry in new if entry.at and back and entry.at < back}
    ahead, behind = ([entry.id for entry in new if (entry.id in late) is is_late] for is_late in (False, True))
    order = ahead + known + behind
    placed = set(order)
    return (order + [entry.id for entry in entries if entry.id not in placed])[:KEPT]


def find_pinned(before: Sequence[int], entries: Sequence[Entry]) -> set[int]:
    """The entries that stand where they do whatever is new.

    They stayed when newer ones left, or stand above newer ones. Where many seem to, the source has another order.

    Args:
        before: ids of the reading before, in the order of their coming.
        entries: what is listed now, newest first.
    """
    here = {entry.id for entry in entries}
    stuck = {one for one, gone in _with_gone_ahead(before, here) if gone > _TAKEN_DOWN}
    stuck |= _above_newer(entries)
    return stuck if len(stuck) <= _most_pinned(len(entries)) else set()


def date_range(entries: Sequence[Entry], without: Collection[int]) -> tuple[datetime, datetime] | None:
    """The oldest and the newest publication, ``without`` those; ``None`` where none is dated."""
    dates = [entry.at for entry in entries if entry.at and entry.id not in without]
    return (min(dates), max(dates)) if dates else None


def find_missed(
    before: PreviousListing,
    entries: Sequence[Entry],
    fresh: Collection[int],
    now: datetime,
    *,
    usual: Callable[[datetime, datetime], float | None],
    sitemap: bool = False,
) -> MissedArticles | None:
    """What may have been missed since the reading before; ``None``: the two overlap, or nobody can tell.

    Args:
        before: the reading before.
        entries: what is listed now, newest first.
        fresh: the ids that the source never named before.
        now: aware.
        usual: how many articles the source usually gives between two moments, if that was learned.
        sitemap: it is one: they need not begin with the newest, and some begin anew with each month.
    """
    stuck = find_pinned(before.ids, entries)
    span = date_range(entries, stuck)
    if not _scrolled_past(before.ids, entries, fresh, top_down=bool(span) or not sitemap):
        return None
    # What came long ago is at the end, and may be pinned.
    lately = before.ids[: len(before.ids) - round(_most_pinned(len(before.ids)))]
    dates = [min(before.dates[one], before.at) for one in lately if one in before.dates]
    newest = max(dates, default=None)
    if span and newest:
        # New addresses for the same days, say: nothing lies between.
        if span[0] <= newest:
            return None
        if sitemap and newest.astimezone(HOME).month != span[0].astimezone(HOME).month:
            return None
    since, until = newest or before.at, span[0] if span else now
    if since >= until:
        return None
    during = until - since
    spans = [dates, [entry.at for entry in entries if entry.at and entry.id not in stuck]]
    nearby = _came(spans, during)
    came = (nearby if during < _SHORT else 0.0) or usual(since, until) or nearby
    missed = came - (1 if span else len(fresh))  # what lies between two that are known, or since one
    return MissedArticles(since, until, max(1, round(min(missed, _MOST_A_DAY * (during / _DAY)))))


def _most_pinned(entries: int) -> float:
    return min(_PINNED + entries * _PINNED_SHARE, entries * _MOST_PINNED_SHARE)


def _scrolled_past(before: Sequence[int], entries: Sequence[Entry], fresh: Collection[int], *, top_down: bool) -> bool:
    """Whether everything but pinned entries has left since, pushed out by new ones."""
    here = {entry.id for entry in entries}
    left = [one for one in before if one in here]
    few = len(before) <= _TAKEN_DOWN or not fresh
    # A listing that shrank did not push anything out: it shows a day, a month, or is being repaired.
    if few or len(left) > _most_pinned(len(before)) or len(entries) < len(before) / 2:
        return False
    in_place = {one for one, gone in _with_gone_ahead(before, here) if gone <= _TAKEN_DOWN}
    return in_place <= (_above_fresh(entries, fresh) if top_down else set())


def _with_gone_ahead(before: Sequence[int], here: Collection[int]) -> Iterator[tuple[int, int]]:
    """What is left of the reading before, each with how many that came after it are gone."""
    gone = 0
    for one in before:
        if one in here:
            yield one, gone
        else:
            gone += 1


def _above_fresh(entries: Sequence[Entry], fresh: Collection[int]) -> set[int]:
    """The known ones that stand above what is new, and so were pinned since."""
    behind, above = 0, set()
    for entry in reversed(entries):
        if entry.id in fresh:
            behind += 1
        elif behind > _TAKEN_DOWN:
            above.add(entry.id)
    return above


def _above_newer(entries: Sequence[Entry]) -> set[int]:
    """Those behind which several stand that were published later."""
    latest: list[datetime] = []  # of those behind
    above = set()
    for entry in reversed(entries):
        if entry.at is None:
            continue
        if len(latest) > _TAKEN_DOWN and entry.at < min(latest):
            above.add(entry.id)
        latest = sorted([*latest, entry.at])[-_TAKEN_DOWN - 1 :]
    return above


def _came(spans: Sequence[Sequence[datetime]], during: timedelta) -> float:
    """Articles in that time, if they came as those at its two ends did."""
    return mean([rate for dates in spans if (rate := _rate(dates))] or [0]) * (during / _DAY)


def _rate(dates: Sequence[datetime]) -> float | None:
    """Articles a day."""
    span = (max(dates) - min(dates)) / _DAY if dates else 0
    return (len(dates) - 1) / span if span else None
