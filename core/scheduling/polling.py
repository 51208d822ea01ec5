"""When a source is polled next: pure, the moment comes in, and what was learned goes out to be kept.

The rule: a source is asked again when a share of what it lists is expected to have been replaced. What to expect is
learned from the source itself: articles in each hour of the day, so that a night costs hardly a request and no morning
is missed, times what the last poll found beside what was expected of it.

Why neither of the usual rules. Miniflux' entry frequency waits as long as one article usually takes: of two outlets
with 300 articles a day it asks the one that lists 100 as often as the one that lists 10, and at night as often as in
the morning. Media Cloud's bands of duplicates look at the listing, but go ten minutes up and an hour down whatever
was found, and know no hours of the day: a busy morning is over before they have come down. What is lost is lost because
a listing scrolled on before it was read, so this is what is reckoned with. ``benchmarks/polling.py`` has all three.

The rest of the listing is left for what nobody expects: bursts, batches, chance. More is left where the share takes
more than half an hour: a burst fits in whole there, and requests are few. A reserve by Poisson's law, by a learned
spread or by the length of the listing lost as many articles with as many requests as these plain numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any, Self

SHARE, CALM_SHARE = 0.45, 0.3
BUSY = timedelta(minutes=30)  # shorter intervals are by the one, longer ones by the other
# A hint is obeyed until so much of the listing is expected to be replaced. WordPress says "hourly" of every feed, and
# one that scrolls by in half that time would lose articles for certain, which nobody who publishes it can want.
HINTED_SHARE = 0.55
FLOOR = timedelta(minutes=2)
# Somebody waits for the news: what is published in the morning is there in the afternoon, for four requests a day.
CEILING = timedelta(hours=6)
# What has given nothing or not answered for long is asked again after this share of that time, in the end every 3 days.
PATIENCE = 1 / 4
LONGEST = timedelta(days=3)
# Failures are retried as often as articles would be lost otherwise (an outage of some hours is usual, and what a
# feed lists when it is back must be read before it scrolls on), within these bounds, and for so long.
RETRY_SOONEST, RETRY_LATEST = timedelta(minutes=5), timedelta(minutes=30)
GRACE = timedelta(hours=12)
# Where little is known: the first interval without dates, then an hour at most until a day was watched.
START, START_CEILING = timedelta(minutes=15), timedelta(hours=1)
YOUNG = 24.0  # hours
# A burst is over after an hour or two; three articles in a night where one is usual foretell nothing of the morning.
SURGE_LASTS, SURGE_LEAST, SURGE_MOST = timedelta(hours=2), 0.7, 10.0
# Long enough for weekends to even out, short enough for an outlet that changes its ways.
HALF_LIFE = timedelta(days=7)
LEAST_ENTRIES = 10  # taken for what it lists where that is not known: what feeds have, at least

_VERSION = 1
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_TRUSTED = timedelta(hours=12)  # of a listing's dates
_WINDOW = 14 * _DAY  # an hour of the day is not watched longer than this at once
_MOST = 1e12  # beyond any count, and any second of the epoch
_PRIOR = 1.0  # hours' worth of the usual day, until an hour's own count outweighs it
# Articles of an hour beside the mean hour's, from midnight on by Jakarta's clock; kept by UTC's.
_USUAL_DAY = (0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.4, 1.7, 1.8, 1.7, 1.6, 1.6, 1.7, 1.7, 1.6, 1.4, 1.2, 1.1, 1.0)
_SHAPE = tuple((*_USUAL_DAY, 0.8, 0.6, 0.5)[(hour + 7) % 24] for hour in range(24))


@dataclass(frozen=True, slots=True)
class PollHints:
    """How often a source may be asked: the server's hints and the declaration together.

    Attributes:
        at_most_every: the hint (RSS ``ttl``, ``sy:update*``, Cache-Control max-age): asking sooner is not wanted.
        shortest: the declaration's own word: never sooner, whatever else.
        longest: the declaration's own word: never later, but for the other two absolute ones.
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
class PollSchedule:
    """When it is due, after how long, and what the next decision needs (JSON; kept in ``sources.rhythm``)."""

    due_at: datetime
    interval: timedelta
    memory: Mapping[str, Any]


def after_listing(
    memory: Mapping[str, Any], listed: Listed, pace: PollHints, *, last_at: datetime | None, now: datetime
) -> PollSchedule:
    """The rhythm after an answer that was read; ``last_at``: when the source last answered before."""
    known = _Known.read(memory).with_listing(listed, last_at, now)
    return _rhythm(known, pace, now, sooner=listed.gap)


def after_unchanged(
    memory: Mapping[str, Any], pace: PollHints, *, last_at: datetime | None, now: datetime
) -> PollSchedule:
    """The rhythm after a 304, or the same body again."""
    known = _Known.read(memory)
    return _rhythm(known.with_listing(Listed(known.entries, 0, None, None), last_at, now), pace, now, sooner=False)


def after_failure(memory: Mapping[str, Any], failures: int, pace: PollHints, *, now: datetime) -> PollSchedule:
    """The rhythm after ``failures`` failed polls in a row, this one included; what was learned stays.

    One good answer restores the rhythm that it had.
    """
    known = _Known.read(memory)
    if failures <= 1 or not known.failing_at:
        known = replace(known, failing_at=round(now.timestamp()))
    interval = min(max(known.covered(now), RETRY_SOONEST), RETRY_LATEST)
    failing = _since(known.failing_at, now)
    if failing > GRACE:
        interval = max(interval, failing * PATIENCE)
    return _bounded(interval, known, pace, now)


