"""Texts that are suddenly short, answers that are suddenly slow. Pure."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from database.health.days import BUCKETS, Part, recent, typical_length
from database.health.facts import Facts, Finding, OutletFlag
from database.health.levels import UsualLevel, deviation_of, history, median_error, usual_level
from database.health.rules.causes import check
from database.health.taints import SETTLED_AFTER, repaired_at

_DAY = timedelta(days=1)
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
