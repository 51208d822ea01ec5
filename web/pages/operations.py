"""Pages of outlets, flags, rounds and runs."""

from datetime import timedelta
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from database.schema import RunState
from health.flags import FlagState
from health.overview import DAYS, OutletState, load_outlet_names
from search.facets import Bar
from web.charts import sparkline, timeline_chart
from web.parameters import Id, SearchParameters
from web.queries.operations import (
    FlagsParameters,
    RoundParameters,
    RoundsParameters,
    RunParameters,
    RunsParameters,
    last_days,
    list_flags,
    list_rounds,
    list_runs,
    load_whole_outlet,
    load_whole_round,
    load_whole_run,
    outlet_states,
)
from web.rendering import page
from web.state import State, WebState

router = APIRouter(include_in_schema=False)
_DAY = timedelta(days=1)


@router.get("/outlets")
def show_outlets(request: Request, state: State) -> HTMLResponse:
    """Show all outlets in a table."""
    with state.read() as session:
        states = outlet_states(session, state)
    lines = {outlet.name: sparkline(outlet.days, f"Articles a day, last {DAYS} days") for outlet in states}
    return page(request, "outlets.html", states=states, lines=lines, declared=state.outlets, days=DAYS)


@router.get("/outlets/{name:path}")  # a stored name may hold a slash
def show_outlet(request: Request, state: State, name: Annotated[str, Path(max_length=300)]) -> HTMLResponse:
    """Show an outlet."""
    with state.read() as session:
        outlet = load_whole_outlet(session, state, name)
        return page(request, "outlet.html", outlet=outlet, **_outlet_links(state, outlet.state))


@router.get("/flags")
def show_flags(request: Request, parameters: Annotated[FlagsParameters, Query()], state: State) -> HTMLResponse:
    """Show the flags of all outlets, the latest first."""
    with state.read() as session:
        return page(
            request,
            "flags.html",
            flags=list_flags(session, parameters),
            parameters=parameters,
            outlets=_outlet_names(session, state),
            states=get_args(FlagState),
        )


@router.get("/rounds")
def show_rounds(request: Request, parameters: Annotated[RoundsParameters, Query()], state: State) -> HTMLResponse:
    """Show the monitor's rounds, newest first."""
    with state.read() as session:
        rounds = list_rounds(session, parameters)
        return page(request, "rounds.html", rounds=rounds, parameters=parameters, states=get_args(RunState))


@router.get("/rounds/{round_id}")
def show_round(
    request: Request, round_id: Id, parameters: Annotated[RoundParameters, Query()], state: State
) -> HTMLResponse:
    """Show a round with its outlets."""
    with state.read() as session:
        whole = load_whole_round(session, round_id, parameters)
        return page(request, "round.html", whole=whole, parameters=parameters)


@router.get("/runs")
def show_runs(request: Request, parameters: Annotated[RunsParameters, Query()], state: State) -> HTMLResponse:
    """Show the runs, newest first."""
    with state.read() as session:
        return page(
            request,
            "runs.html",
            runs=list_runs(session, parameters),
            parameters=parameters,
            outlets=_outlet_names(session, state),
            states=get_args(RunState),
        )


@router.get("/runs/{run_id}")
def show_run(request: Request, run_id: Id, parameters: Annotated[RunParameters, Query()], state: State) -> HTMLResponse:
    """Show a run with its decisions about URLs."""
    with state.read() as session:
        return page(request, "run.html", whole=load_whole_run(session, run_id, parameters), parameters=parameters)


def _outlet_names(session: Session, state: WebState) -> list[str]:
    return sorted(load_outlet_names(session) | state.outlets.keys())


def _outlet_links(state: WebState, outlet: OutletState) -> dict[str, Any]:
    search = SearchParameters(outlet=[outlet.name], sort="newest")

    def link(bar: Bar) -> str:
        return f"/?{search.address(since=bar.start.isoformat(), until=(bar.stop - _DAY).isoformat())}"

    chart = timeline_chart(last_days(outlet, state.now()), link, thing="article") if outlet.articles else None
    return {"chart": chart, "search": search.address(), "days": DAYS}