def expect_arrivals(memory: Mapping[str, Any], start: datetime, end: datetime) -> float | None:
    """How many articles usually arrive in that time; ``None``: nothing was learned yet."""
    known = _Known.read(memory)
    if not any(known.watched):
        return None
    rates = known.rates()
    return sum(rates[hour] * part for hour, part in _hours(start, end))


def _rhythm(known: "_Known", pace: PollHints, now: datetime, *, sooner: bool) -> PollSchedule:
    interval = min(known.covered(now), known.ceiling(now))
    if sooner:
        interval /= 2
    if pace.at_most_every:
        interval = max(interval, min(pace.at_most_every, known.time_until(HINTED_SHARE, now)))
    return _bounded(interval, known, pace, now)


def _bounded(interval: timedelta, known: "_Known", pace: PollHints, now: datetime) -> PollSchedule:
    interval = min(interval, pace.longest or LONGEST, LONGEST)
    interval = max(interval, FLOOR, pace.shortest or FLOOR, pace.retry_after or FLOOR)
    interval = timedelta(seconds=round(interval.total_seconds()))
    return PollSchedule(now + interval, interval, known.written())


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of a source.

    Attributes:
        arrived: articles by hour of the day (UTC), old ones count less; ``watched``: in how many such hours.
        entries: that it lists.
        surge: how many times what was expected has arrived last, as far as chance does not explain it.
        news_at: when it last gave something new; ``failing_at`` since when it fails; seconds of the epoch, 0: never.
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
        """What ``written`` gave; nothing known where it is something else."""
        try:
            known = cls(**memory)
            numbers = [*known.arrived, *known.watched, known.entries, known.surge, known.news_at, known.failing_at]
            sound = all(0 <= number < _MOST for number in numbers)
            sound &= len(known.arrived) == len(known.watched) == len(_SHAPE) and known.version == _VERSION
        except TypeError:
            return cls()
        return known if sound else cls()

    def written(self) -> dict[str, Any]:
        """Itself, in JSON's types and not longer than it needs to be."""
        arrived, watched = ([round(hour, 3) for hour in hours] for hours in (self.arrived, self.watched))
        return asdict(replace(self, arrived=arrived, watched=watched, surge=round(self.surge, 2)))

    def with_listing(self, listed: Listed, last_at: datetime | None, now: datetime) -> Self:
        """With what an answer tells: articles that arrived since it last answered, or since its oldest one."""
        news_at = round(now.timestamp()) if listed.fresh or not self.news_at else self.news_at
        known = replace(self, entries=listed.entries, news_at=news_at, failing_at=0.0)
        if last_at is not None and not listed.gap:
            return known.counted(listed.fresh, last_at, now)
        if listed.oldest is not None:
            # How long the listing took to fill is known by its dates alone, and these may be anything.
            start = max(listed.oldest, last_at or listed.oldest)
            return known.counted(listed.entries, start, now, weight=min(1.0, _TRUSTED / max(now - start, _HOUR)))
        # More came than it holds: as many as usual, or twice what it holds, which is as good a guess as any.
        return known.counted(2 * listed.entries, last_at, now, least_usual=True) if last_at else known

    def counted(
        self, articles: float, start: datetime, now: datetime, *, weight: float = 1.0, least_usual: bool = False
    ) -> Self:
        """With so many articles that arrived since then, or with ``least_usual`` as many as usual if that is more."""
        if now - start > _WINDOW:
            articles, start = articles * (_WINDOW / (now - start)), now - _WINDOW
        rates = self.rates()
        hours = [(hour, part, rates[hour] * part) for hour, part in _hours(start, now)]
        expected = sum(due for _, _, due in hours)
        if not expected:  # its clock, or ours, was set back
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
        """Articles per hour that are expected, by hour of the day (UTC)."""
        usual = sum(hours * share for hours, share in zip(self.watched, _SHAPE, strict=True))
        level = (sum(self.arrived) + 1) / max(usual, 0.02)  # plus one: none in an hour does not mean none ever
        return [
            (arrived + level * share * _PRIOR) / (watched + _PRIOR)
            for arrived, watched, share in zip(self.arrived, self.watched, _SHAPE, strict=True)
        ]

    def covered(self, now: datetime) -> timedelta:
        """How long it may be left alone, for all that is known."""
        return max(min(self.time_until(SHARE, now), BUSY), self.time_until(CALM_SHARE, now))

    def time_until(self, share: float, now: datetime) -> timedelta:
        """How long until so much of what it lists is expected to be replaced, at most the longest interval."""
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
        """The longest interval that its state allows, whatever it lists."""
        if sum(self.watched) < YOUNG:
            return START_CEILING
        return max(CEILING, _since(self.news_at, now) * PATIENCE)


def _since(epoch: float, now: datetime) -> timedelta:
    return timedelta(seconds=max(now.timestamp() - epoch, 0.0))


def _hours(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """The hours of the day (UTC) between, each with how much of it."""
    at = start.astimezone(UTC)
    while at < end:
        until = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end.astimezone(UTC))
        yield at.hour, (until - at) / _HOUR
        at = until
