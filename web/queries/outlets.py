"""The outlets as pages and API show them: those that are declared, and those that something is known of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from core.paging import Page
from core.periods import HOME
from database.ledger import GapView, SourceStatus, find_gaps
from database.ledger.runs import find_runs
from database.schema import Run, StoredArticle
from health.flags import FlagView, find_flags
from health.overview import OutletState, count_urls_by_state, load_outlet_names, load_outlet_states, load_source_polls
from outlets.schema import Outlet
from search.facets import Bar, Timeline
from web.errors import NotFoundError
from web.state import WebState

# Of what an outlet's page lists.
_NEWEST, _RUNS, _SOURCES, _FLAGS, _GAPS = 10, 10, 50, 10, 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WholeOutlet:
    """Everything about an outlet.

    Attributes:
        declared: ``None``: no declaration has this name, but something is stored of it.
        urls: how many of its URLs are in each state.
        sources: what is polled; those that fail first. ``sources_left_out`` are not among them.
        newest: articles, the newest first.
        runs: the last ones.
        flags: open or not, the one raised last first.
        gaps: what its sources may have lost, the one found last first.
    """

    declared: Outlet | None
    state: OutletState
    urls: Mapping[str, int]
    sources: Sequence[SourceStatus]
    sources_left_out: int
    newest: Sequence[StoredArticle]
    runs: Page[Run, int]
    flags: Page[FlagView, int]
    gaps: Sequence[GapView]


def outlet_states(session: Session, state: WebState) -> list[OutletState]:
    """How all outlets are: those in trouble first, then those with flags, then by name; never crawled ones last."""
    states = load_outlet_states(session, load_outlet_names(session) | state.outlets.keys(), state.now())
    return sorted(states, key=_place)


def _place(one: OutletState) -> tuple[bool, bool, bool, str]:
    return not one.health.needs_attention, not one.health.flags, one.last_run is None, one.name


def whole_outlet(session: Session, state: WebState, name: str) -> WholeOutlet:
    """An outlet with its sources, runs and newest articles.

    Raises:
        NotFoundError: nobody declared it, and nothing is known of it.
    """
    if name not in state.outlets and name not in load_outlet_names(session):
        raise NotFoundError(f"there is no outlet {name}; /outlets lists them all")
    [how] = load_outlet_states(session, [name], state.now())
    sources = load_source_polls(session, name)
    return WholeOutlet(
        declared=state.outlets.get(name),
        state=how,
        urls=count_urls_by_state(session, name),
        sources=sources[:_SOURCES],
        sources_left_out=max(len(sources) - _SOURCES, 0),
        newest=_newest(session, name),
        runs=find_runs(session, outlet=name, limit=_RUNS),
        flags=find_flags(session, outlet=name, limit=_FLAGS),
        gaps=find_gaps(session, name, limit=_GAPS),
    )


def last_days(state: OutletState, now: datetime) -> Timeline:
    """The articles of the last days as a timeline, days in Jakarta."""
    today = now.astimezone(HOME).date()
    starts = [today - (len(state.days) - 1 - place) * _DAY for place in range(len(state.days))]
    bars = [Bar(start, start + _DAY, articles) for start, articles in zip(starts, state.days, strict=True)]
    return Timeline("day", bars, 0)


def _newest(session: Session, name: str) -> Sequence[StoredArticle]:
    columns = (
        StoredArticle.title, StoredArticle.section, StoredArticle.language, StoredArticle.published_at,
        StoredArticle.published_precision, StoredArticle.timezone, StoredArticle.removed_at,
    )  # fmt: skip
    query = select(StoredArticle).options(load_only(*columns)).where(StoredArticle.outlet == name)
    dated = query.where(StoredArticle.published_at.is_not(None)).order_by(StoredArticle.published_at.desc())
    return session.scalars(dated.limit(_NEWEST)).all()
