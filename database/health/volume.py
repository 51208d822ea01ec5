"""How many articles an outlet publishes: what is usual, by weekday, and how much it varies. Pure.

Days here are the 24 hours before the last look at the outlet, the 24 before these, and so on. So a day is never
partial, and is compared with those that ended at the same hour.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from database.health.days import QUARTER
from database.health.facts import Facts
from database.health.taints import SETTLES, settled_since, spoiled

DAY = timedelta(days=1)
QUARTERS = 4
_WEEK = 7
# Days of history before anything is judged by it.
ENOUGH_DAYS = 10
# The days that are judged are not what they are judged by.
_JUDGED = 3
# A day counts if runs ended about when it began and about when it ended: then nothing went unseen.
_ABOUT = timedelta(hours=12)
# Before there is history, days vary by an eighth around what is usual, and that counts as much as two weeks of history.
_PRIOR_DAYS, _PRIOR_VARIATION = 14, 0.015
_LEAST_DISPERSION = 0.5
# Student's quantile by the normal one, squared, where four in a million are beyond it: 1 + this / degrees of freedom.
_CAUTION = 9
# How many days of an outlet's mean a weekday's mean is drawn towards it.
_SHRINKAGE = 1


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual.

    Attributes:
        weekdays: articles on the day that was judged last, the day before …, a week's; shrunk towards the mean.
        single: the variance by mean of a single day.
        several: of a single day, or of several that follow each other, whichever is more: moods may last.
        days: how many independent days' worth of knowledge the dispersion rests on.
        quarters: the share of a day's articles in its last quarter, in its last two …
        daily: the days that this was learned from.
    """

    weekdays: Sequence[float]
    single: float
    several: float
    days: float
    quarters: Sequence[float]
    daily: Sequence[int]

    @property
    def mean(self) -> float:
        """Articles a day."""
        return sum(self.daily) / len(self.daily)

    def dispersion(self, quarters: int) -> float:
        """The variance by mean of so many quarters."""
        return self.several if quarters > QUARTERS else self.single

    def cautious(self, quarters: int) -> float:
        """As far as it may be larger than it was found to be: what Student's distribution adds."""
        return self.dispersion(quarters) * (1 + _CAUTION / self.days)

    def of_quarters(self, quarters: int) -> float:
        """Articles in the last quarters of a day."""
        whole, rest = divmod(quarters, QUARTERS)
        days = sum(self.weekdays[day % _WEEK] for day in range(whole))
        return days + (self.weekdays[whole % _WEEK] * self.quarters[rest - 1] if rest else 0)


