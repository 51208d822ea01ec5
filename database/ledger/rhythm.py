"""When a source is polled next: pure, the moment comes in, and what was learned goes out to be kept.

A source is asked again before what it lists will have been replaced, by what is expected to arrive until then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any, Self

VERSION = 1
FLOOR, CEILING = timedelta(minutes=2), timedelta(hours=6)
LONGEST = timedelta(days=3)  # for what gives nothing, or does not answer
START = timedelta(minutes=15)  # where nothing is known
# Share of the time that a source has given nothing new after which it is asked again, beyond the ceiling.
PATIENCE = 1 / 4
FIRST_RETRY = timedelta(minutes=30)
BACK_OFF = 1.25
HALF_LIFE = timedelta(days=7)
CERTAINTY = 3.0
SHARE = 0.8
HINTED_SHARE = 0.75
USUAL_SPREAD = 2.0
PRIOR = 3.0  # hours
MOST = 1e6

_HOUR = timedelta(hours=1)
_WINDOW = timedelta(days=14)
# Articles of an hour beside the mean hour's, from midnight on by Jakarta's clock; kept by UTC's.
_BY_JAKARTA = (
    0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.4, 1.7, 1.8, 1.7,
    1.6, 1.6, 1.7, 1.7, 1.6, 1.4, 1.2, 1.1, 1.0, 0.8, 0.6, 0.5,
)  # fmt: skip
_SHAPE = tuple(_BY_JAKARTA[(hour + 7) % 24] for hour in range(24))


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a source may be asked: the server's hints and the declaration together.

    Attributes:
        at_most_every: the hint (RSS ``ttl``, ``sy:update*``, Cache-Control max-age): asking sooner is not wanted.
        shortest: the declaration's own word: never sooner, whatever else.
        longest: the declaration's own word: never later, but for ``retry_after``.
        retry_after: the server's word with a 429 or 503.
    """

    at_most_every: timedelta | None = None
    shortest: timedelta | None = None
    longest: timedelta | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What one answer showed.

    Attributes:
        entries: different articles that it lists.
        fresh: how many of these this source named for the first time.
        oldest: the earliest publication among them, pinned ones left out; ``newest`` the latest.
        gap: nothing of what it listed at the poll before is there any more.
    """

    entries: int
    fresh: int
    oldest: datetime | None
    newest: datetime | None
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When it is due, after how long, and what the next decision needs (JSON; kept in ``sources.rhythm``)."""

    due_at: datetime
    interval: timedelta
    memory: Mapping[str, Any]


def after_reading(
    memory: Mapping[str, Any], listed: Listed, pace: Pace, *, last_at: datetime | None, now: datetime
) -> Rhythm:
    """The rhythm after an answer that was read; ``last_at``: when the source last answered before."""
    known = _Known.read(memory)
    known = known.after(listed, last_at, now)
    return _rhythm(known, pace, now, sooner=listed.gap)


def after_unchanged(memory: Mapping[str, Any], pace: Pace, *, last_at: datetime | None, now: datetime) -> Rhythm:
    """The rhythm after a 304, or the same body again."""
    known = _Known.read(memory)
    return _rhythm(known.after(Listed(known.entries, 0, None, None), last_at, now), pace, now)


def after_failure(memory: Mapping[str, Any], failures: int, pace: Pace, *, now: datetime) -> Rhythm:
    """The rhythm after ``failures`` failed polls in a row, this one included; what was learned stays."""
    known = _Known.read(memory)
    first = min(timedelta(seconds=known.interval), FIRST_RETRY)
    growth = BACK_OFF ** min(max(failures, 1) - 1, 60)
    interval = _bounded(min(first * growth, LONGEST), pace)
    return Rhythm(now + interval, interval, known.written())


def _rhythm(known: "_Known", pace: Pace, now: datetime, *, sooner: bool = False) -> Rhythm:
    reserve = CERTAINTY * sqrt(known.spread)
    enough = _solved(known.entries * SHARE, reserve)
    interval = known.time_until(enough, now)
    if sooner:
        interval /= 2
    if pace.at_most_every:
        # WordPress says "hourly" of every feed: it is believed as long as the listing holds what an hour brings.
        interval = max(interval, min(pace.at_most_every, known.time_until(known.entries * HINTED_SHARE, now)))
    interval = _bounded(max(min(interval, known.ceiling(now)), FLOOR), pace)
    known = replace(known, interval=interval.total_seconds())
    return Rhythm(now + interval, interval, known.written())


def _bounded(interval: timedelta, pace: Pace) -> timedelta:
    """Within the declaration's word and the server's, of which the server's Retry-After is the last."""
    if pace.longest:
        interval = min(interval, pace.longest)
    return max(interval, pace.shortest or FLOOR, pace.retry_after or FLOOR)


