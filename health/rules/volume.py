"""Rules about the number of articles: silence, drop and jump. Pure.

Chance must be excluded in the last one, two, three or seven days.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from core.formatting import format_count
from core.periods import HOME
from health.facts import SETTLED_AFTER, SETTLING_KINDS, Finding, OutletFacts, find_settled_since, is_excluded
from health.flags import FlagKind, FlagView
from health.measures import QUARTER
from health.rules import absolute
from health.statistics import (
    QUARTERS,
    WEEK,
    UsualVolume,
    format_usual_range,
    learn_usual_volume,
    probability_of_at_least,
    probability_of_at_most,
)

DAY = timedelta(days=1)
_SATURDAY = 5
# Days of history needed before anything is judged.
_ENOUGH_DAYS = 10
# The last days are judged and not learned from.
_JUDGED = 3
# A day counts if runs ended about its beginning and about its end: then no article went unseen.
_ABOUT = timedelta(hours=13)


class Volume:
    """An outlet's articles by publication, as far as seen."""

    def __init__(self, facts: OutletFacts) -> None:
        self.facts = facts
        self._quarters = _with_undated(facts)
        self._ends = [part.until for part in facts.parts]

    @property
    def looked(self) -> bool:
        """True if a run was complete and measured something."""
        return self.facts.runs.succeeded_at is not None and bool(self._ends)

    def quarters(self, quarters: int) -> int:
        """Return the articles published in the last quarters of a day."""
        return sum(self._quarters[:quarters])

    def arrived(self, quarters: int) -> float:
        """Return the articles stored in the last quarters of a day, of any date.

        A run's articles are spread over the time since the run before.
        """
        end = self._ends[-1]
        begin = end - quarters * QUARTER
        return sum(
            part.stored * max((part.until - max(before, begin)) / (part.until - before), 0.0)
            for before, part in zip(self._ends, self.facts.parts[1:], strict=False)
            if part.until > max(before, begin)
        )

    def quarters_since(self, at: datetime) -> int:
        return max((self._end(0) - at + _ABOUT / 6) // QUARTER, 0)

    def silent_quarters(self) -> int:
        return next((place for place, articles in enumerate(self._quarters) if articles), len(self._quarters))

    def silent_days(self) -> int:
        return self.silent_quarters() // QUARTERS

    def seen(self, day: int) -> bool:
        """True if runs covered that day (0: the last)."""
        end = self._end(day)
        return self._ran_about(end) and self._ran_about(end - DAY)

    def well(self, day: int) -> bool:
        """True if no flag about the volume, open or cleared, covers that day."""
        flags = [flag for flag in self.facts.flags if flag.cleared_at is not None or flag.kind not in SETTLING_KINDS]
        return not is_excluded(flags, "volume", self._end(day + 1), self._end(day))

    @cached_property
    def usual(self) -> UsualVolume | None:
        if not self.looked:
            return None
        days = self._history()
        if len(days) < _ENOUGH_DAYS:
            return None
        daily = {day: sum(self._quarters[QUARTERS * day : QUARTERS * (day + 1)]) for day in days}
        return learn_usual_volume(daily, [self._at_weekend(day) for day in range(WEEK)], self._shares(days))

    def _at_weekend(self, day: int) -> bool:
        return (self._end(day) - DAY / 2).astimezone(HOME).weekday() >= _SATURDAY

    def _history(self) -> list[int]:
        flags = self.facts.flags
        since = find_settled_since(flags, "volume", self.facts.now)
        return [
            day
            for day in range(_JUDGED, len(self._quarters) // QUARTERS)
            if (since is None or self._end(day + 1) >= since)
            and self.seen(day)
            and not is_excluded(flags, "volume", self._end(day + 1), self._end(day), settled=since)
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


def _with_undated(facts: OutletFacts) -> list[int]:
    """Count undated articles at the time they were stored."""
    quarters = list(facts.published)
    looked_at = facts.runs.succeeded_at
    for part in facts.parts:
        if part.undated and looked_at is not None:
            place = max((looked_at - part.until) // QUARTER, 0)
            if place < len(quarters):
                quarters[place] += part.undated
    return quarters


# In quarters of a day. A large outlet's silence shows within hours.
_WINDOWS = {"silent": (2, 3, 4, 8, 12, 28), "volume-drop": (4, 8, 12, 28), "volume-jump": (4, 8, 12, 28)}
_WEEK = 28
# Probability below which a change is flagged. The silence that this takes varies with an outlet's volume, so that few
# days of few outlets come near; for other changes every day counts. A hundred made-up outlets, whose days vary by 5 to
# 20 % beside chance, get some ten false flags a year with these.
_HASTY = 1e-4  # within a day
_CHANCE = {"silent": 2e-3, "volume-drop": 2e-5, "volume-jump": 1e-4}
# Likelihood ratio of the usual rate to the flagged one from which all is well again.
_WELL = math.log(100)
_USUAL = 0.05
_SILENT_RATE, _LESS, _MORE = 0.02, 0.8, 1.25
# Quarters of a day in which a flag can be cleared.
_LATELY = 8
_ZERO = 0.5


@dataclass(frozen=True, slots=True)
class _Change:
    articles: int
    quarters: int
    usual: float

    @property
    def rate(self) -> float:
        return self.articles / max(self.usual, 0.1)


def silent(volume: Volume) -> Finding | None:
    return _rule(volume, "silent")


def volume_drop(volume: Volume) -> Finding | None:
    return _rule(volume, "volume-drop")


def volume_jump(volume: Volume) -> Finding | None:
    return _rule(volume, "volume-jump")


def silence(volume: Volume) -> str | None:
    """Describe "0 articles for 3 days (usual 40–60 a day)"."""
    usual, days = volume.usual, volume.silent_days()
    if (
        usual is None
        or probability_of_at_most(0, usual.of_quarters(min(QUARTERS * days, _WEEK)), usual.several) >= _CHANCE["silent"]
    ):
        return None
    return _silence(volume, usual)


def _rule(volume: Volume, kind: FlagKind) -> Finding | None:
    flag = volume.facts.open(kind)
    return _go_on(volume, flag, kind) if flag else _begin(volume, kind)


def _begin(volume: Volume, kind: FlagKind) -> Finding | None:
    usual = volume.usual
    change = _unusual(volume, usual, kind) if usual else None
    return _finding(volume, kind, usual, change) if usual and change else None


def _unusual(volume: Volume, usual: UsualVolume, kind: FlagKind) -> _Change | None:
    for quarters in _WINDOWS[kind]:
        if not all(volume.seen(day) and volume.well(day) for day in range(-(-quarters // QUARTERS))):
            return None
        published, arrived = volume.quarters(quarters), volume.arrived(quarters)
        expected = usual.of_quarters(quarters)
        if kind == "volume-jump":
            articles = math.floor(min(published, arrived + _ZERO))
            chance = probability_of_at_least(articles, expected, usual.cautious(quarters))
        else:
            articles = math.ceil(max(published, arrived - _ZERO))
            nothing = not articles and quarters <= QUARTERS  # a day without any is seldom a mood
            dispersion = usual.dispersion(quarters) if nothing else usual.cautious(quarters)
            chance = (
                probability_of_at_most(articles, expected, dispersion)
                if bool(articles) == (kind == "volume-drop")
                else 1.0
            )
        if chance < (_CHANCE[kind] if quarters >= QUARTERS else _HASTY):
            return _Change(articles, quarters, expected)
    return None


def _go_on(volume: Volume, flag: FlagView, kind: FlagKind) -> Finding | None:
    """Find that the problem persists; ``None`` if it is over, or usual now."""
    usual, age = volume.usual, volume.facts.now - flag.raised_at
    if usual is None:
        published_again = (
            kind == "silent" and volume.looked and volume.quarters(QUARTERS) + volume.arrived(QUARTERS) >= _ZERO
        )
        return None if published_again else Finding(kind, flag.words, flag.facts)
    if kind in SETTLING_KINDS and age >= SETTLED_AFTER:
        return _begin(volume, kind)
    if _well(volume, usual, flag, kind):
        return None
    if kind == "silent" and volume.silent_quarters() < _WINDOWS[kind][0]:
        return Finding(kind, flag.words, flag.facts)  # something came, and not enough yet
    lately = QUARTERS * min(age.days + 1, _WEEK // QUARTERS)
    return _finding(volume, kind, usual, _Change(volume.quarters(lately), lately, usual.of_quarters(lately)))


def _rate(kind: FlagKind, known: Mapping[str, float]) -> float:
    if kind == "silent":
        return _SILENT_RATE
    rate = known.get("rate", 1.0)
    return max(rate, _MORE) if kind == "volume-jump" else min(max(rate, _SILENT_RATE), _LESS)


def _well(volume: Volume, usual: UsualVolume, flag: FlagView, kind: FlagKind) -> bool:
    """True if articles since the flag, or lately, fit the usual rate far better.

    After a silence hours suffice; a mere change needs a whole day.
    """
    rate = _rate(kind, flag.facts)
    for quarters in range(1 if kind == "silent" else QUARTERS, min(volume.quarters_since(flag.raised_at), _LATELY) + 1):
        articles: float = volume.quarters(quarters)
        if quarters == QUARTERS and rate < 1:
            articles = max(articles, math.floor(volume.arrived(quarters)))
        expected, dispersion = usual.of_quarters(quarters), usual.dispersion(quarters)
        evidence = expected * (rate - 1) - articles * math.log(rate)
        chance = (probability_of_at_least if kind == "volume-jump" else probability_of_at_most)(
            articles, expected, dispersion
        )
        if evidence >= _WELL * dispersion and (kind == "silent" or chance >= _USUAL):
            return True
    return False


def _finding(volume: Volume, kind: FlagKind, usual: UsualVolume, change: _Change) -> Finding:
    figures: dict[str, float] = {"usual_a_day": round(usual.mean, 1), "rate": round(change.rate, 3)}
    figures |= {"articles": change.articles, "hours": 6 * change.quarters}
    if kind == "silent":
        return Finding(kind, f"{_silence(volume, usual)}; {absolute.explain_silence(volume.facts)}", figures)
    days = change.quarters // QUARTERS
    when = "in the last day" if days == 1 else f"in {days} days"
    words = f"{format_count(change.articles, 'article')} {when} ({format_usual_range(usual.daily)})"
    if kind == "volume-jump":
        return Finding(kind, f"{words}: a great event, or one article under many addresses", figures)
    return Finding(kind, f"{words}; {absolute.explain_silence(volume.facts)}", figures)


def _silence(volume: Volume, usual: UsualVolume) -> str:
    days = volume.silent_days()
    time = format_count(days, "day") if days else f"{6 * volume.silent_quarters()} hours"
    return f"0 articles for {time} ({format_usual_range(usual.daily)})"
