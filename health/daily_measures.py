"""What was measured of an outlet, day by day: each run adds to its day, and the days are read again to be compared.

A day by Jakarta's clock has four quarters. So what is lately so can be told from what was so this morning, while a
day stays one row of a few hundred bytes.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.periods import HOME
from database.schema import HostState, OutletDay
from database.sql import insert_new
from health.measures import Measures


def record_hosts(session: Session, outlet: str, robots: Mapping[str, tuple[str | None, bool]], now: datetime) -> None:
    """Remembers the robots.txt of the outlet's hosts, as ``Measures.robots`` has them, and when they changed."""
    if not robots:
        return
    rows = [
        {"outlet": outlet, "host": host, "robots_sha256": sha256, "robots_forbids": forbids, "checked_at": now}
        for host, (sha256, forbids) in sorted(robots.items())
    ]
    session.execute(insert_new(session, HostState), rows)
    for known in session.scalars(select(HostState).where(HostState.outlet == outlet, HostState.host.in_(robots))):
        sha256, forbids = robots[known.host]
        if (known.robots_sha256, known.robots_forbids) != (sha256, forbids):
            known.changed_at = now
        known.robots_sha256, known.robots_forbids, known.checked_at = sha256, forbids, now
    session.flush()


QUARTER = timedelta(hours=6)
# Buckets in a doubling of a text's length: 19 % wide, far narrower than what is to be noticed.
BUCKETS = 4
_SUMS = (
    "answers", "latency_s", "sources_answered", "sources_failed", "empty_listings", "named", "fresh", "stored",
    "undated", "unsigned", "untitled", "unsectioned", "clock_ahead",
)  # fmt: skip
_COUNTERS = ("rejected", "failed", "moved_to")
# Of the minutes that articles state, the most frequent ones are enough to notice that all state the same.
_MINUTES = 8


@dataclass(frozen=True, slots=True)
class Part:
    """What the runs that ended in a quarter of a day measured; the names are those of ``Measures``.

    Attributes:
        until: when the last of them ended.
        lengths: how many texts there are of each length, by ``length_of``'s inverse.
        minutes: the most frequent minutes of publication.
        certificate: of the last run.
    """

    until: datetime
    runs: int = 0
    answers: int = 0
    latency_s: float = 0.0
    sources_answered: int = 0
    sources_failed: int = 0
    empty_listings: int = 0
    named: int = 0
    fresh: int = 0
    stored: int = 0
    undated: int = 0
    unsigned: int = 0
    untitled: int = 0
    unsectioned: int = 0
    clock_ahead: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    minutes: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    moved_to: Counter[str] = field(default_factory=Counter)
    certificate: str | None = None

    @property
    def began(self) -> datetime:
        """When the quarter began."""
        here = self.until.astimezone(HOME)
        return here.replace(hour=here.hour // 6 * 6, minute=0, second=0, microsecond=0)


def add_to_day(session: Session, outlet: str, measures: Measures, now: datetime) -> None:
    """Adds what a run measured to the outlet's day, in the caller's transaction; others may do so at the same time.

    What it learned of the outlet's hosts is remembered beside it.

    Args:
        session: in the transaction that closes the run.
        outlet: the run's.
        measures: the run's.
        now: when it ended, aware.
    """
    here = now.astimezone(HOME)
    key = {"outlet": outlet, "day": here.date()}
    session.execute(insert_new(session, OutletDay), [key | {"measures": {}}])
    row = session.scalars(
        select(OutletDay).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    ).one()
    quarter = str(here.hour // 6)
    row.measures = dict(row.measures) | {quarter: added(row.measures.get(quarter, {}), measures, now)}
    record_hosts(session, outlet, measures.robots, now)
    session.flush()


def added(before: Mapping[str, Any], measures: Measures, now: datetime) -> dict[str, Any]:
    """A quarter as it is kept, with a further run in it."""
    kept: dict[str, Any] = {"until": int(now.timestamp()), "runs": before.get("runs", 0) + 1}
    for name in _SUMS:
        kept[name] = before.get(name, 0) + getattr(measures, name)
    for name in _COUNTERS:
        kept[name] = dict(Counter(before.get(name, {})) + getattr(measures, name))
    lengths = Counter(str(_bucket(words)) for words in measures.words if words > 0)
    kept["lengths"] = dict(Counter(before.get("lengths", {})) + lengths)
    kept["minutes"] = dict((Counter(before.get("minutes", {})) + measures.published).most_common(_MINUTES))
    kept["certificate"] = measures.certificate
    return {name: value for name, value in kept.items() if value}


def parts_of(days: Iterable[tuple[date, Mapping[str, Any]]]) -> list[Part]:
    """The quarters of these days in which runs ended, the oldest first."""
    return [_part(quarters[name]) for _, quarters in sorted(days, key=lambda one: one[0]) for name in sorted(quarters)]


def read_parts(session: Session, outlet: str, start: date) -> list[Part]:
    """The outlet's quarters from this day on in which runs ended, the oldest first."""
    rows = session.execute(
        select(OutletDay.day, OutletDay.measures).where(OutletDay.outlet == outlet, OutletDay.day >= start)
    )
    return parts_of((row.day, row.measures) for row in rows)


def recent(parts: Sequence[Part], time: timedelta, *, since: datetime | None = None) -> list[Part]:
    """The parts of the last time, up to the last of them; ``since``: only what began after that."""
    return [part for part in parts if part.until > parts[-1].until - time and (since is None or part.began >= since)]


def typical_length(lengths: Mapping[int, int]) -> float | None:
    """The logarithm (base 2) of the median length, in words; ``None`` without texts."""
    half, passed = sum(lengths.values()) / 2, 0
    for bucket in sorted(lengths):
        passed += lengths[bucket]
        if passed >= half:
            # Where in the bucket the median lies, so that it does not leap from one to the next.
            return (bucket - 0.5 + 1 - (passed - half) / lengths[bucket]) / BUCKETS
    return None


def _bucket(words: int) -> int:
    return round(BUCKETS * math.log2(words))


def _part(kept: Mapping[str, Any]) -> Part:
    values: dict[str, Any] = {name: kept[name] for name in ("runs", *_SUMS, "certificate") if name in kept}
    values |= {name: Counter(kept[name]) for name in (*_COUNTERS, "minutes") if name in kept}
    lengths = Counter({int(bucket): number for bucket, number in kept.get("lengths", {}).items()})
    return Part(until=datetime.fromtimestamp(kept["until"], UTC), lengths=lengths, **values)
