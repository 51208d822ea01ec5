"""``/api/v1/saved``: searches that somebody named. The only thing that the server writes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from database import saved_searches
from database.schema import SavedSearch
from web.api import article_schemas
from web.api.feeds import address, feed_of_hits, newest_first, saved_entry, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.errors import NotFoundError
from web.parameters import SearchParameters
from web.state import WebState, state_of

router = APIRouter(tags=["saved searches"])
State = Annotated[WebState, Depends(state_of)]
Name = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$")]


class _Plain(StringConvertor):
    """A part of a path without a point: what ends with ".atom" is another address."""

    regex = "[^/.]+"


register_url_convertor("plain", _Plain())
_ENTRIES = 50
MAX_PARAMETERS = 20_000


class NewSearch(BaseModel):
    """A search to be saved."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=saved_searches.MAX_TITLE, description="what people call it")
    parameters: str = Field(max_length=MAX_PARAMETERS, description="the query string of the search, e.g. q=beras")


@router.get("/saved", responses=problems())
def saved(state: State) -> article_schemas.SavedSearches:
    """All saved searches."""
    with state.read() as session:
        items = [_shape(one) for one in saved_searches.list_all(session)]
    return article_schemas.SavedSearches(total=len(items), items=items)


@router.get("/saved.atom", responses=atom(), response_class=AtomResponse)
def saved_searches_feed(request: Request, state: State) -> Response:
    """All saved searches, the latest first, as a feed."""
    with state.read() as session:
        entries = newest_first(saved_entry(request, one) for one in saved_searches.list_all(session))
    return respond(request, Feed(urn("saved"), "Pantau: saved searches", address(request, "saved"), entries))


@router.post("/saved", status_code=201, responses=problems(403, 413))
def save(state: State, new: NewSearch, response: Response) -> article_schemas.SavedSearch:
    """Save a search; its name is made of its title."""
    wanted = SearchParameters.read(new.parameters)
    now = state.now()
    wanted.selection(state.aliases, now)
    with state.write() as session:
        made = _shape(saved_searches.create(session, new.title, wanted.address(), now))
    response.headers["Location"] = f"/api/v1/saved/{made.name}"
    return made


@router.get("/saved/{name}.atom", responses=atom(404), response_class=AtomResponse)
def saved_feed(request: Request, state: State, name: Name) -> Response:
    """The newest articles that a saved search finds, as a feed."""
    with state.read() as session:
        found = _get(session, name)
        wanted = SearchParameters.read(found.parameters)
        feed = feed_of_hits(request, session, state, wanted, _ENTRIES, title=found.title, name=f"saved:{name}")
    return respond(request, feed)


@router.get("/saved/{name:plain}", responses=problems(404))
def saved_one(state: State, name: Name) -> article_schemas.SavedSearch:
    """A saved search."""
    with state.read() as session:
        return _shape(_get(session, name))


@router.delete("/saved/{name:plain}", status_code=204, responses=problems(403, 404))
def forget(state: State, name: Name) -> None:
    """Forget a saved search."""
    with state.write() as session:
        if not saved_searches.delete(session, name):
            raise NotFoundError(_UNKNOWN.format(name))


_UNKNOWN = "there is no saved search {}"


def _get(session: Session, name: str) -> SavedSearch:
    found = saved_searches.get(session, name)
    if found is None:
        raise NotFoundError(_UNKNOWN.format(name))
    return found


def _shape(found: SavedSearch) -> article_schemas.SavedSearch:
    return article_schemas.SavedSearch(
        name=found.name, title=found.title, parameters=found.parameters, created_at=found.created_at
    )
