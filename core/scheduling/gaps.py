"""Detect articles that a source listed and dropped between two polls. Pure.

The last to arrive is the last to leave: in order of arrival, there is no gap as long as one of the first ids is still
listed. Pinned entries stay when newer ones have left.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean

from core.periods import HOME

KEPT = 200  # ids; a source with more entries cannot lose all of these without a gap
# So many articles may be taken down between two polls without meaning anything.
_TAKEN_DOWN = 2
# If more entries than these are still listed, they are not just pinned: this number in any listing plus a share of a
# long one, and at most a share of a short one.
_PINNED, _PINNED_SHARE, _MOST_PINNED_SHARE = 3, 1 / 20, 1 / 3
# Articles a day of the largest Indonesian outlets: no estimate exceeds it.
_MOST_A_DAY = 2000
_DAY = timedelta(days=1)
# For short gaps the rates just before and after are better than the usual ones, but not for the next day or night.
_SHORT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed article: the ledger's id and the stated publication time."""

    id: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PreviousListing:
    """The source's previous listing; ``ids`` by arrival, newest first."""

    ids: Sequence[int]
    dates: Mapping[int, datetime]
    at: datetime


@dataclass(frozen=True, slots=True)
class MissedArticles:
    """Estimate of the articles missed between two polls."""

    since: datetime
    until: datetime
    estimate: int


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    dates = [entry.at for entry in entries if entry.at]
    ascending = sum(earlier < later for earlier, later in pairwise(dates))
    descending = sum(earlier > later for earlier, later in pairwise(dates))
    return list(reversed(entries)) if ascending > descending else list(entries)


def order_by_arrival(before: Sequence[int], entries: Sequence[Entry], fresh: Collection[int]) -> list[int]:
    """Return the listed ids in order of arrival, the last first; at most ``KEPT``.

    ``before`` has that order; ``entries`` are newest first.
    """
    here = {entry.id: entry.at for entry in entries}
    known = [one for one in before if one in here]
    back = min((at for one in known if (at := here[one])), default=None)
    new = [entry for entry in entries if entry.id in fresh]
    if all(entry.at for entry in new):
        new.sort(key=lambda entry: entry.at or datetime.min, reverse=True)  # noqa: DTZ901 - all have one
    # Entries new behind the oldest are no news: others were taken down, or more is listed than before.
    late = {entry.id for entry in new if entry.at and back and entry.at < back}
    ahead, behind = ([entry.id for entry in new if (entry.id in late) is is_late] for is_late in (False, True))
    order = ahead + known + behind
    placed = set(order)
    return (order + [entry.id for entry in entries if entry.id not in placed])[:KEPT]


def find_pinned(before: Sequence[int], entries: Sequence[Entry]) -> set[int]:
    """Find entries that stayed when newer ones left, or stand above newer ones.

    If too many seem pinned, the source has another order, and the result is empty.
    """
    here = {entry.id for entry in entries}
    fixed = {one for one, gone in _with_gone_ahead(before, here) if gone > _TAKEN_DOWN}
    fixed |= _above_newer(entries)
    return fixed if len(fixed) <= _most_pinned(len(entries)) else set()


def date_range(entries: Sequence[Entry], without: Collection[int]) -> tuple[datetime, datetime] | None:
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
    """Estimate the number missed since the previous poll, if any and known.

    ``entries`` are newest first; ``usual`` returns the number usual between two times. A sitemap may start anew each
    month, in any order.
    """
    fixed = find_pinned(before.ids, entries)
    span = date_range(entries, fixed)
    if not _scrolled_past(before.ids, entries, fresh, top_down=bool(span) or not sitemap):
        return None
    # The oldest are at the end and may be pinned.
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
    spans = [dates, [entry.at for entry in entries if entry.at and entry.id not in fixed]]
    nearby = _interpolate(spans, during)
    arrived = (nearby if during < _SHORT else 0.0) or usual(since, until) or nearby
    missed = arrived - (1 if span else len(fresh))  # between two known articles, or since one
    return MissedArticles(since, until, max(1, round(min(missed, _MOST_A_DAY * (during / _DAY)))))


def _most_pinned(entries: int) -> float:
    return min(_PINNED + entries * _PINNED_SHARE, entries * _MOST_PINNED_SHARE)


def _scrolled_past(before: Sequence[int], entries: Sequence[Entry], fresh: Collection[int], *, top_down: bool) -> bool:
    here = {entry.id for entry in entries}
    left = [one for one in before if one in here]
    few = len(before) <= _TAKEN_DOWN or not fresh
    # A listing that shrank pushed nothing out: it shows a day or a month, or is being repaired.
    if few or len(left) > _most_pinned(len(before)) or len(entries) < len(before) / 2:
        return False
    in_place = {one for one, gone in _with_gone_ahead(before, here) if gone <= _TAKEN_DOWN}
    return in_place <= (_above_fresh(entries, fresh) if top_down else set())


def _with_gone_ahead(before: Sequence[int], here: Collection[int]) -> Iterator[tuple[int, int]]:
    gone = 0
    for one in before:
        if one in here:
            yield one, gone
        else:
            gone += 1


def _above_fresh(entries: Sequence[Entry], fresh: Collection[int]) -> set[int]:
    behind, above = 0, set()
    for entry in reversed(entries):
        if entry.id in fresh:
            behind += 1
        elif behind > _TAKEN_DOWN:
            above.add(entry.id)
    return above


def _above_newer(entries: Sequence[Entry]) -> set[int]:
    latest: list[datetime] = []  # of the entries behind
    above = set()
    for entry in reversed(entries):
        if entry.at is None:
            continue
        if len(latest) > _TAKEN_DOWN and entry.at < min(latest):
            above.add(entry.id)
        latest = sorted([*latest, entry.at])[-_TAKEN_DOWN - 1 :]
    return above


def _interpolate(spans: Sequence[Sequence[datetime]], during: timedelta) -> float:
    return mean([rate for dates in spans if (rate := _rate(dates))] or [0]) * (during / _DAY)


def _rate(dates: Sequence[datetime]) -> float | None:
    span = (max(dates) - min(dates)) / _DAY if dates else 0
    return (len(dates) - 1) / span if span else None
