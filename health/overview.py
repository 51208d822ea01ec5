"""State of outlets for terminal, API and pages; indexes alone answer its queries."""

import typing
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias, get_args

from sqlalchemy import ColumnElement, String, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.periods import HOME
from database.ledger import SourceStatus, find_sources
from database.schema import Base, Run, StoredArticle, Url
from database.sql import among, elements
from health.facts_query import count_published, still_polled
from health.flags import FlagKind, FlagView, load_open_flags

DAYS = 30
_DAY = timedelta(days=1)
_ARTICLES, _URLS, _SOURCES, _RUNS = (Base.metadata.tables[name] for name in ("articles", "urls", "sources", "runs"))
_ENDED = ("finished", "stopped", "failed", "killed")


Condition: TypeAlias = Literal["well", "never crawled", "not crawled"] | FlagKind

# An outlet crawled once a day may be late once.
_LATE = timedelta(days=2)
_ORDER = {kind: place for place, kind in enumerate(get_args(FlagKind))}


@dataclass(frozen=True, slots=True)
class OutletHealth:
    """Health of an outlet: its worst open flag, or that it is not crawled.

    Attributes:
        words: without the outlet's name.
        since: raising of that flag, or the last run of an outlet not crawled.
        usual_a_day: articles before the change, if the flag is about their number.
        changed_at: begin of the condition, or the last growth of the days not crawled.
        flags: the worst first.
    """

    condition: Condition
    words: str
    since: datetime | None = None
    usual_a_day: float | None = None
    changed_at: datetime | None = None
    flags: Sequence[FlagView] = ()

    @property
    def needs_attention(self) -> bool:
        """True if a flag is open and the outlet is crawled."""
        return self.condition in _ORDER


def assess_health(last_run_at: datetime | None, flags: Sequence[FlagView], now: datetime) -> OutletHealth:
    """Derive an outlet's health from its last run's start and open flags. Pure."""
    worst_first = tuple(sorted(flags, key=lambda flag: (_ORDER.get(flag.kind, len(_ORDER)), flag.raised_at)))
    if last_run_at is None:
        return OutletHealth("never crawled", "never crawled", flags=worst_first)
    if now - last_run_at >= _LATE:
        days = (now - last_run_at).days
        changed_at = last_run_at + timedelta(days=days)
        return OutletHealth("not crawled", f"not crawled for {days} days", last_run_at, None, changed_at, worst_first)
    if not worst_first:
        return OutletHealth("well", "well")
    worst = worst_first[0]
    usual = worst.facts.get("usual_a_day")
    return OutletHealth(
        typing.cast("Condition", worst.kind), worst.words, worst.raised_at, usual, worst.raised_at, worst_first
    )


@dataclass(frozen=True, slots=True)
class OutletState:
    """State of an outlet. Instants are UTC.

    Attributes:
        days: articles published on each of the last ``DAYS`` days in Jakarta, today last.
        last_run: in any state.
        succeeded_at: end of its last complete run.
        pending: URLs to be fetched; ``failed`` may be tried again.
        polled: sources polled by the last run that ended, or not due yet; ``failing`` gave nothing usable.
    """

    name: str
    days: tuple[int, ...]
    newest_at: datetime | None
    last_run: Run | None
    succeeded_at: datetime | None
    pending: int
    failed: int
    polled: int
    failing: tuple[SourceStatus, ...]
    health: OutletHealth

    @property
    def articles(self) -> int:
        return sum(self.days)

    @property
    def changed_at(self) -> datetime | None:
        """The last event that may have changed the state, if any."""
        run = self.last_run
        moments = [self.newest_at, self.health.changed_at, *(source.failed_at for source in self.failing)]
        if run is not None:
            moments += [run.started_at, run.finished_at]
        return max(filter(None, moments), default=None)


@dataclass(frozen=True, slots=True)
class _Runs:
    last: Run | None
    ended: Run | None
    finished: Run | None


def load_outlet_names(session: Session) -> set[str]:
    return _distinct(session, StoredArticle.outlet) | _distinct(session, Run.outlet)


def load_outlet_states(session: Session, names: Collection[str], now: datetime) -> list[OutletState]:
    """Load states by name; the database may not know the outlet."""
    ordered = sorted(names)
    days, newest, runs = _days(session, ordered, now), load_newest(session, ordered), _runs(session, ordered)
    urls, sources, flags = _urls(session, ordered), _sources(session, ordered), load_open_flags(session, ordered)
    return [
        _state(name, days[name], newest.get(name), runs[name], urls[name], sources[name], flags.get(name, ()), now)
        for name in ordered
    ]


