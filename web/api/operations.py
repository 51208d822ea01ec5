"""API routes for outlets, rounds, health flags and runs."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from health.overview import OutletState, load_outlet_names
from outlets.schema import Outlet
from web.api import operation_schemas as schemas
from web.api.feeds import (
    address,
    feed_of_hits,
    flag_entry,
    newest_first,
    outlet_entry,
    round_entry,
    run_entry,
    urn,
)
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Entry, Feed, respond
from web.errors import NotFoundError
from web.parameters import Id, SearchFilters
from web.queries.operations import (
    FlagsParameters,
    RoundParameters,
    RoundsParameters,
    RunParameters,
    RunsParameters,
    list_flags,
    list_rounds,
    list_runs,
    load_whole_outlet,
    load_whole_round,
    load_whole_run,
    outlet_states,
)
from web.state import State

Name = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
_ENTRIES = 50

_outlets = APIRouter(tags=["outlets"])
_monitoring = APIRouter(tags=["monitoring"])
_runs = APIRouter(tags=["runs"])
ROUTERS = (_outlets, _monitoring, _runs)


@_outlets.get("/outlets", responses=problems())
def outlets(state: State) -> schemas.Outlets:
    """All outlets, those needing attention first."""
    with state.read() as session:
        items = [_outlet_schema(one, state.outlets.get(one.name)) for one in outlet_states(session, state)]
    return schemas.Outlets(total=len(items), items=items)


@_outlets.get("/outlets.atom", responses=atom(), response_class=AtomResponse)
def outlets_feed(request: Request, state: State) -> Response:
    """The health of all outlets, as a feed: an entry each, latest change first."""
    with state.read() as session:
        return _feed(request, "outlets", (outlet_entry(request, state, one) for one in outlet_states(session, state)))


@_outlets.get("/outlets/{name}.atom", responses=atom(404), response_class=AtomResponse)
def outlet_feed(request: Request, state: State, name: Name) -> Response:
    """An outlet's newest articles, as a feed."""
    with state.read() as session:
        if name not in state.outlets and name not in load_outlet_names(session):
            raise NotFoundError(f"there is no outlet {name}")
        title = state.outlets[name].title if name in state.outlets else name
        filters = SearchFilters(outlet=[name], copies=True)
        feed = feed_of_hits(request, session, state, filters, _ENTRIES, title=title, name=f"outlet:{name}")
    return respond(request, feed)


@_outlets.get("/outlets/{name}", responses=problems(404))
def outlet(state: State, name: Name) -> schemas.WholeOutlet:
    """An outlet with its sources, its last runs and its newest articles."""
    with state.read() as session:
        whole = load_whole_outlet(session, state, name)
        return schemas.WholeOutlet(
            **_outlet_schema(whole.state, whole.declared).model_dump(),
            urls=dict(whole.urls),
            sources=[schemas.Source.model_validate(one, from_attributes=True) for one in whole.sources],
            newest=[schemas.Headline.model_validate(one, from_attributes=True) for one in whole.newest],
            runs=[schemas.Run.model_validate(one, from_attributes=True) for one in whole.runs.items],
            flags=[schemas.Flag.model_validate(one, from_attributes=True) for one in whole.flags.items],
            gaps=[schemas.Gap.model_validate(one, from_attributes=True) for one in whole.gaps],
        )


@_monitoring.get("/rounds", responses=problems())
def rounds(state: State, parameters: Annotated[RoundsParameters, Query()]) -> schemas.Rounds:
    """Rounds of `scrapy monitor`, newest first, a page at a time."""
    with state.read() as session:
        return schemas.Rounds.of(list_rounds(session, parameters))


@_monitoring.get("/rounds.atom", responses=atom(), response_class=AtomResponse)
def rounds_feed(request: Request, state: State, parameters: Annotated[RoundsParameters, Query()]) -> Response:
    """Ended rounds, as a feed."""
    with state.read() as session:
        return _feed(request, "rounds", (round_entry(request, one) for one in list_rounds(session, parameters).items))


@_monitoring.get("/rounds/{round_id}", responses=problems(404))
def one_round(state: State, round_id: Id, parameters: Annotated[RoundParameters, Query()]) -> schemas.WholeRound:
    """A round with its outlets, a page at a time."""
    with state.read() as session:
        whole = load_whole_round(session, round_id, parameters)
        return schemas.WholeRound(
            **schemas.Round.model_validate(whole.round, from_attributes=True).model_dump(),
            not_due=whole.not_due,
            raised=list(whole.raised),
            cleared=list(whole.cleared),
            total=whole.outlets.total,
            next=whole.outlets.after,
            items=[schemas.OutletInRound.model_validate(one, from_attributes=True) for one in whole.outlets.items],
        )


@_monitoring.get("/flags", responses=problems())
def flags(state: State, parameters: Annotated[FlagsParameters, Query()]) -> schemas.Flags:
    """Flags of all outlets, latest first; `state=open`: what needs attention now."""
    with state.read() as session:
        return schemas.Flags.of(list_flags(session, parameters))


@_monitoring.get("/flags.atom", responses=atom(), response_class=AtomResponse)
def flags_feed(request: Request, state: State, parameters: Annotated[FlagsParameters, Query()]) -> Response:
    """Flags as a feed: an entry each, updated when the flag is cleared."""
    with state.read() as session:
        page = list_flags(session, parameters)
        return _feed(request, "flags", (flag_entry(request, state, flag) for flag in page.items))


@_runs.get("/runs", responses=problems())
def runs(state: State, parameters: Annotated[RunsParameters, Query()]) -> schemas.Runs:
    """Runs, newest first, a page at a time."""
    with state.read() as session:
        return schemas.Runs.of(list_runs(session, parameters))


@_runs.get("/runs.atom", responses=atom(), response_class=AtomResponse)
def runs_feed(request: Request, state: State, parameters: Annotated[RunsParameters, Query()]) -> Response:
    """Ended runs, as a feed; `state=failed`: runs to look into."""
    with state.read() as session:
        return _feed(request, "runs", (run_entry(request, run) for run in list_runs(session, parameters).items))


@_runs.get("/runs/{run_id}", responses=problems(404))
def run(state: State, run_id: Id, parameters: Annotated[RunParameters, Query()]) -> schemas.WholeRun:
    """A run with its decisions about URLs, a page at a time."""
    with state.read() as session:
        whole = load_whole_run(session, run_id, parameters)
        return schemas.WholeRun(
            **schemas.Run.model_validate(whole.run, from_attributes=True).model_dump(),
            outcomes=dict(whole.outcomes),
            next=whole.decisions.after,
            items=[schemas.Decision(**asdict(decision)) for decision in whole.decisions.items],
        )


def _feed(request: Request, name: str, entries: Iterable[Entry | None]) -> Response:
    """Answer with the feed of the list page ``name``."""
    return respond(request, Feed(urn(name), f"Pantau: {name}", address(request, name), newest_first(entries)))


def _outlet_schema(state: OutletState, declared: Outlet | None) -> schemas.Outlet:
    run = state.last_run
    return schemas.Outlet(
        name=state.name,
        title=declared.title if declared else None,
        site=declared.site if declared else None,
        health=schemas.Health.model_validate(state.health, from_attributes=True),
        days=list(state.days),
        articles=state.articles,
        newest_at=state.newest_at,
        succeeded_at=state.succeeded_at,
        last_run=schemas.Run.model_validate(run, from_attributes=True) if run else None,
        pending=state.pending,
        failed=state.failed,
        polled=state.polled,
        failing=[schemas.Source.model_validate(source, from_attributes=True) for source in state.failing],
    )
