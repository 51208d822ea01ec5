"""Quantities that have a usual level: the length of texts, the time until an answer. Pure, on logarithms (base 2)."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from database.health.days import QUARTER, Part
from database.health.facts import Facts
from database.health.taints import Measured, settled_since, spoiled

_DAY = timedelta(days=1)
_JUDGED = 3 * _DAY
_ENOUGH_DAYS = 7
# Makes a normal distribution's standard deviation of the median of the absolute deviations.
_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class UsualLevel:
    """The middle of the days' levels, and how far days are from it."""

    middle: float
    deviation: float


def usual_level(
    facts: Facts, what: Measured, level: Callable[[Sequence[Part]], float | None], least: float
) -> UsualLevel | None:
    """What is usual; ``None`` where too little is known. ``least``: a deviation below which nothing is noticed."""
    levels = [one for parts in history(facts, what) if (one := level(parts)) is not None]
    if len(levels) < _ENOUGH_DAYS:
        return None
    middle = median(levels)
    spread = _TO_DEVIATION * median(abs(one - middle) for one in levels)
    # Few days may lie close together by chance.
    return UsualLevel(middle, max(spread, least) * (1 + 2 / len(levels)))


def history(facts: Facts, what: Measured) -> list[list[Part]]:
    """The parts that tell what is usual, day by day."""
    since = settled_since(facts.flags, what, facts.now)
    days: dict[int, list[Part]] = defaultdict(list)
    for part in facts.parts:
        end = facts.parts[-1].until
        if end - part.until >= _JUDGED and _counts(facts, what, part, since):
            days[(end - part.until) // _DAY].append(part)
    return list(days.values())


def deviation_of(values: Counter[int], per_doubling: int) -> float:
    """How far single values are from each other: half of what the middle two thirds of them span."""
    ordered = sorted(values.elements())
    if not ordered:
        return 0.0
    low, high = ordered[len(ordered) // 6], ordered[len(ordered) - 1 - len(ordered) // 6]
    return (high - low) / 2 / per_doubling


def median_error(deviation: float, values: int) -> float:
    """The standard error of the median of so many values."""
    return 1.2533 * deviation / math.sqrt(values)


def _counts(facts: Facts, what: Measured, part: Part, since: datetime | None) -> bool:
    if since is not None and part.until < since:
        return False
    return not spoiled(facts.flags, what, part.until - QUARTER, part.until, settled=since)
