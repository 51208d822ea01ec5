"""Made-up outlets that are watched for weeks: what their runs would measure, and the flags that are raised of it.

All pure: what the database would answer is computed from the articles that were made up.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.periods import HOME
from health.facts import Finding, OutletFacts, RunFacts, SourceFacts
from health.flags import FlagView
from health.measures import QUARTER, Measures, QuarterMeasures, add_to_quarter, read_quarters
from health.rules import find_problems

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2024, 7, 1, 17, tzinfo=UTC)  # midnight in Jakarta
# Of a day's articles, how many come in each hour.
HOURS = (1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 7, 6, 6, 6, 6, 6, 5, 4, 4, 3, 2, 1, 1)


@dataclass
class Outlet:
    """Attributes:
    weekly: articles on Monday, Tuesday …
    variation: of the days around that, beside chance.
    """

    weekly: tuple[float, ...]
    seed: int
    variation: float = 0.1
    unsigned: float = 0.1
    photos: float = 0.1
    words: float = 300
    articles: list[datetime] = field(default_factory=list)
    undated: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def publish(self, hour: datetime, factor: float = 1.0) -> list[datetime]:
        """The articles of an hour."""
        there = hour.astimezone(HOME)
        day = random.Random(f"{self.seed} {there.date()}").gammavariate(self.variation**-2, self.variation**2)
        mean = factor * day * self.weekly[there.weekday()] * HOURS[there.hour] / sum(HOURS)
        return [hour + HOUR * self.random.random() for _ in range(poisson(self.random, mean))]


@dataclass
class Watch:
    """An outlet, what was measured of it, and its flags.

    Attributes:
        every: between runs.
        change: what is done to an hour's articles and to what a run measures.
    """

    outlet: Outlet
    every: timedelta = DAY
    first: timedelta = 6 * HOUR
    days: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    flags: list[FlagView] = field(default_factory=list)
    sources: tuple[SourceFacts, ...] = (SourceFacts("https://kota.example/feed", "feed", 200, START, 0, None),)
    published: list[datetime] = field(default_factory=list)
    told: list[tuple[datetime, str, str]] = field(default_factory=list)

    def live(self, now: datetime, fault: "Fault | None" = None, *, off: bool = False) -> None:
        """The hour before ``now``, and the run at its end if one is due."""
        fault = fault or Fault()
        self.published += self.outlet.publish(now - HOUR, fault.volume)
        if (now - START - self.first) % self.every == timedelta() and not off:
            self.run(now, fault)

    def run(self, now: datetime, fault: "Fault") -> None:
        """A run that ends now: measured, and judged."""
        measures = self.measure(fault)
        here = now.astimezone(HOME)
        quarters = self.days.setdefault(here.date().isoformat(), {})
        quarters[str(here.hour // 6)] = add_to_quarter(quarters.get(str(here.hour // 6), {}), measures, now)
        if fault.sources:
            self.sources = tuple(replace(one, failures=one.failures + 1, **fault.sources) for one in self.sources)
        else:
            self.sources = tuple(
                replace(one, failures=0, status=200, checked_at=now, problem=None) for one in self.sources
            )
        self.judge(now)

    def measure(self, fault: "Fault") -> Measures:
        """What the run finds of what was published since the last one."""
        chance, new = self.outlet.random, [] if fault.sources else self.published
        self.published = self.published if fault.sources else []
        measures = Measures(answers=3 + len(new), sources_answered=not fault.sources, named=20, fresh=len(new))
        measures.latency_s = measures.answers * fault.slower * chance.lognormvariate(-1.5, 0.3)
        for at in new:
            if fault.rejected:
                measures.rejected[fault.rejected] += 1
                continue
            if chance.random() < self.outlet.photos:
                measures.rejected["photo"] += 1
            measures.stored += 1
            measures.unsigned += chance.random() < (1.0 if fault.unsigned else self.outlet.unsigned)
            measures.words.append(max(int(self.outlet.words * fault.shorter * chance.lognormvariate(0, 0.5)), 1))
            if fault.undated:
                measures.undated += 1
                continue
            stated = new[0] if fault.same_minute else at
            measures.published[stated.isoformat(timespec="minutes")] += 1
            self.outlet.articles.append(stated)
        return measures

    def judge(self, now: datetime) -> None:
        """As ``judge_outlet`` does."""
        found = {one.kind: one for one in find_problems(self.facts(now))}
        for place, flag in enumerate(self.flags):
            if flag.cleared_at is not None:
                continue
            if flag.kind in found:
                again = found.pop(flag.kind)
                self.flags[place] = replace(flag, words=again.words, seen_at=now, facts={**again.facts, **flag.facts})
            else:
                self.flags[place] = replace(flag, cleared_at=now)
                self.told.append((now, "cleared", flag.kind))
        for one in found.values():
            self.flags.append(self._flag(one, now))
            self.told.append((now, "raised", one.kind))

    def facts(self, now: datetime) -> OutletFacts:
        """What the database would answer."""
        parts: list[QuarterMeasures] = read_quarters(
            (datetime.fromisoformat(day).date(), one) for day, one in self.days.items()
        )
        start = now - 56 * DAY
        counts = [0] * (int((now - max(start, START)) / QUARTER))
        for at in self.outlet.articles:
            place = int((now - at) / QUARTER)
            if place < len(counts):
                counts[place] += 1
        runs = RunFacts("finished", None, 0, now)
        return OutletFacts(
            "kota", now, runs, parts, counts, bool(self.outlet.articles), self.sources, flags=tuple(self.flags)
        )

    def _flag(self, one: Finding, now: datetime) -> FlagView:
        return FlagView(len(self.flags) + 1, "kota", one.kind, one.words, one.facts, now, now, None)


@dataclass(frozen=True)
class Fault:
    """What is wrong with an outlet for a time."""

    volume: float = 1.0
    slower: float = 1.0
    shorter: float = 1.0
    rejected: str | None = None
    undated: bool = False
    unsigned: bool = False
    same_minute: bool = False
    sources: dict[str, Any] = field(default_factory=dict)


def poisson(chance: random.Random, mean: float) -> int:
    """Knuth's."""
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count


def simulate(watch: Watch, days: int, fault: Callable[[int], Fault | None] = lambda _: None) -> None:
    """So many days, hour by hour; ``fault`` says what is wrong on each."""
    for hour in range(-7 * 24, 0):  # what a first run looks back on
        watch.published += watch.outlet.publish(START + hour * HOUR)
    for hour in range(1, 24 * days + 1):
        watch.live(START + hour * HOUR, fault((hour - 1) // 24))
