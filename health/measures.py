"""Measures of an outlet's runs, summed by quarter of a day (by Jakarta's clock).

A day stays a row of a few hundred bytes.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.periods import HOME
from database.schema import HostState, OutletDay
from database.sql import insert_new

QUARTER = timedelta(hours=6)
# Buckets in a doubling of a text's length: 19 % wide, far narrower than any change to be noticed.
BUCKETS = 4
# Of the minutes that articles state, the most frequent ones are enough to notice that all state the same.
_MINUTES = 8


@dataclass(slots=True, kw_only=True)
class _Sums:
    """Figures of a run or a quarter, stored in ``outlet_days`` in this order.

    ``sources_failed`` and ``fresh`` are unused; stored days hold them.

    Attributes:
        answers: to requests for sources and pages, of any status.
        latency_s: to the last byte, summed over ``answers``.
        sources_answered: with 200 or 304; ``sources_failed`` gave nothing usable.
        empty_listings: listings, homes and feeds that answered 200 and named no article.
        named: candidates; ``fresh`` were new to the ledger and not too old.
        stored: new articles. The following count some of these.
        clock_ahead: dated in the future.
    """

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


@dataclass(slots=True, kw_only=True)
class _Summed(_Sums):
    """Counts by name, added up like ``_Sums``.

    Attributes:
        rejected: pages that are no articles, by reason; ``failed`` URLs likewise.
        moved_to: hosts redirected to, off the outlet's domains.
    """

    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    moved_to: Counter[str] = field(default_factory=Counter)


_SUMS = tuple(column.name for column in fields(_Sums))
_COUNTERS = tuple(column.name for column in fields(_Summed) if column.name not in _SUMS)


@dataclass(slots=True, kw_only=True)
class Measures(_Summed):
    """Measures of one run of one outlet.

    Attributes:
        words: of each new article's text.
        published: articles that state the same minute, by ISO string (UTC).
        certificate: the error, if one was refused.
        robots: by host, SHA-256 of its robots.txt (``None``: none), and if it forbids any source.
        newest_at: newest publication stored.
    """

    requests: int = 0
    bytes: int = 0
    words: list[int] = field(default_factory=list)
    published: Counter[str] = field(default_factory=Counter)
    certificate: str | None = None
    robots: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    newest_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class QuarterMeasures(_Summed):
    """Measures of all runs that ended in a quarter of a day.

    Attributes:
        until: end of the last run.
        lengths: texts by length, in logarithmic buckets (``BUCKETS`` a doubling).
        minutes: the most frequent minutes of publication.
        certificate: of the last run.
    """

    until: datetime
    runs: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    minutes: Counter[str] = field(default_factory=Counter)
    certificate: str | None = None

    @property
    def began(self) -> datetime:
        here = self.until.astimezone(HOME)
        return here.replace(hour=here.hour // 6 * 6, minute=0, second=0, microsecond=0)


def add_to_day(session: Session, outlet: str, measures: Measures, now: datetime) -> None:
    """Add a run's measures to its day in the transaction that closes the run.

    Safe beside other processes.
    """
    here = now.astimezone(HOME)
    key = {"outlet": outlet, "day": here.date()}
    session.execute(insert_new(session, OutletDay), [key | {"measures": {}}])
    row = session.scalars(
        select(OutletDay).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    ).one()
    quarter = str(here.hour // 6)
    row.measures = dict(row.measures) | {quarter: add_to_quarter(row.measures.get(quarter, {}), measures, now)}
    record_hosts(session, outlet, measures.robots, now)
    session.flush()


def add_to_quarter(before: Mapping[str, Any], measures: Measures, now: datetime) -> dict[str, Any]:
    stored: dict[str, Any] = {"until": int(now.timestamp()), "runs": before.get("runs", 0) + 1}
    for name in _SUMS:
        stored[name] = before.get(name, 0) + getattr(measures, name)
    for name in _COUNTERS:
        stored[name] = dict(Counter(before.get(name, {})) + getattr(measures, name))
    lengths = Counter(str(_bucket(words)) for words in measures.words if words > 0)
    stored["lengths"] = dict(Counter(before.get("lengths", {})) + lengths)
    stored["minutes"] = dict((Counter(before.get("minutes", {})) + measures.published).most_common(_MINUTES))
    stored["certificate"] = measures.certificate
    return {name: value for name, value in stored.items() if value}


def read_quarters(days: Iterable[tuple[date, Mapping[str, Any]]]) -> list[QuarterMeasures]:
    return [
        _read_quarter(quarters[name])
        for _, quarters in sorted(days, key=lambda day: day[0])
        for name in sorted(quarters)
    ]


def load_quarters(session: Session, outlet: str, start: date) -> list[QuarterMeasures]:
    """Load the quarters with runs, the oldest first."""
    rows = session.execute(
        select(OutletDay.day, OutletDay.measures).where(OutletDay.outlet == outlet, OutletDay.day >= start)
    )
    return read_quarters((row.day, row.measures) for row in rows)


def select_recent(
    parts: Sequence[QuarterMeasures], time: timedelta, *, since: datetime | None = None
) -> list[QuarterMeasures]:
    """Select the quarters within ``time`` before the last one, begun after ``since``."""
    return [part for part in parts if part.until > parts[-1].until - time and (since is None or part.began >= since)]


def find_median_length(lengths: Mapping[int, int]) -> float | None:
    """Return log2 of the median length in words; ``None`` without texts."""
    half, passed = sum(lengths.values()) / 2, 0
    for bucket in sorted(lengths):
        passed += lengths[bucket]
        if passed >= half:
            # Its place within the bucket, so that it does not leap from one to the next.
            return (bucket - 0.5 + 1 - (passed - half) / lengths[bucket]) / BUCKETS
    return None


def _bucket(words: int) -> int:
    return round(BUCKETS * math.log2(words))


def _read_quarter(stored: Mapping[str, Any]) -> QuarterMeasures:
    values: dict[str, Any] = {name: stored[name] for name in ("runs", *_SUMS, "certificate") if name in stored}
    values |= {name: Counter(stored[name]) for name in (*_COUNTERS, "minutes") if name in stored}
    lengths = Counter({int(bucket): number for bucket, number in stored.get("lengths", {}).items()})
    return QuarterMeasures(until=datetime.fromtimestamp(stored["until"], UTC), lengths=lengths, **values)


def record_hosts(session: Session, outlet: str, robots: Mapping[str, tuple[str | None, bool]], now: datetime) -> None:
    if not robots:
        return
    rows = [
        {"outlet": outlet, "host": host, "robots_sha256": sha256, "robots_forbids": forbids, "checked_at": now}
        for host, (sha256, forbids) in sorted(robots.items())
    ]
    session.execute(insert_new(session, HostState), rows)
    for row in session.scalars(select(HostState).where(HostState.outlet == outlet, HostState.host.in_(robots))):
        sha256, forbids = robots[row.host]
        if (row.robots_sha256, row.robots_forbids) != (sha256, forbids):
            row.changed_at = now
        row.robots_sha256, row.robots_forbids, row.checked_at = sha256, forbids, now
    session.flush()