def load_source_polls(session: Session, name: str) -> list[SourceStatus]:
    """Load an outlet's sources, failing ones first."""
    return sorted(find_sources(session, [name]), key=_worst_first)


def count_urls_by_state(session: Session, name: str) -> dict[str, int]:
    query = select(Url.state, func.count()).where(Url.outlet == name).group_by(Url.state).order_by(Url.state)
    return {row[0]: row[1] for row in session.execute(query)}


def _state(
    name: str,
    days: Sequence[int],
    newest_at: datetime | None,
    runs: _Runs,
    urls: Mapping[str, int],
    sources: Sequence[SourceStatus],
    flags: Sequence[FlagView],
    now: datetime,
) -> OutletState:
    began = runs.ended.started_at if runs.ended else None
    polled = [source for source in sources if still_polled(source, began)]
    return OutletState(
        name=name,
        days=tuple(days),
        newest_at=newest_at,
        last_run=runs.last,
        succeeded_at=runs.finished.finished_at if runs.finished else None,
        pending=urls.get("pending", 0),
        failed=urls.get("failed", 0),
        polled=len(polled),
        failing=tuple(source for source in polled if source.failures),
        health=assess_health(runs.last.started_at if runs.last else None, flags, now),
    )


def _days(session: Session, names: Sequence[str], now: datetime) -> dict[str, list[int]]:
    today = now.astimezone(HOME).replace(hour=0, minute=0, second=0, microsecond=0)
    outlets = among(_ARTICLES.c.outlet, "names", _dialect(session))
    counts = count_published(session, outlets, today - (DAYS - 1) * _DAY, _DAY, DAYS, {"names": names})
    return {name: counts.get(name, [0] * DAYS) for name in names}


def load_newest(session: Session, names: Sequence[str]) -> dict[str, datetime]:
    """Return each outlet's newest publication (UTC), if it has any."""
    name = _names(session)
    newest = select(func.max(StoredArticle.published_at)).where(StoredArticle.outlet == name).scalar_subquery()
    return {outlet: at for outlet, at in session.execute(select(name, newest), {"names": names}) if at is not None}


def _runs(session: Session, names: Sequence[str]) -> dict[str, _Runs]:
    name = _names(session)
    kinds = ((), (Run.state.in_(_ENDED),), (Run.state == "finished",))
    ids = [select(func.max(Run.id)).where(Run.outlet == name, *kind).scalar_subquery() for kind in kinds]
    rows = session.execute(select(name, *ids), {"names": names}).all()
    run_ids = sorted({run_id for row in rows for run_id in row[1:] if run_id is not None})
    query = select(Run).where(among(_RUNS.c.id, "ids", _dialect(session)))
    runs = {run.id: run for run in session.scalars(query, {"ids": run_ids})}
    return {row[0]: _Runs(*(runs.get(run_id) for run_id in row[1:])) for row in rows}


def _urls(session: Session, names: Sequence[str]) -> dict[str, dict[str, int]]:
    query = (
        select(Url.outlet, Url.state, func.count())
        .where(among(_URLS.c.outlet, "names", _dialect(session)), Url.state.in_(("pending", "failed")))
        .group_by(Url.outlet, Url.state)
    )
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for outlet, state, number in session.execute(query, {"names": names}):
        states[outlet][state] = number
    return states


def _sources(session: Session, names: Sequence[str]) -> dict[str, list[SourceStatus]]:
    sources: dict[str, list[SourceStatus]] = defaultdict(list)
    for source in find_sources(session, names):
        sources[source.outlet].append(source)
    return sources


def _worst_first(source: SourceStatus) -> tuple[bool, float]:
    changed = source.changed_at or datetime.min.replace(tzinfo=UTC)
    return source.failures == 0, -changed.timestamp()


def _distinct(session: Session, column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]) -> set[str]:
    """Find each value by one step into the index; DISTINCT would read it all."""
    steps = select(func.min(column).label("value")).cte("steps", recursive=True)
    following = select(func.min(column)).where(column > steps.c.value).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.value.is_not(None)))
    return set(session.scalars(select(steps.c.value).where(steps.c.value.is_not(None))))


def _names(session: Session) -> ColumnElement[str]:
    column: ColumnElement[str] = elements("names", String(), _dialect(session)).c.value
    return column


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
