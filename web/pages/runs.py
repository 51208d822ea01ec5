"""The runs: all of them, and one URL by URL."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from database.schema import RunState
from health.overview import load_outlet_names
from web.queries.runs import RunParameters, RunsParameters, runs, whole_run
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)
# The greatest number that both databases keep.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/runs")
def show_all(
    request: Request,
    parameters: Annotated[RunsParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """The runs, the newest first."""
    with state.read() as session:
        outlets = sorted(load_outlet_names(session) | state.outlets.keys())
        found = runs(session, parameters)
        return page(
            request, "runs.html", runs=found, parameters=parameters, outlets=outlets, states=get_args(RunState)
        )  # fmt: skip


@router.get("/runs/{run_id}")
def show_one(
    request: Request,
    run_id: Id,
    parameters: Annotated[RunParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """One run."""
    with state.read() as session:
        return page(request, "run.html", whole=whole_run(session, run_id, parameters), parameters=parameters)
