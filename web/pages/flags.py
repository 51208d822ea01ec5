"""What is, or was, wrong with outlets."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from health.flags import FlagState
from health.overview import load_outlet_names
from web.queries.flags import FlagsParameters, flags
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)


@router.get("/flags")
def show_all(
    request: Request,
    parameters: Annotated[FlagsParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """The flags of all outlets, the one raised last first."""
    with state.read() as session:
        outlets = sorted(load_outlet_names(session) | state.outlets.keys())
        found = flags(session, parameters)
        return page(
            request, "flags.html", flags=found, parameters=parameters, outlets=outlets, states=get_args(FlagState)
        )  # fmt: skip
