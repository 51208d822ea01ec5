"""Pages of outlets, flags, rounds and runs."""

from datetime import timedelta
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from database import saved_searches
from database.schema import RunState
from health.flags import FlagState
from health.overview import DAYS, OutletState, load_outlet_names
from search.facets import Bar
from web.charts import sparkline, timeline_chart
from web.errors import NotFoundError
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
from web.queries.watchlists import WatchlistParameters, all_saved_searches, all_watchlists, whole_watchlist
from web.rendering import page
from web.state import State, WebState

router = APIRouter(include_in_schema=False)
_DAY = timedelta(days=1)


@router.get("/outlets")
def show_outlets(request: Request, state: State) -> HTMLResponse:
    with state.read() as session:
        states = outlet_states(session, state)
    lines = {outlet.name: sparkline(outlet.days, f"Articles a day, last {DAYS} days") for outlet in states}
    return page(request, "outlets.html", states=states, lines=lines, declared=state.outlets, days=DAYS)


@router.get("/outlets/{name:path}")  # a stored name may hold a slash
def show_outlet(request: Request, state: State, name: Annotated[str, Path(max_length=300)]) -> HTMLResponse:
    with state.read() as session:
        outlet = load_whole_outlet(session, state, name)
        return page(request, "outlet.html", outlet=outlet, **_outlet_links(state, outlet.state))


@router.get("/flags")
def show_flags(request: Request, parameters: Annotated[FlagsParameters, Query()], state: State) -> HTMLResponse:
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
    with state.read() as session:
        rounds = list_rounds(session, parameters)
        return page(request, "rounds.html", rounds=rounds, parameters=parameters, states=get_args(RunState))


@router.get("/rounds/{round_id}")
def show_round(
    request: Request, round_id: Id, parameters: Annotated[RoundParameters, Query()], state: State
) -> HTMLResponse:
    with state.read() as session:
        whole = load_whole_round(session, round_id, parameters)
        return page(request, "round.html", whole=whole, parameters=parameters)


@router.get("/runs")
def show_runs(request: Request, parameters: Annotated[RunsParameters, Query()], state: State) -> HTMLResponse:
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


SavedName = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$")]
# The server accepts no longer addresses.
_MAX_ADDRESS = 20_000
_SEE_OTHER = 303


class NewSearch(BaseModel):
    """The form on the search page."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=saved_searches.MAX_TITLE)] = ""
    search: Annotated[str, Field(max_length=_MAX_ADDRESS)] = ""


@router.get("/watchlists")
def show_watchlists(request: Request, state: State) -> HTMLResponse:
    with state.read() as session:
        return page(request, "watchlists.html", found=all_watchlists(session, state))


@router.get("/watchlists/{name}")
def show_watchlist(
    request: Request,
    name: Annotated[str, Path(max_length=100)],
    parameters: Annotated[WatchlistParameters, Query()],
    state: State,
) -> HTMLResponse:
    with state.read() as session:
        whole = whole_watchlist(session, state, name, parameters)
        return page(request, "watchlist.html", whole=whole, parameters=parameters)


@router.get("/saved")
def show_saved(request: Request, state: State) -> HTMLResponse:
    with state.read() as session:
        searches = all_saved_searches(session, state.aliases, state.now())
    return page(request, "saved.html", saved=searches)


@router.post("/saved")
def save_search(state: State, new: Annotated[NewSearch, Form()]) -> RedirectResponse:
    now = state.now()
    parameters = SearchParameters.read(new.search)
    parameters.selection(state.aliases, now)
    with state.write() as session:
        name = saved_searches.create(session, new.title, parameters.address(), now).name
    return RedirectResponse(f"/saved#{name}", _SEE_OTHER)


@router.post("/saved/{name}/delete")
def delete_search(state: State, name: SavedName) -> RedirectResponse:
    with state.write() as session:
        if not saved_searches.delete(session, name):
            raise NotFoundError(f"there is no saved search {name}")
    return RedirectResponse("/saved", _SEE_OTHER)