def _solved(room: float, reserve: float) -> float:
    """The mean of which ``mean + reserve * sqrt(mean)`` fills the room."""
    root = (sqrt(reserve**2 + 4 * room) - reserve) / 2
    return root**2


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept.

    Attributes:
        arrived: articles by hour of the day (UTC), of late; ``watched`` the hours in which they were counted.
        entries: that it lists.
        spread: how far counts lie from what was expected: their variance by Poisson's.
        surge: how many times the usual rate it is now.
        news_at: when it last gave something new, in seconds of the epoch; 0: never.
        interval: the last, in seconds.
    """

    arrived: Sequence[float] = (0.0,) * 24
    watched: Sequence[float] = (0.0,) * 24
    entries: int = 0
    spread: float = USUAL_SPREAD
    surge: float = 1.0
    news_at: float = 0.0
    interval: float = START.total_seconds()

    @classmethod
    def read(cls, memory: Mapping[str, Any]) -> Self:
        """Of what was written; nothing known where it is not ours."""
        try:
            kept = dict(memory)
            if kept.pop("version") != VERSION:
                return cls()
            known = cls(**kept)
            numbers = (*known.arrived, *known.watched, known.entries, known.spread, known.surge, known.interval)
            sound = len(known.arrived) == len(known.watched) == 24 and all(0 <= number < MOST for number in numbers)
            return known if sound and known.news_at >= 0 else cls()
        except (KeyError, TypeError, ValueError):
            return cls()

    def written(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "arrived": [round(number, 3) for number in self.arrived],
            "watched": [round(number, 3) for number in self.watched],
            "entries": self.entries,
            "spread": round(self.spread, 3),
            "surge": round(self.surge, 3),
            "news_at": round(self.news_at),
            "interval": round(self.interval),
        }

    def after(self, listed: Listed, last_at: datetime | None, now: datetime) -> Self:
        """With what this answer tells."""
        news_at = now.timestamp() if listed.fresh or not self.news_at else self.news_at
        entries = listed.entries
        known = replace(self, entries=entries, news_at=news_at)
        start, count = last_at, listed.fresh
        if last_at is None or listed.gap:
            # Only its dates tell how long the listing took to fill.
            start = max(filter(None, (listed.oldest, last_at)), default=None)
            count = entries
        if start is None or start >= now:
            return known
        start = max(start, now - _WINDOW)
        return known._observed(start, now, count)

    def _observed(self, start: datetime, now: datetime, count: int) -> Self:
        rates = self.rates()
        hours = [(hour, part, rates[hour] * part) for hour, part in _hours(start, now)]
        expected = sum(share for _, _, share in hours)
        kept = 0.5 ** ((now - start) / HALF_LIFE)
        arrived, watched = [a * kept for a in self.arrived], [w * kept for w in self.watched]
        for hour, part, share in hours:
            arrived[hour] += count * share / expected
            watched[hour] += part
        surge = max(1.0, (count - sqrt(count)) / expected) if sum(self.watched) else 1.0
        spread = self.spread
        if sum(self.watched) and expected > 0.05:
            seen = min((count - expected) ** 2 / expected, 50.0)
            weight = 0.05
            spread = max(1.0, spread * (1 - weight) + seen * weight)
        return replace(self, arrived=arrived, watched=watched, surge=surge, spread=spread)

    def rates(self) -> list[float]:
        """Articles per hour that are expected, by hour of the day (UTC)."""
        level = (sum(self.arrived) + 1) / max(sum(w * s for w, s in zip(self.watched, _SHAPE, strict=True)), 0.02)
        return [
            (arrived + level * shape * PRIOR) / (watched + PRIOR)
            for arrived, watched, shape in zip(self.arrived, self.watched, _SHAPE, strict=True)
        ]

    def time_until(self, articles: float, now: datetime) -> timedelta:
        """How long so many articles take to arrive, at most the longest interval."""
        if not sum(self.watched):
            return START
        rates = self.rates()
        left = articles / self.surge
        passed = timedelta()
        for hour, part in _hours(now, now + LONGEST):
            if rates[hour] * part >= left:
                return passed + _HOUR * (left / rates[hour])
            left -= rates[hour] * part
            passed += _HOUR * part
        return LONGEST

    def ceiling(self, now: datetime) -> timedelta:
        """The longest interval: a few hours, days for what has given nothing new for long."""
        quiet = timedelta(seconds=max(now.timestamp() - self.news_at, 0)) if self.news_at else timedelta()
        return min(max(CEILING, quiet * PATIENCE), LONGEST)


def _hours(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """The hours of the day (UTC) between, each with how much of it."""
    at = start.astimezone(UTC)
    end = end.astimezone(UTC)
    while at < end:
        until = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield at.hour, (until - at) / _HOUR
        at = until
