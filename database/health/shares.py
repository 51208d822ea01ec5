"""How many of an outlet's articles or pages are of some kind: what is usual, and how much it varies. Pure."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from database.health.chance import so_large_a_share
from database.health.days import QUARTER, Part, recent
from database.health.facts import Facts
from database.health.taints import Measured, repaired_at, spoiled

Count = Callable[[Part], tuple[int, int]]

_DAY = timedelta(days=1)
# Articles or pages, and days of them, before anything is judged by them.
_ENOUGH, _ENOUGH_DAYS = 30, 7
_JUDGED = 3 * _DAY
_PRIOR_DAYS = 7
# The last runs, then the last day, and so on.
_WINDOWS = (timedelta(minutes=1), _DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY)
# Some ten kinds of these are judged in five windows each, all outlets every day.
_IMPROBABLE = 1e-6
_WELL = math.log(100)
_CERTAIN = 0.02


@dataclass(frozen=True, slots=True)
class UsualShare:
    """Before, ``part`` of ``of`` were so; ``dispersion``: how much more the days varied than chance alone would."""

    part: int
    of: int
    dispersion: float

    @property
    def share(self) -> float:
        """Never 0 nor 1: nothing that was not seen is impossible."""
        return (self.part + 0.5) / (self.of + 1)


@dataclass(frozen=True, slots=True)
class Excess:
    """Lately ``part`` of ``of`` are so."""

    part: int
    of: int

    @property
    def share(self) -> float:
        """Of those that were looked at."""
        return self.part / self.of


def usual_share(facts: Facts, what: Measured, count: Count) -> UsualShare | None:
    """What is usual; ``None`` where too little is known."""
    if not facts.parts:
        return None
    end = facts.parts[-1].until
    days: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for part in facts.parts:
        if end - part.until < _JUDGED or spoiled(facts.flags, what, part.until - QUARTER, part.until):
            continue
        so, of = count(part)
        day = days[(end - part.until) // _DAY]
        day[0], day[1] = day[0] + so, day[1] + of
    counted = [(so, of) for so, of in days.values() if of]
    total = sum(of for _, of in counted)
    if total < _ENOUGH or len(counted) < _ENOUGH_DAYS:
        return None
    so = sum(so for so, _ in counted)
    return UsualShare(so, total, _dispersion(counted, (so + 0.5) / (total + 1)))


def suspects(facts: Facts, what: Measured, count: Count) -> list[Excess]:
    """The windows in which most are so. Where there are none, it need not be known what is usual."""
    repaired = repaired_at(facts.flags, what)
    week = [part for part in recent(facts.parts, _WINDOWS[-1]) if repaired is None or part.until > repaired]
    counts = [(part.until, *count(part)) for part in week]
    windows = [[one for one in counts if one[0] > counts[-1][0] - time] for time in _WINDOWS] if counts else []
    found = (Excess(sum(so for _, so, _ in window), sum(of for _, _, of in window)) for window in windows)
    return [one for one in found if 2 * one.part > one.of]


def excess(found: Iterable[Excess], usual: UsualShare) -> Excess | None:
    """The first of these that chance does not explain, and that is nearer to all than to what is usual."""
    before = usual.part, usual.of
    return next(
        (
            one
            for one in found
            if one.share > (usual.share + 1) / 2
            and so_large_a_share(one.part, one.of, before, usual.dispersion) < _IMPROBABLE
        ),
        None,
    )


def well_again(facts: Facts, count: Count, usual: UsualShare, flagged: float, since: datetime) -> bool:
    """Whether what was seen since it was flagged is far more probable as usual than as it was then."""
    low = min(max(usual.share, 1e-3), 1 - 2 * _CERTAIN)
    high = min(max(flagged, (usual.share + 1) / 2), 1 - _CERTAIN)
    for time in _WINDOWS[:2]:
        found = _counted(recent(facts.parts, time, since=since), count)
        evidence = found.part * math.log(low / high) + (found.of - found.part) * math.log((1 - low) / (1 - high))
        if evidence >= _WELL * usual.dispersion:
            return True
    return False


def lately(facts: Facts, count: Count, *, since: datetime | None = None) -> Excess:
    """The last day's; ``since``: of what was measured after that."""
    return _counted(recent(facts.parts, _DAY, since=since), count)


def _counted(parts: Iterable[Part], count: Count) -> Excess:
    counts = [count(part) for part in parts]
    return Excess(sum(so for so, _ in counts), sum(of for _, of in counts))


def _dispersion(days: Sequence[tuple[int, int]], share: float) -> float:
    """Pearson's, drawn towards 1 by what a week would count; never below 1."""
    spread = sum((so - of * share) ** 2 / (of * share * (1 - share)) for so, of in days)
    return max((_PRIOR_DAYS + spread) / (_PRIOR_DAYS + len(days) - 1), 1.0)
