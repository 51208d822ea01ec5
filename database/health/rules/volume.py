"""Whether an outlet publishes as much as it usually does. Pure.

A change is told when chance is excluded, in the last day or in the last two, three or seven: so a large outlet's
change is seen on its first day, and that of a small one when it has lasted long enough to be none of its moods.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from database.health.chance import so_few, so_many
from database.health.facts import Finding, Kind, OutletFlag
from database.health.rules import causes
from database.health.taints import SETTLED_AFTER, SETTLES
from database.health.volume import Usual, Volume
from database.health.wording import counted, usual_range

_WINDOWS = (1, 2, 3, 7)
# So improbable must it be. How long an outlet has to be silent for that varies with its volume, so that few days of few
# outlets come near: a hundred outlets give about three false flags a year. For other changes every day counts.
_SILENT, _CHANGED = 1e-3, 1e-4
# As well is what is so much more probable as usual than as it was when the flag was raised.
_WELL = math.log(100)
_SILENT_RATE, _LESS, _MORE = 0.02, 0.8, 1.25
# Quarters of a day in which it may show that all is well again: an hour after a repair says nothing yet.
_LATELY = range(1, 9)
_DAY = 4
_ZERO = 0.5


@dataclass(frozen=True, slots=True)
class _Change:
    """So many articles in the last days, where ``usual`` are."""

    articles: int
    days: int
    usual: float

    @property
    def rate(self) -> float:
        return self.articles / max(self.usual, 0.1)


def silent(volume: Volume) -> Finding | None:
    """Not an article for longer than chance allows."""
    return _rule(volume, "silent")


def volume_drop(volume: Volume) -> Finding | None:
    """Fewer articles than chance allows."""
    return _rule(volume, "volume-drop")


def volume_jump(volume: Volume) -> Finding | None:
    """More articles than chance allows."""
    return _rule(volume, "volume-jump")


def silence(volume: Volume) -> str | None:
    """How long there was no article, where that is unusual: "0 articles for 3 days (usual 40–60 a day)"."""
    usual = volume.usual
    return _silence(volume, usual) if usual and _unusual(volume, usual, "silent") else None


def _rule(volume: Volume, kind: Kind) -> Finding | None:
    flag = volume.facts.open(kind)
    return _go_on(volume, flag, kind) if flag else _begin(volume, kind)


def _begin(volume: Volume, kind: Kind) -> Finding | None:
    usual = volume.usual
    change = _unusual(volume, usual, kind) if usual else None
    return _finding(volume, kind, usual, change) if usual and change else None


def _unusual(volume: Volume, usual: Usual, kind: Kind) -> _Change | None:
    for days in _WINDOWS:
        if not all(volume.seen(day) and volume.well(day) for day in range(days)):
            return None
        expected = usual.of_days(days)
        most, least = math.ceil(max(volume.days(days), volume.arrived(days) - _ZERO)), volume.days(days)
        if kind == "volume-jump":
            least = math.floor(min(volume.days(days), volume.arrived(days) + _ZERO))
            if so_many(least, expected, usual.dispersion) < _CHANGED:
                return _Change(least, days, expected)
        elif so_few(most, expected, usual.dispersion) < (_CHANGED if most else _SILENT):
            return _Change(most, days, expected) if (most == 0) == (kind == "silent") else None
    return None


def _go_on(volume: Volume, flag: OutletFlag, kind: Kind) -> Finding | None:
    """Whether it is still so; ``None``: it is well again, or has become the usual."""
    usual, age = volume.usual, volume.facts.now - flag.raised_at
    if usual is None:
        heard = kind == "silent" and volume.looked and volume.days(1) + volume.arrived(1) >= _ZERO
        return None if heard else Finding(kind, flag.words, flag.facts)
    if kind in SETTLES and age >= SETTLED_AFTER:
        return _begin(volume, kind)
    if _well(volume, usual, _rate(kind, flag.facts)):
        return None
    days = max(_WINDOWS[0], min(age.days + 1, _WINDOWS[-1]))
    return _finding(volume, kind, usual, _Change(volume.days(days), days, usual.of_days(days)))


def _rate(kind: Kind, known: Mapping[str, float]) -> float:
    if kind == "silent":
        return _SILENT_RATE
    rate = known.get("rate", 1.0)
    return max(rate, _MORE) if kind == "volume-jump" else min(max(rate, _SILENT_RATE), _LESS)


def _well(volume: Volume, usual: Usual, rate: float) -> bool:
    """Whether what came lately is far more probable at the usual rate than at the flag's."""
    for quarters in _LATELY:
        articles: float = volume.quarters(quarters)
        if quarters == _DAY and rate < 1:
            articles = max(articles, math.floor(volume.arrived(1)))
        expected = usual.of_quarters(quarters)
        evidence = expected * (rate - 1) - articles * math.log(rate)
        if evidence >= _WELL * usual.dispersion:
            return True
    return False


def _finding(volume: Volume, kind: Kind, usual: Usual, change: _Change) -> Finding:
    known = {"usual_a_day": round(usual.mean, 1), "rate": round(change.rate, 3), "days": change.days}
    known |= {"articles": change.articles}
    if kind == "silent":
        words = f"{_silence(volume, usual)}; {causes.of_silence(volume.facts)}"
        return Finding(kind, words, known | {"days": max(volume.silent_days(), 1)})
    when = "in the last day" if change.days == 1 else f"in {change.days} days"
    words = f"{counted(change.articles, 'article')} {when} ({usual_range(usual.daily)})"
    if kind == "volume-jump":
        return Finding(kind, f"{words}: a great event, or one article under many addresses", known)
    return Finding(kind, f"{words}; {causes.of_silence(volume.facts)}", known)


def _silence(volume: Volume, usual: Usual) -> str:
    return f"0 articles for {counted(max(volume.silent_days(), 1), 'day')} ({usual_range(usual.daily)})"
