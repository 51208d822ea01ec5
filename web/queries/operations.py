"""Outlets, runs, rounds and health flags for pages and API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from core.formatting import one_line
from core.paging import Page
from core.periods import HOME
from database.ledger import GapView, SourceStatus, find_gaps
from database.ledger.runs import Decision, decisions, find_runs, outcomes
from database.rounds import find_rounds, load_round
from database.schema import Round, Run, RunState, StoredArticle
from health.flags import FlagState, FlagView, find_flags
from health.overview import OutletState, count_urls_by_state, load_outlet_names, load_outlet_states, load_source_polls
from health.round_report import OutletReport, from_json
from outlets.schema import Outlet
from search.facets import Bar, Timeline
from web.errors import NotFoundError
from web.parameters import SAFE, ListParameters
from web.state import WebState

# Most rows of each list on an outlet's page.
_NEWEST, _RUNS, _SOURCES, _FLAGS, _GAPS = 10, 10, 50, 10, 10
# Most flags shown as raised or cleared by a round, and most flags and messages shown of each outlet.
_CHANGES, _MESSAGES = 100, 20
_DAY = timedelta(days=1)


class FlagsParameters(ListParameters):
    """Filters of the list of flags."""

    outlet: Annotated[str, Field(max_length=300, pattern=SAFE, description="only this outlet's")] = ""
    state: Annotated[FlagState | Literal[""], Field(description="only flags in this state")] = ""


class RunsParameters(ListParameters):
    """Filters of the list of runs."""

    outlet: Annotated[str, Field(max_length=300, pattern=SAFE, description="only this outlet's")] = ""
    state: Annotated[RunState | Literal[""], Field(description="only runs in this state")] = ""


class RunParameters(ListParameters):
    """Filters of a run's decisions."""

    outcome: Annotated[
        str,
        Field(
            max_length=40,
            pattern=SAFE,
            description="only what ended so, e.g. stored or named; else all but what was merely named",
        ),
    ] = ""


class RoundsParameters(ListParameters):
    """Filters of the list of rounds."""

    state: Annotated[RunState | Literal[""], Field(description="only rounds in this state")] = ""


class RoundParameters(ListParameters):
    """A page of a round's outlets."""


@dataclass(frozen=True, slots=True)
class WholeOutlet:
    """An outlet with its latest articles, runs, flags and gaps, each newest first.

    Attributes:
        declared: ``None`` if the outlet is stored but no longer declared.
        sources: failing ones first; ``sources_left_out`` counts the rest.
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


@dataclass(frozen=True, slots=True)
class WholeRun:
    """A run with a page of its decisions; its most frequent outcomes first."""

    run: Run
    outcomes: Mapping[str, int]
    decisions: Page[Decision, int]


@dataclass(frozen=True, slots=True)
class WholeRound:
    """A round with a page of its outlets, those with problems first, then by name.

    Attributes:
        not_due: number of requested outlets that had nothing to do.
        raised: the first ones, in words; ``cleared`` likewise. ``totals`` count all.
    """

    round: Round
    not_due: int
    raised: Sequence[str]
    cleared: Sequence[str]
    outlets: Page[OutletReport, int]


def list_flags(session: Session, parameters: FlagsParameters) -> Page[FlagView, int]:
    return find_flags(
        session,
        outlet=parameters.outlet or None,
        state=parameters.state or None,
        limit=parameters.limit,
        after=parameters.after or None,
    )


def list_runs(session: Session, parameters: RunsParameters) -> Page[Run, int]:
    return find_runs(
        session,
        outlet=parameters.outlet or None,
        state=parameters.state or None,
        limit=parameters.limit,
        after=parameters.after or None,
    )


def list_rounds(session: Session, parameters: RoundsParameters) -> Page[Round, int]:
    return find_rounds(session, state=parameters.state or None, limit=parameters.limit, after=parameters.after or None)


def load_whole_run(session: Session, run_id: int, parameters: RunParameters) -> WholeRun:
    """Load a run with a page of its decisions.

    Raises:
        NotFoundError: no such run.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(f"there is no run {run_id}; /runs lists them all")
    page = decisions(
        session, run_id, outcome=parameters.outcome or None, limit=parameters.limit, after=parameters.after
    )
    return WholeRun(run, outcomes(session, run_id), page)


