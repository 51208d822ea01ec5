"""Decide when to poll a source next. Pure.

A source is polled when a share of its listing is expected to be replaced: articles learned for each hour of the day,
times the ratio of the last poll's result to its expectation.

Miniflux' entry frequency ignores the listing's length and the hour. Media Cloud's bands of duplicates take too long to
come down for a busy morning. ``benchmarks/polling.py`` compares all three.

The rest of the listing is a reserve for bursts and chance. A reserve by Poisson's law, by a learned spread or by
length did no better than plain numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any, Self

SHARE, CALM_SHARE = 0.45, 0.3
BUSY = timedelta(minutes=30)  # SHARE gives shorter intervals, CALM_SHARE longer ones
# A hint is obeyed until so much of the listing is expected to be replaced. WordPress says "hourly" in every feed; one
# that scrolls past in half that time would certainly lose articles, which no publisher can want.
HINTED_SHARE = 0.55
FLOOR = timedelta(minutes=2)
# Readers wait for the news: a morning's articles are stored by the afternoon, for four requests a day.
CEILING = timedelta(hours=6)
# A source that has long been silent or failing is polled again after this share of that time, in the end every 3 days.
PATIENCE = 1 / 4
LONGEST = timedelta(days=3)
# Failures are retried as often as articles would be lost otherwise (outages of some hours are usual, and the feed must
# be read when it is back, before it scrolls on), within these bounds, and for so long.
RETRY_SOONEST, RETRY_LATEST = timedelta(minutes=5), timedelta(minutes=30)
GRACE = timedelta(hours=12)
# For a new source: the first interval without dates, then at most an hour until a day has been observed.
START, START_CEILING = timedelta(minutes=15), timedelta(hours=1)
YOUNG = 24.0  # hours
# A burst is over after an hour or two; three articles in a night instead of one say nothing about the morning.
SURGE_LASTS, SURGE_LEAST, SURGE_MOST = timedelta(hours=2), 0.7, 10.0
# Long enough to even out weekends, short enough for an outlet that changes its habits.
HALF_LIFE = timedelta(days=7)
LEAST_ENTRIES = 10  # assumed length of an unknown listing: what feeds have at least

_VERSION = 1
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_TRUSTED = timedelta(hours=12)  # span of a listing's dates
_WINDOW = 14 * _DAY  # the longest time observed at once
_MOST = 1e12  # beyond any count, and any second of the epoch
_PRIOR = 1.0  # hours' weight of the usual day against an hour's own count
# An hour's articles relative to the mean hour, from midnight in Jakarta; stored by UTC hours.
_USUAL_DAY = (0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.4, 1.7, 1.8, 1.7, 1.6, 1.6, 1.7, 1.7, 1.6, 1.4, 1.2, 1.1, 1.0)
_SHAPE = tuple((*_USUAL_DAY, 0.8, 0.6, 0.5)[(hour + 7) % 24] for hour in range(24))


@dataclass(frozen=True, slots=True)
class PollHints:
    """Bounds for a source's polling interval, from the server and the declaration.

    Attributes:
        at_most_every: from RSS ``ttl``, ``sy:update*``, Cache-Control max-age.
        shortest: declared; holds always.
        longest: declared; yields to ``shortest`` and ``retry_after``.
        retry_after: from a 429 or 503.
    """

    at_most_every: timedelta | None = None
    shortest: timedelta | None = None
    longest: timedelta | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Summary of one listing.

    Attributes:
        entries: number of articles; ``fresh`` are listed here for the first time.
        oldest: publication, without pinned entries; ``newest`` likewise.
        gap: nothing of the previous listing is left.
    """

    entries: int
    fresh: int
    oldest: datetime | None
    newest: datetime | None
    gap: bool = False


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """Next poll of a source, and its state for ``sources.rhythm`` (JSON)."""

    due_at: datetime
    interval: timedelta
    memory: Mapping[str, Any]


def after_listing(
    memory: Mapping[str, Any], listed: Listed, hints: PollHints, *, last_at: datetime | None, now: datetime
) -> PollSchedule:
    """Return the schedule after a listing; ``last_at`` is the previous answer's time."""
    learned = _Learned.read(memory).with_listing(listed, last_at, now)
    return _schedule(learned, hints, now, sooner=listed.gap)


def after_unchanged(
    memory: Mapping[str, Any], hints: PollHints, *, last_at: datetime | None, now: datetime
) -> PollSchedule:
    learned = _Learned.read(memory)
    return _schedule(
        learned.with_listing(Listed(learned.entries, 0, None, None), last_at, now), hints, now, sooner=False
    )


def after_failure(memory: Mapping[str, Any], failures: int, hints: PollHints, *, now: datetime) -> PollSchedule:
    """Return the schedule after failures in a row; the learned state is kept."""
    learned = _Learned.read(memory)
    if failures <= 1 or not learned.failing_at:
        learned = replace(learned, failing_at=round(now.timestamp()))
    interval = min(max(learned.interval(now), RETRY_SOONEST), RETRY_LATEST)
    failing = _since(learned.failing_at, now)
    if failing > GRACE:
        interval = max(interval, failing * PATIENCE)
    return _bounded(interval, learned, hints, now)


def expect_arrivals(memory: Mapping[str, Any], start: datetime, end: datetime) -> float | None:
    """Return the number of articles usual in that time, if learned."""
    learned = _Learned.read(memory)
    if not any(learned.watched):
        return None
    rates = learned.rates()
    return sum(rates[hour] * part for hour, part in _hours(start, end))


def _schedule(learned: "_Learned", hints: PollHints, now: datetime, *, sooner: bool) -> PollSchedule:
    interval = min(learned.interval(now), learned.ceiling(now))
    if sooner:
        interval /= 2
    if hints.at_most_every:
        interval = max(interval, min(hints.at_most_every, learned.time_until(HINTED_SHARE, now)))
    return _bounded(interval, learned, hints, now)


