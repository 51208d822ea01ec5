"""Probabilities of counts, and the usual volume of an outlet. Pure.

Days are counted back from the last run: 0 is the 24 hours before it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

# From this mean on, the error of the approximation is smaller than that of the dispersion.
_MANY = 150
# More observations change nothing that matters, and would take long to add up.
_ENOUGH = 200
_NORMAL = NormalDist()


def probability_of_at_most(count: float, mean: float, dispersion: float) -> float:
    """Return the probability of ``count`` or fewer where ``mean`` are usual.

    Panjer's distribution: negative binomial for a dispersion (variance by mean) above 1, Poisson's for 1, else
    binomial.
    """
    if mean <= 0:
        return 1.0
    if mean > _MANY:
        return _NORMAL.cdf(_cube_root_score(count + 0.5, mean, dispersion))
    return min(_sum(math.floor(count), mean, dispersion), 1.0)


def probability_of_at_least(count: float, mean: float, dispersion: float) -> float:
    if count <= 0:
        return 1.0
    mean = max(mean, 0.01)
    if mean > _MANY:
        return _NORMAL.cdf(-_cube_root_score(count - 0.5, mean, dispersion))
    return max(1.0 - _sum(math.ceil(count) - 1, mean, dispersion), 0.0)


def probability_of_share(part: int, of: int, before: tuple[int, int], dispersion: float) -> float:
    """Return the probability of ``part`` or more among ``of``.

    Beta-binomial, from Jeffreys' prior and the earlier counts; a dispersion above 1 divides the observations' weight.
    """
    scale = max(dispersion, of / _ENOUGH, 1.0)
    n, k = round(of / scale), math.floor(part / scale)
    if k < 1:
        return 1.0
    a = 0.5 + before[0] / dispersion
    b = 0.5 + (before[1] - before[0]) / dispersion
    return min(math.fsum(math.exp(_log_beta_binomial(count, n, a, b)) for count in range(k, n + 1)), 1.0)


def _sum(upto: int, mean: float, dispersion: float) -> float:
    if upto < 0:
        return 0.0
    ratio = (dispersion - 1) / dispersion
    logarithm = math.log(dispersion) / (dispersion - 1) if abs(dispersion - 1) > 1e-6 else 1.0  # noqa: PLR2004
    term = total = math.exp(-mean * logarithm)
    for count in range(1, upto + 1):
        term *= max(ratio + (mean / dispersion - ratio) / count, 0.0)
        total += term
    return total


def _cube_root_score(count: float, mean: float, dispersion: float) -> float:
    """Return the standard score (Wilson and Hilferty)."""
    shape = mean / dispersion
    return (math.cbrt(max(count, 0.0) / mean) - 1 + 1 / (9 * shape)) * 3 * math.sqrt(shape)


def _log_beta_binomial(k: int, n: int, a: float, b: float) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return choose + _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


_LONGEST = 120


def shorten_problem(problem: str | None) -> str:
    text = " ".join((problem or "not known why").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def format_usual_range(daily: Sequence[float]) -> str:
    """Format "usual 40–60 a day", "usual 3 a week"."""
    if not daily:
        return "usual not known yet"
    mean = sum(daily) / len(daily)
    if mean < 1:
        return f"usual {7 * mean:.0f} a week" if 7 * mean >= 1 else "usual less than 1 a week"
    low, high = round(quantile(daily, 0.1)), round(quantile(daily, 0.9))
    return f"usual {low:,} a day" if low == high else f"usual {low:,}–{high:,} a day"


def quantile(values: Sequence[float], at: float) -> float:
    ordered = sorted(values)
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


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
class UsualVolume:
    """Usual number of articles.

    Attributes:
        weekdays: articles on the last judged day, the day before …, for a week.
        single: the variance by mean of a single day.
        several: the largest for one or several days in a row.
        days: number of independent days behind the dispersion.
        quarters: the share of a day's articles in its last quarter, in its last two …
        daily: the days learned from.
    """

    weekdays: Sequence[float]
    single: float
    several: float
    days: float
    quarters: Sequence[float]
    daily: Sequence[int]

    @property
    def mean(self) -> float:
        return sum(self.daily) / len(self.daily)

    def of_quarters(self, quarters: int) -> float:
        whole, rest = divmod(quarters, QUARTERS)
        days = sum(self.weekdays[day % WEEK] for day in range(whole))
        return days + (self.weekdays[whole % WEEK] * self.quarters[rest - 1] if rest else 0)

    def dispersion(self, quarters: int) -> float:
        """Return the variance by mean of these quarters."""
        return self.several if quarters > QUARTERS else self.single

    def cautious(self, quarters: int) -> float:
        """Return the dispersion with Student's margin."""
        return self.dispersion(quarters) * (1 + _CAUTION / self.days)


def learn_usual_volume(daily: Mapping[int, int], weekend: Sequence[bool], quarters: Sequence[float]) -> UsualVolume:
    """Learn from days without a problem; ``weekend`` is about the last seven days."""
    weekdays = _weekdays(daily, weekend)
    counts = [sum(day % WEEK == weekday for day in daily) for weekday in range(WEEK)]
    # Degrees of freedom left by the means, and the uncertainty of the means themselves.
    free = len(daily) - 1 - sum(count / (count + _LIKE_OTHERS) for count in counts)
    unknown = 1 + 1 / (len(daily) / WEEK + _LIKE_OTHERS)
    prior = _PRIOR_DAYS * (1 + _PRIOR_VARIATION * sum(daily.values()) / len(daily))
    single = several = max((prior + _spread(daily, weekdays, 1)) / (_PRIOR_DAYS + free), _LEAST_DISPERSION)
    for days in _BLOCKS:
        blocks = sum(all(day + more in daily for more in range(days)) for day in daily)
        several = max(several, (prior + _spread(daily, weekdays, days) / days) / (_PRIOR_DAYS + blocks / days))
    return UsualVolume(
        weekdays, single * unknown, several * unknown, _PRIOR_DAYS + free, quarters, list(daily.values())
    )


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


def _drawn(values: Sequence[int], towards: float, strength: float) -> float:
    return (sum(values) + strength * towards) / (len(values) + strength)


def _spread(daily: Mapping[int, int], weekdays: Sequence[float], days: int) -> float:
    total = 0.0
    for day in daily:
        block = range(day, day + days)
        if all(day_in_block in daily for day_in_block in block):
            usual = max(sum(weekdays[day_in_block % WEEK] for day_in_block in block), 0.1)
            total += (sum(daily[day_in_block] for day_in_block in block) - usual) ** 2 / usual
    return total