def load_whole_round(session: Session, round_id: int, parameters: RoundParameters) -> WholeRound:
    """Load a round with a page of its outlets, as last reported.

    Raises:
        NotFoundError: no such round.
    """
    stored = load_round(session, round_id)
    if stored is None:
        raise NotFoundError(f"there is no round {round_id}; /rounds lists them all")
    # A round that was killed at once left no report.
    report = from_json({"id": stored.id, "started_at": stored.started_at.isoformat()} | stored.report)
    outlets = sorted(report.outlets, key=lambda outlet: (not _needs_attention(outlet), outlet.name))
    stop = parameters.after + parameters.limit
    return WholeRound(
        round=stored,
        not_due=report.not_due,
        raised=_printable(report.raised, _CHANGES),
        cleared=_printable(report.cleared, _CHANGES),
        outlets=Page(
            [_printable_report(outlet) for outlet in outlets[parameters.after : stop]],
            len(outlets),
            stop if stop < len(outlets) else None,
        ),
    )


def outlet_states(session: Session, state: WebState) -> list[OutletState]:
    states = load_outlet_states(session, load_outlet_names(session) | state.outlets.keys(), state.now())
    return sorted(
        states, key=lambda one: (not one.health.needs_attention, not one.health.flags, one.last_run is None, one.name)
    )


def load_whole_outlet(session: Session, state: WebState, name: str) -> WholeOutlet:
    """Load an outlet, declared or stored.

    Raises:
        NotFoundError: it is neither.
    """
    if name not in state.outlets and name not in load_outlet_names(session):
        raise NotFoundError(f"there is no outlet {name}; /outlets lists them all")
    [outlet_state] = load_outlet_states(session, [name], state.now())
    sources = load_source_polls(session, name)
    return WholeOutlet(
        declared=state.outlets.get(name),
        state=outlet_state,
        urls=count_urls_by_state(session, name),
        sources=sources[:_SOURCES],
        sources_left_out=max(len(sources) - _SOURCES, 0),
        newest=_newest_articles(session, name),
        runs=find_runs(session, outlet=name, limit=_RUNS),
        flags=find_flags(session, outlet=name, limit=_FLAGS),
        gaps=find_gaps(session, name, limit=_GAPS),
    )


def last_days(state: OutletState, now: datetime) -> Timeline:
    today = now.astimezone(HOME).date()
    starts = [today - (len(state.days) - 1 - place) * _DAY for place in range(len(state.days))]
    bars = [Bar(start, start + _DAY, articles) for start, articles in zip(starts, state.days, strict=True)]
    return Timeline("day", bars, 0)


def _needs_attention(outlet: OutletReport) -> bool:
    return outlet.stage == "failed" or bool(outlet.failed or outlet.messages or outlet.flags or outlet.missed)


def _printable_report(outlet: OutletReport) -> OutletReport:
    return replace(
        outlet,
        title=one_line(outlet.title),
        flags=_printable(outlet.flags, _MESSAGES),
        messages=_printable(outlet.messages, _MESSAGES),
        rejected={one_line(reason): number for reason, number in outlet.rejected.items()},
        failed={one_line(reason): number for reason, number in outlet.failed.items()},
    )


def _printable(texts: Iterable[str], most: int) -> list[str]:
    """Clean texts from the web: no answer can carry lone surrogates."""
    return [one_line(text) for text in list(texts)[:most]]


def _newest_articles(session: Session, name: str) -> Sequence[StoredArticle]:
    columns = (
        StoredArticle.title, StoredArticle.section, StoredArticle.language, StoredArticle.published_at,
        StoredArticle.published_precision, StoredArticle.timezone, StoredArticle.removed_at,
    )  # fmt: skip
    query = select(StoredArticle).options(load_only(*columns)).where(StoredArticle.outlet == name)
    dated = query.where(StoredArticle.published_at.is_not(None)).order_by(StoredArticle.published_at.desc())
    return session.scalars(dated.limit(_NEWEST)).all()
