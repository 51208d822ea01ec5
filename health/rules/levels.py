"""Texts that are suddenly short, answers that are suddenly slow. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from health.daily_measures import BUCKETS, QUARTER, Part, recent, typical_length
from health.exclusions import SETTLED_AFTER, Measured, repaired_at, settled_since, spoiled
from health.facts import Facts, Finding, OutletFlag
from health.rules.causes import check

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


_WINDOWS = (_DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY)
# Standard deviations: once in a million days, and as the deviations are estimated, somewhat more often.
_FAR = 5.0
# Texts, answers: what fewer of them show is told when there are more.
_TEXTS, _ANSWERS = 5, 3
_LEAST_LENGTH, _LEAST_LATENCY = 0.1, 0.25
# What is added to each answer's time: nobody needs to know that 3 ms became 30.
_UNNOTICED_S = 0.2


def text_short(facts: Facts) -> Finding | None:
    """The median length of texts."""
    usual, flag = usual_level(facts, "lengths", _length, _LEAST_LENGTH), facts.open("text-short")
    if flag is None:
        return _shorter(facts, usual) if usual else None
    now = _length(_last(facts, flag))
    if usual is None or now is None:
        return Finding("text-short", flag.words, flag.facts)
    flagged = math.log2(max(float(flag.facts.get("words", 1)), 1))
    return _short(facts, now, usual) if now < (usual.middle + flagged) / 2 else None


def slow(facts: Facts) -> Finding | None:
    """The mean time until an answer has come."""
    usual, flag = usual_level(facts, "latency", _latency, _LEAST_LATENCY), facts.open("slow")
    if flag is None or facts.now - flag.raised_at >= SETTLED_AFTER:
        now = _latency(recent(facts.parts, _DAY))
        far = usual is not None and now is not None and (now - usual.middle) / usual.deviation > _FAR
        return _slow(now, usual) if usual and now is not None and far else None
    now = _latency(_last(facts, flag))
    if usual is None or now is None:
        return Finding("slow", flag.words, flag.facts)
    flagged = math.log2(float(flag.facts.get("seconds", 0)) + _UNNOTICED_S)
    return _slow(now, usual) if now > (usual.middle + flagged) / 2 else None


def _last(facts: Facts, flag: OutletFlag) -> list[Part]:
    """The last runs, if they came after the flag was raised."""
    return recent(facts.parts[-1:], _DAY, since=flag.raised_at)


def _shorter(facts: Facts, usual: UsualLevel) -> Finding | None:
    repaired = repaired_at(facts.flags, "lengths")
    for time in _WINDOWS:
        parts = [one for one in recent(facts.parts, time) if repaired is None or one.until > repaired]
        now, texts = _length(parts), sum(part.lengths.total() for part in parts)
        if now is None or texts < _TEXTS or (usual.middle - now) / usual.deviation <= _FAR:
            continue
        single = deviation_of(_lengths([part for day in history(facts, "lengths") for part in day]), BUCKETS)
        if (usual.middle - now) / math.hypot(usual.deviation, median_error(single, texts)) > _FAR:
            return _short(facts, now, usual)
    return None


def _short(facts: Facts, now: float, usual: UsualLevel) -> Finding:
    words, before = round(2**now), round(2**usual.middle)
    said = f"half of the texts have {words} words or fewer (usual {before}): the layout changed, or only the beginning "
    return Finding("text-short", f"{said}is shown: {check(facts)}", {"words": words, "usual": before})


def _slow(now: float, usual: UsualLevel) -> Finding:
    seconds, before = 2**now - _UNNOTICED_S, max(2**usual.middle - _UNNOTICED_S, 0.0)
    said = f"an answer takes {seconds:.1f} s (usual {before:.1f} s): the outlet is slow, or slows us down: a longer "
    return Finding("slow", f"{said}`delay` in its declaration may help", {"seconds": seconds, "usual": before})


def _length(parts: Sequence[Part]) -> float | None:
    return typical_length(parts[0].lengths if len(parts) == 1 else _lengths(parts))


def _lengths(parts: Sequence[Part]) -> Counter[int]:
    together: Counter[int] = Counter()
    for part in parts:
        together.update(part.lengths)
    return together


def _latency(parts: Sequence[Part]) -> float | None:
    answers = sum(part.answers for part in parts)
    if answers < _ANSWERS:
        return None
    return math.log2(sum(part.latency_s for part in parts) / answers + _UNNOTICED_S)
