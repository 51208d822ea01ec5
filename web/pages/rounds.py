"""The monitor's rounds: all of them, and one outlet by outlet."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from database.schema import RunState
from web.queries.rounds import RoundParameters, RoundsParameters, rounds, whole_round
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/rounds")
def show_all(
    request: Request,
    parameters: Annotated[RoundsParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """The rounds, the newest first."""
    with state.read() as session:
        found = rounds(session, parameters)
        return page(request, "rounds.html", rounds=found, parameters=parameters, states=get_args(RunState))


@router.get("/rounds/{round_id}")
def show_one(
    request: Request,
    round_id: Id,
    parameters: Annotated[RoundParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """One round."""
    with state.read() as session:
        return page(request, "round.html", whole=whole_round(session, round_id, parameters), parameters=parameters)