class Volume:
    """An outlet's articles by publication, as far as they were seen.

    Attributes:
        facts: what it was made of.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._quarters = _with_undated(facts)
        self._ends = [part.until for part in facts.parts]

    @property
    def looked(self) -> bool:
        """Whether a run has come to its end, and has measured something."""
        return self.facts.runs.succeeded_at is not None and bool(self._ends)

    def quarters(self, quarters: int) -> int:
        """Articles published in the last quarters of a day."""
        return sum(self._quarters[:quarters])

    def arrived(self, quarters: int) -> float:
        """Articles that came in the last quarters of a day, whatever their dates say.

        Those that a run brought are spread over the time since the run before. What an outlet dates by the day only, or
        names late, is counted by this and not by ``quarters``.
        """
        end = self._ends[-1]
        begin = end - quarters * QUARTER
        return sum(
            part.stored * max((part.until - max(before, begin)) / (part.until - before), 0.0)
            for before, part in zip(self._ends, self.facts.parts[1:], strict=False)
            if part.until > max(before, begin)
        )

    def quarters_since(self, at: datetime) -> int:
        """Whole quarters of a day from then to the last look."""
        return max((self._end(0) - at) // QUARTER, 0)

    def silent_quarters(self) -> int:
        """Whole quarters of a day since the last article."""
        return next((place for place, articles in enumerate(self._quarters) if articles), len(self._quarters))

    def silent_days(self) -> int:
        """Whole days since the last article."""
        return self.silent_quarters() // QUARTERS

    def seen(self, day: int) -> bool:
        """Whether the outlet was watched on that day (0: the last)."""
        end = self._end(day)
        return self._ran_about(end) and self._ran_about(end - DAY)

    def well(self, day: int) -> bool:
        """Whether nothing was wrong on that day that is known of, be it put right since or not."""
        known = [flag for flag in self.facts.flags if flag.cleared_at is not None or flag.kind not in SETTLES]
        return not spoiled(known, "volume", self._end(day + 1), self._end(day))

    @cached_property
    def usual(self) -> Usual | None:
        """What is usual; ``None`` where too little is known."""
        if not self.looked:
            return None
        days = self._history()
        if len(days) < ENOUGH_DAYS:
            return None
        daily = {day: sum(self._quarters[QUARTERS * day : QUARTERS * (day + 1)]) for day in days}
        mean = sum(daily.values()) / len(daily)
        weekdays = [_weekday(daily, weekday, mean) for weekday in range(_WEEK)]
        free = _free(daily)
        single, several = _dispersions(daily, weekdays, mean, free)
        return Usual(weekdays, single, several, _PRIOR_DAYS + free, self._shares(days), list(daily.values()))

    def _history(self) -> list[int]:
        flags = self.facts.flags
        since = settled_since(flags, "volume", self.facts.now)
        return [
            day
            for day in range(_JUDGED, len(self._quarters) // QUARTERS)
            if (since is None or self._end(day + 1) >= since)
            and self.seen(day)
            and not spoiled(flags, "volume", self._end(day + 1), self._end(day), settled=since)
        ]

    def _shares(self, days: Sequence[int]) -> list[float]:
        sums = [sum(self._quarters[QUARTERS * day + place] for day in days) for place in range(QUARTERS)]
        total = sum(sums) or 1
        return [sum(sums[: place + 1]) / total for place in range(QUARTERS)]

    def _end(self, day: int) -> datetime:
        looked_at = self.facts.runs.succeeded_at
        assert looked_at, "nothing was published before the first look"
        return looked_at - day * DAY

    def _ran_about(self, at: datetime) -> bool:
        place = bisect_left(self._ends, at - _ABOUT)
        return place < len(self._ends) and self._ends[place] <= at + _ABOUT


def _with_undated(facts: Facts) -> list[int]:
    """Those without a date count when they came."""
    quarters = list(facts.published)
    looked_at = facts.runs.succeeded_at
    for part in facts.parts:
        if part.undated and looked_at is not None:
            place = max((looked_at - part.until) // QUARTER, 0)
            if place < len(quarters):
                quarters[place] += part.undated
    return quarters


def _weekday(daily: dict[int, int], weekday: int, mean: float) -> float:
    those = [articles for day, articles in daily.items() if day % _WEEK == weekday]
    return (sum(those) + _SHRINKAGE * mean) / (len(those) + _SHRINKAGE)


def _free(daily: dict[int, int]) -> float:
    """The degrees of freedom that the weekdays' means leave."""
    counts = [sum(day % _WEEK == weekday for day in daily) for weekday in range(_WEEK)]
    return len(daily) - sum(count / (count + _SHRINKAGE) for count in counts)


def _dispersions(daily: dict[int, int], weekdays: Sequence[float], mean: float, free: float) -> tuple[float, float]:
    """Variance by mean, with what is not known of the means themselves: of one day, and of several."""
    prior = _PRIOR_DAYS * (1 + _PRIOR_VARIATION * mean)
    single = several = max((prior + _spread(daily, weekdays, 1)) / (_PRIOR_DAYS + free), _LEAST_DISPERSION)
    for days in (_JUDGED, _WEEK):
        blocks = sum(all(day + more in daily for more in range(days)) for day in daily)
        several = max(several, (prior + _spread(daily, weekdays, days) / days) / (_PRIOR_DAYS + blocks / days))
    unknown = 1 + 1 / (len(daily) / _WEEK + _SHRINKAGE)
    return single * unknown, several * unknown


def _spread(daily: dict[int, int], weekdays: Sequence[float], days: int) -> float:
    """The squared deviations, by what is usual, of so many days that follow each other."""
    total = 0.0
    for day in daily:
        block = range(day, day + days)
        if all(one in daily for one in block):
            usual = max(sum(weekdays[one % _WEEK] for one in block), 0.1)
            total += (sum(daily[one] for one in block) - usual) ** 2 / usual
    return total
