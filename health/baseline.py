"""How many articles a day are usual for an outlet, by weekday, and how much they vary. Pure.

Days are counted back from the last look: 0 is the 24 hours before it, 1 the 24 before these, and so on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

QUARTERS = 4
WEEK = 7
# Blocks of so many days that follow each other show whether moods last.
_BLOCKS = (3, WEEK)
# Before there is history, days vary by an eighth around what is usual, and that counts as much as two weeks of history.
_PRIOR_DAYS, _PRIOR_VARIATION = 14, 0.015
_LEAST_DISPERSION = 0.5
# A weekday's mean is drawn towards that of all working days, or of weekends, as if so many days had been like it;
# theirs are drawn towards the mean of all days.
_LIKE_OTHERS, _LIKE_ALL = 3, 0.5
# Student's quantile by the normal one, squared, where one in ten thousand is beyond it: 1 + this / degrees of freedom.
_CAUTION = 9


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual.

    Attributes:
        weekdays: articles on the day that was judged last, the day before …, a week's.
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

    def of_quarters(self, quarters: int) -> float:
        """Articles in the last quarters of a day."""
        whole, rest = divmod(quarters, QUARTERS)
        days = sum(self.weekdays[day % WEEK] for day in range(whole))
        return days + (self.weekdays[whole % WEEK] * self.quarters[rest - 1] if rest else 0)

    def dispersion(self, quarters: int) -> float:
        """The variance by mean of so many quarters."""
        return self.several if quarters > QUARTERS else self.single

    def cautious(self, quarters: int) -> float:
        """As far as it may be larger than it was found to be: what Student's distribution adds."""
        return self.dispersion(quarters) * (1 + _CAUTION / self.days)


def learn(daily: Mapping[int, int], weekend: Sequence[bool], quarters: Sequence[float]) -> Usual:
    """What is usual.

    Args:
        daily: articles by day, of days on which all was well.
        weekend: of each of the last seven days, whether it was a Saturday or Sunday.
        quarters: as in ``Usual``.
    """
    weekdays = _weekdays(daily, weekend)
    counts = [sum(day % WEEK == weekday for day in daily) for weekday in range(WEEK)]
    # What the means leave of the degrees of freedom, and what is not known of the means themselves.
    free = len(daily) - 1 - sum(count / (count + _LIKE_OTHERS) for count in counts)
    unknown = 1 + 1 / (len(daily) / WEEK + _LIKE_OTHERS)
    prior = _PRIOR_DAYS * (1 + _PRIOR_VARIATION * sum(daily.values()) / len(daily))
    single = several = max((prior + _spread(daily, weekdays, 1)) / (_PRIOR_DAYS + free), _LEAST_DISPERSION)
    for days in _BLOCKS:
        blocks = sum(all(day + more in daily for more in range(days)) for day in daily)
        several = max(several, (prior + _spread(daily, weekdays, days) / days) / (_PRIOR_DAYS + blocks / days))
    return Usual(weekdays, single * unknown, several * unknown, _PRIOR_DAYS + free, quarters, list(daily.values()))


def _weekdays(daily: Mapping[int, int], weekend: Sequence[bool]) -> list[float]:
    mean = sum(daily.values()) / len(daily)
    of_kind = {
        kind: _drawn([articles for day, articles in daily.items() if weekend[day % WEEK] == kind], mean, _LIKE_ALL)
        for kind in (False, True)
    }
    return [
        _drawn([articles for day, articles in daily.items() if day % WEEK == weekday], of_kind[kind], _LIKE_OTHERS)
        for weekday, kind in enumerate(weekend)
    ]


def _drawn(those: Sequence[int], towards: float, strength: float) -> float:
    """The mean, drawn towards another one as if so many had been like that."""
    return (sum(those) + strength * towards) / (len(those) + strength)


def _spread(daily: Mapping[int, int], weekdays: Sequence[float], days: int) -> float:
    """The squared deviations, by what is usual, of so many days that follow each other."""
    total = 0.0
    for day in daily:
        block = range(day, day + days)
        if all(one in daily for one in block):
            usual = max(sum(weekdays[one % WEEK] for one in block), 0.1)
            total += (sum(daily[one] for one in block) - usual) ** 2 / usual
    return total
