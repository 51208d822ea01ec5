"""The watchlists: what each looks for, what it found, and whether everybody was told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from web.queries.watchlists import WatchlistParameters, all_watchlists, whole_watchlist
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)


@router.get("/watchlists")
def show_all(request: Request, state: Annotated[WebState, Depends(state_of)]) -> HTMLResponse:
    """All watchlists."""
    with state.read() as session:
        return page(request, "watchlists.html", found=all_watchlists(session, state))


@router.get("/watchlists/{name}")
def show_one(
    request: Request,
    name: Annotated[str, Path(max_length=100)],
    parameters: Annotated[WatchlistParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """One watchlist and its matches."""
    with state.read() as session:
        whole = whole_watchlist(session, state, name, parameters)
        return page(request, "watchlist.html", whole=whole, parameters=parameters)
