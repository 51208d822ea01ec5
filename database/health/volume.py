"""How many articles an outlet publishes, day by day, and on which days that tells what is usual. Pure.

Days here are the 24 hours before the last look at the outlet, the 24 before these, and so on. So a day is never
partial, and is compared with those that ended at the same hour.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

from core.periods import HOME
from database.health.days import QUARTER
from database.health.facts import Facts
from database.health.taints import SETTLES, settled_since, spoiled
from database.health.usual import QUARTERS, WEEK, Usual, learn

DAY = timedelta(days=1)
_SATURDAY = 5
# Days of history before anything is judged by it.
_ENOUGH_DAYS = 10
# The days that are judged are not what they are judged by.
_JUDGED = 3
# A day counts if runs ended about when it began and about when it ended: then nothing went unseen.
_ABOUT = timedelta(hours=13)


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
        """Whole quarters of a day from then to the last look, which need not come at the same minute every day."""
        return max((self._end(0) - at + _ABOUT / 6) // QUARTER, 0)

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
        if len(days) < _ENOUGH_DAYS:
            return None
        daily = {day: sum(self._quarters[QUARTERS * day : QUARTERS * (day + 1)]) for day in days}
        return learn(daily, [self._at_weekend(day) for day in range(WEEK)], self._shares(days))

    def _at_weekend(self, day: int) -> bool:
        """Whether most of these hours belong to a Saturday or Sunday."""
        return (self._end(day) - DAY / 2).astimezone(HOME).weekday() >= _SATURDAY

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
