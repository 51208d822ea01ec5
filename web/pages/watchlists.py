"""Pages of watchlists and saved searches."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from database import saved_searches
from web.errors import NotFoundError
from web.parameters import SearchParameters
from web.queries.watchlists import WatchlistParameters, all_saved_searches, all_watchlists, whole_watchlist
from web.rendering import page
from web.state import State

router = APIRouter(include_in_schema=False)

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
    """Show all watchlists."""
    with state.read() as session:
        return page(request, "watchlists.html", found=all_watchlists(session, state))


@router.get("/watchlists/{name}")
def show_watchlist(
    request: Request,
    name: Annotated[str, Path(max_length=100)],
    parameters: Annotated[WatchlistParameters, Query()],
    state: State,
) -> HTMLResponse:
    """Show a watchlist with its matches."""
    with state.read() as session:
        whole = whole_watchlist(session, state, name, parameters)
        return page(request, "watchlist.html", whole=whole, parameters=parameters)


@router.get("/saved")
def show_saved(request: Request, state: State) -> HTMLResponse:
    """Show all saved searches with their recent hits."""
    with state.read() as session:
        searches = all_saved_searches(session, state.aliases, state.now())
    return page(request, "saved.html", saved=searches)


@router.post("/saved")
def save_search(state: State, new: Annotated[NewSearch, Form()]) -> RedirectResponse:
    """Save a search, and show it in the list."""
    now = state.now()
    parameters = SearchParameters.read(new.search)
    parameters.selection(state.aliases, now)
    with state.write() as session:
        name = saved_searches.create(session, new.title, parameters.address(), now).name
    return RedirectResponse(f"/saved#{name}", _SEE_OTHER)


@router.post("/saved/{name}/delete")
def delete_search(state: State, name: SavedName) -> RedirectResponse:
    """Delete a saved search."""
    with state.write() as session:
        if not saved_searches.delete(session, name):
            raise NotFoundError(f"there is no saved search {name}")
    return RedirectResponse("/saved", _SEE_OTHER)
