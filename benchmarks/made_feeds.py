"""Made-up feeds: their articles' times, their length, and their outages.

Times are seconds from ``BEGIN``, a Monday's midnight in Jakarta; earlier publications lie below 0.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

BEGIN = datetime(2026, 9, 6, 17, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3_600, 86_400
LOWEST, HIGHEST = 1, 2_000  # articles a day
SHORTEST, LONGEST = 10, 100  # entries

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
_BURSTS_A_DAY, _BURST_HOURS, _BURST_TIMES = 0.2, (1.0, 2.0), (3.0, 5.0)
_BATCH, _IN_BATCHES = 8, 0.05  # articles at once, share of all articles
_OUTAGES_A_DAY, _OUTAGE_HOURS = 1 / 14, (2.0, 8.0)
_DAILY_SPREAD = 0.2  # of a day's articles around the usual, as a share of them
_BEFORE = 14  # days of which articles are made, so that nothing begins empty
_DATED, _PINNING, _HINTED = 0.5, 0.1, 0.2  # shares of the feeds; the hint is WordPress', an hour
_PINNED = 2
_SATURDAY, _LATE = 5, 23  # of the week from 0, of the day


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, and its behaviour between polls.

    Attributes:
        times: of its articles, in order.
        entries: that it lists, of which the first ``pinned`` stay.
        dated: whether it has its articles' dates.
        hint: seconds within which it does not want to be asked again.
        outages: begin and end of each.
    """

    a_day: float
    times: Floats
    entries: int
    pinned: int
    dated: bool
    hint: float | None
    outages: tuple[tuple[float, float], ...]

    @property
    def room(self) -> int:
        """Entries for what is new."""
        return self.entries - self.pinned

    @property
    def lasts(self) -> float:
        """Seconds after which the usual day has replaced the listing."""
        return self.room * DAY / self.a_day

    def is_down(self, at: float) -> bool:
        """Return whether it cannot be reached."""
        return any(begin <= at < end for begin, end in self.outages)

    def catchable(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Of each article, whether a poller that asks every minute sees it."""
        asked = np.ceil(self.times / MINUTE) * MINUTE
        for begin, end in self.outages:
            asked[(begin <= asked) & (asked < end)] = np.ceil(end / MINUTE) * MINUTE
        gone = np.append(self.times[self.room :], np.full(min(self.room, len(self.times)), np.inf))
        return asked < gone


def mixed(count: int, days: int, seed: int) -> list[Feed]:
    """Return feeds of all kinds.

    Articles a day log-uniform, entries uniform, each once of ``count`` equal parts.
    """
    rng = np.random.default_rng(seed)
    busy, long = ((rng.permutation(count) + rng.random(count)) / count for _ in range(2))
    a_day = LOWEST * (HIGHEST / LOWEST) ** busy
    entries = (SHORTEST + long * (LONGEST + 1 - SHORTEST)).astype(int)
    return [
        feed(np.random.default_rng([seed, number]), days, float(a_day[number]), int(entries[number]))
        for number in range(count)
    ]


def feed(rng: np.random.Generator, days: int, a_day: float, entries: int) -> Feed:
    """Return a feed of so many articles a day, otherwise random.

    It goes on for a day after ``days``.
    """
    pinned = _PINNED if rng.random() < _PINNING else 0
    dated, hinted = bool(rng.random() < _DATED), bool(rng.random() < _HINTED)
    outages = tuple(spans(rng, days, _OUTAGES_A_DAY, _OUTAGE_HOURS))
    times = appear(rng, days + 1, a_day)
    missing = max(entries - int(np.searchsorted(times, 0)), 0)
    older = -_BEFORE * DAY - np.arange(missing, 0, -1) * DAY / a_day
    return Feed(
        a_day,
        np.concatenate([older, times]),
        entries,
        pinned,
        dated,
        HOUR if hinted else None,
        outages,
    )


def appear(rng: np.random.Generator, days: int, a_day: float) -> Floats:
    """Return its articles' times, by hour and weekday, in bursts and batches."""
    hours = np.arange(-_BEFORE * 24, days * 24)
    day = np.floor_divide(hours, 24)
    level = rng.gamma(1 / _DAILY_SPREAD**2, _DAILY_SPREAD**2, _BEFORE + days)[day + _BEFORE]
    level = level * np.where(day % 7 >= _SATURDAY, rng.uniform(0.4, 0.9), 1)
    by_hour = profile(rng)[hours % 24] * level
    for begin, end in spans(rng, days, _BURSTS_A_DAY, _BURST_HOURS):
        within = np.clip((np.minimum(hours + 1, end / HOUR) - np.maximum(hours, begin / HOUR)), 0, 1)
        by_hour = by_hour * (1 + within * (rng.uniform(*_BURST_TIMES) - 1))
    single = scattered(rng, hours, by_hour * a_day / 24 * (1 - _IN_BATCHES))
    together = scattered(rng, hours, by_hour * a_day / 24 * _IN_BATCHES / _BATCH)
    return np.sort(np.concatenate([single, np.repeat(together, _BATCH)]))


def profile(rng: np.random.Generator) -> Floats:
    """Return each hour's articles relative to the mean: quiet nights, busy days."""
    hour = np.arange(24)
    night, evening = rng.uniform(0.02, 0.3), rng.uniform(0.3, 0.8)
    begin, end = rng.uniform(5, 9), rng.uniform(16, 19)
    busy = np.where((hour >= begin) & (hour < end), 1.0, np.where((hour >= end) & (hour < _LATE), evening, night))
    busy = busy * rng.uniform(0.8, 1.2, 24)
    return np.asarray(busy * 24 / busy.sum())


def spans(rng: np.random.Generator, days: int, a_day: float, hours: tuple[float, float]) -> list[tuple[float, float]]:
    """Begin and end of what happens so often and lasts so long."""
    begins = np.sort(rng.uniform(0, days * DAY, rng.poisson(days * a_day)))
    return [(float(begin), float(begin + rng.uniform(*hours) * HOUR)) for begin in begins]


def scattered(rng: np.random.Generator, hours: np.ndarray, expected: Floats) -> Floats:
    """Moments within the hours, of each about as many as expected."""
    counts = rng.poisson(expected)
    return np.asarray((np.repeat(hours, counts) + rng.random(counts.sum())) * HOUR)


def moment(at: float) -> datetime:
    """The instant."""
    return BEGIN + timedelta(seconds=at)
