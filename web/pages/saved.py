"""The searches that somebody named: listed, made and forgotten."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from database import saved_searches
from web.errors import NotFoundError
from web.parameters import SearchParameters
from web.queries.saved import saved
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)

State = Annotated[WebState, Depends(state_of)]
Name = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$")]
# Beyond this no address is sent.
_MAX_ADDRESS = 20_000
_SEE_OTHER = 303


class NewSearch(BaseModel):
    """What the form on the search page sends."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=saved_searches.MAX_TITLE)] = ""
    search: Annotated[str, Field(max_length=_MAX_ADDRESS)] = ""


@router.get("/saved")
def listed(request: Request, state: State) -> HTMLResponse:
    """All of them, with what each found lately."""
    with state.read() as session:
        found = saved(session, state.aliases, state.now())
    return page(request, "saved.html", saved=found)


@router.post("/saved")
def save(state: State, new: Annotated[NewSearch, Form()]) -> RedirectResponse:
    """Save a search, and show the list with it."""
    now = state.now()
    wanted = SearchParameters.read(new.search)
    wanted.selection(state.aliases, now)
    with state.write() as session:
        name = saved_searches.create(session, new.title, wanted.address(), now).name
    return RedirectResponse(f"/saved#{name}", _SEE_OTHER)


@router.post("/saved/{name}/delete")
def forget(state: State, name: Name) -> RedirectResponse:
    """Forget a saved search."""
    with state.write() as session:
        if not saved_searches.delete(session, name):
            raise NotFoundError(f"there is no saved search {name}")
    return RedirectResponse("/saved", _SEE_OTHER)
