"""Reading how the outlets are: what they published lately, how their runs went, which of their sources fail.

Cheap however much is stored: what is asked of articles and URLs is answered by indexes alone.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, String, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.periods import HOME
from database.ledger import SourceStatus, find_sources
from database.schema import Base, Run, StoredArticle, Url
from database.sql import among, elements
from health import Health, OutletFlag, judge, open_flags
from health.facts_query import still_polled

DAYS = 30
_DAY_S = 86_400
_ARTICLES, _URLS, _SOURCES, _RUNS = (Base.metadata.tables[name] for name in ("articles", "urls", "sources", "runs"))
_ENDED = ("finished", "stopped", "failed", "killed")


@dataclass(frozen=True, slots=True)
class OutletState:
    """How an outlet is. Instants are UTC.

    Attributes:
        days: how many articles it published on each of the last ``DAYS`` days, by Jakarta's clock, today last.
        newest_at: when its newest article was published.
        last_run: whatever its state.
        succeeded_at: when a run last came to its end.
        pending: URLs that are still to be fetched; ``failed`` are those that could not be and may be tried again.
        polled: how many sources are polled: the last run that ended had asked them, or it was not their turn yet.
        failing: those of them that gave nothing usable.
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
    health: Health

    @property
    def articles(self) -> int:
        """How many articles it published on these days."""
        return sum(self.days)

    @property
    def changed_at(self) -> datetime | None:
        """When something last happened that may have changed how it is; ``None``: nothing has yet."""
        run = self.last_run
        moments = [self.newest_at, self.health.changed_at, *(source.failed_at for source in self.failing)]
        if run is not None:
            moments += [run.started_at, run.finished_at]
        return max(filter(None, moments), default=None)


@dataclass(frozen=True, slots=True)
class _Runs:
    """An outlet's last run, the last one that ended, and the last one that came to its end."""

    last: Run | None
    ended: Run | None
    finished: Run | None


def known_outlets(session: Session) -> set[str]:
    """The names of all outlets that articles or runs are of."""
    return _distinct(session, StoredArticle.outlet) | _distinct(session, Run.outlet)


def overview(session: Session, names: Collection[str], now: datetime) -> list[OutletState]:
    """How these outlets are, by name.

    Args:
        session: of either database; it is only read.
        names: those of outlets, whether anything is known of them or not.
        now: aware.
    """
    wanted = sorted(names)
    days, newest, runs = _days(session, wanted, now), newest_of(session, wanted), _runs(session, wanted)
    urls, sources, flags = _urls(session, wanted), _sources(session, wanted), open_flags(session, wanted)
    return [
        _state(name, days[name], newest.get(name), runs[name], urls[name], sources[name], flags.get(name, ()), now)
        for name in wanted
    ]


def sources_of(session: Session, name: str) -> list[SourceStatus]:
    """How polling each of an outlet's sources went; those that fail first, then the one that changed last."""
    return sorted(find_sources(session, [name]), key=_worst_first)


def url_states(session: Session, name: str) -> dict[str, int]:
    """How many of an outlet's URLs are in each state."""
    query = select(Url.state, func.count()).where(Url.outlet == name).group_by(Url.state).order_by(Url.state)
    return {row[0]: row[1] for row in session.execute(query)}


def _state(
    name: str,
    days: Sequence[int],
    newest_at: datetime | None,
    runs: _Runs,
    urls: Mapping[str, int],
    sources: Sequence[SourceStatus],
    flags: Sequence[OutletFlag],
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
        health=judge(runs.last.started_at if runs.last else None, flags, now),
    )


def _days(session: Session, names: Sequence[str], now: datetime) -> dict[str, list[int]]:
    """Articles by day; SQLite and PostgreSQL both count them without reading an article."""
    today = now.astimezone(HOME).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - timedelta(days=DAYS - 1)
    seconds: ColumnElement[int] = extract("epoch", StoredArticle.published_at)  # SQLite's are whole
    if _dialect(session) == "postgresql":
        seconds = cast(func.floor(seconds), BigInteger)
    day = ((seconds - int(start.timestamp())) // _DAY_S).label("day")
    query = (
        select(StoredArticle.outlet, day, func.count())
        .where(
            among(_ARTICLES.c.outlet, "names", _dialect(session)),
            StoredArticle.published_at >= start,
            StoredArticle.published_at < today + timedelta(days=1),
        )
        .group_by(StoredArticle.outlet, "day")  # by name: PostgreSQL takes equal bound numbers for different ones
    )
    days = {name: [0] * DAYS for name in names}
    for outlet, place, articles in session.execute(query, {"names": names}):
        days[str(outlet)][int(place)] = articles
    return days


def newest_of(session: Session, names: Sequence[str]) -> dict[str, datetime]:
    """When each outlet's newest article was published (UTC); those without one are left out."""
    name = _names(session)
    newest = select(func.max(StoredArticle.published_at)).where(StoredArticle.outlet == name).scalar_subquery()
    return {one: at for one, at in session.execute(select(name, newest), {"names": names}) if at is not None}


def _runs(session: Session, names: Sequence[str]) -> dict[str, _Runs]:
    name = _names(session)
    kinds = ((), (Run.state.in_(_ENDED),), (Run.state == "finished",))
    ids = [select(func.max(Run.id)).where(Run.outlet == name, *kind).scalar_subquery() for kind in kinds]
    rows = session.execute(select(name, *ids), {"names": names}).all()
    mentioned = sorted({one for row in rows for one in row[1:] if one is not None})
    found = select(Run).where(among(_RUNS.c.id, "ids", _dialect(session)))
    runs = {run.id: run for run in session.scalars(found, {"ids": mentioned})}
    return {row[0]: _Runs(*(runs.get(one) for one in row[1:])) for row in rows}


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
    """The column's values, each found by one step into its index, which DISTINCT would read from end to end."""
    steps = select(func.min(column).label("value")).cte("steps", recursive=True)
    following = select(func.min(column)).where(column > steps.c.value).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.value.is_not(None)))
    return set(session.scalars(select(steps.c.value).where(steps.c.value.is_not(None))))


def _names(session: Session) -> ColumnElement[str]:
    """The column of the list bound as ``names``."""
    column: ColumnElement[str] = elements("names", String(), _dialect(session)).c.value
    return column


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