def _bounded(interval: timedelta, learned: "_Learned", hints: PollHints, now: datetime) -> PollSchedule:
    interval = min(interval, hints.longest or LONGEST, LONGEST)
    interval = max(interval, FLOOR, hints.shortest or FLOOR, hints.retry_after or FLOOR)
    interval = timedelta(seconds=round(interval.total_seconds()))
    return PollSchedule(now + interval, interval, learned.to_json())


@dataclass(frozen=True, slots=True)
class _Learned:
    """Learned state of a source.

    Attributes:
        arrived: articles by hour of the day (UTC), older ones weighing less; ``watched``: hours observed, likewise.
        surge: ratio of the last arrivals to the expected ones, beyond chance.
        news_at: last new article; ``failing_at``: first failure; seconds of the epoch, 0: never.
    """

    version: int = _VERSION
    arrived: Sequence[float] = (0.0,) * 24
    watched: Sequence[float] = (0.0,) * 24
    entries: int = 0
    surge: float = 1.0
    news_at: float = 0.0
    failing_at: float = 0.0

    @classmethod
    def read(cls, memory: Mapping[str, Any]) -> Self:
        try:
            learned = cls(**memory)
            numbers = [
                *learned.arrived,
                *learned.watched,
                learned.entries,
                learned.surge,
                learned.news_at,
                learned.failing_at,
            ]
            sound = all(0 <= number < _MOST for number in numbers)
            sound &= len(learned.arrived) == len(learned.watched) == len(_SHAPE) and learned.version == _VERSION
        except TypeError:
            return cls()
        return learned if sound else cls()

    def to_json(self) -> dict[str, Any]:
        arrived, watched = ([round(hour, 3) for hour in hours] for hours in (self.arrived, self.watched))
        return asdict(replace(self, arrived=arrived, watched=watched, surge=round(self.surge, 2)))

    def with_listing(self, listed: Listed, last_at: datetime | None, now: datetime) -> Self:
        news_at = round(now.timestamp()) if listed.fresh or not self.news_at else self.news_at
        learned = replace(self, entries=listed.entries, news_at=news_at, failing_at=0.0)
        if last_at is not None and not listed.gap:
            return learned.with_arrivals(listed.fresh, last_at, now)
        if listed.oldest is not None:
            # Only the dates say how long the listing took to fill, and they may be wrong.
            start = max(listed.oldest, last_at or listed.oldest)
            return learned.with_arrivals(
                listed.entries, start, now, weight=min(1.0, _TRUSTED / max(now - start, _HOUR))
            )
        # More arrived than it holds: the usual number, or twice what it holds, which is as good a guess as any.
        return learned.with_arrivals(2 * listed.entries, last_at, now, least_usual=True) if last_at else learned

    def with_arrivals(
        self, articles: float, start: datetime, now: datetime, *, weight: float = 1.0, least_usual: bool = False
    ) -> Self:
        """Learn arrivals since ``start`` (``least_usual``: at least the usual number)."""
        if now - start > _WINDOW:
            articles, start = articles * (_WINDOW / (now - start)), now - _WINDOW
        rates = self.rates()
        hours = [(hour, part, rates[hour] * part) for hour, part in _hours(start, now)]
        expected = sum(due for _, _, due in hours)
        if not expected:  # the source's clock, or ours, was set back
            return self
        if least_usual:
            articles = max(articles, expected)
        kept = 0.5 ** ((now - start) / HALF_LIFE)
        arrived, watched = [each * kept for each in self.arrived], [each * kept for each in self.watched]
        for hour, part, due in hours:
            arrived[hour] += weight * articles * due / expected
            watched[hour] += weight * part
        more, less = (articles - sqrt(articles)) / expected, (articles + sqrt(articles) + 1) / expected
        surge = min(max(more, min(less, 1.0), SURGE_LEAST), SURGE_MOST) if any(self.watched) else 1.0
        return replace(self, arrived=arrived, watched=watched, surge=surge)

    def rates(self) -> list[float]:
        """Expected articles per hour, by hour of the day (UTC)."""
        usual = sum(hours * share for hours, share in zip(self.watched, _SHAPE, strict=True))
        level = (sum(self.arrived) + 1) / max(usual, 0.02)  # plus one: none so far does not mean none ever
        return [
            (arrived + level * share * _PRIOR) / (watched + _PRIOR)
            for arrived, watched, share in zip(self.arrived, self.watched, _SHAPE, strict=True)
        ]

    def interval(self, now: datetime) -> timedelta:
        return max(min(self.time_until(SHARE, now), BUSY), self.time_until(CALM_SHARE, now))

    def time_until(self, share: float, now: datetime) -> timedelta:
        if not any(self.watched):
            return START
        left = share * (self.entries or LEAST_ENTRIES)
        rates, passed = self.rates(), timedelta()
        for hour, part in _hours(now, now + LONGEST):
            rate = rates[hour] * (self.surge if passed < SURGE_LASTS else 1.0)
            if rate * part >= left:
                return passed + _HOUR * (left / rate)
            left -= rate * part
            passed += _HOUR * part
        return LONGEST

    def ceiling(self, now: datetime) -> timedelta:
        if sum(self.watched) < YOUNG:
            return START_CEILING
        return max(CEILING, _since(self.news_at, now) * PATIENCE)


def _since(epoch: float, now: datetime) -> timedelta:
    return timedelta(seconds=max(now.timestamp() - epoch, 0.0))


def _hours(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    at = start.astimezone(UTC)
    while at < end:
        until = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end.astimezone(UTC))
        yield at.hour, (until - at) / _HOUR
        at = until
