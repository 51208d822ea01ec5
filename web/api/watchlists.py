"""API routes for watchlists and saved searches (all that the server writes)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from alerts.watchlists import Recipient
from database import saved_searches
from database.alerts.deliveries import DeliveryStatus
from database.schema import SavedSearch
from search.snippet import snippet
from web.api import article_schemas, operation_schemas
from web.api.feeds import address, article_entry, feed_of_hits, match_entry, newest_first, saved_entry, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.errors import NotFoundError
from web.parameters import SearchParameters
from web.queries.watchlists import WatchlistParameters, WatchlistState, all_watchlists, recent_matches, whole_watchlist
from web.state import State

Name = Annotated[str, Path(min_length=1, max_length=100)]
SavedName = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$")]
MAX_PARAMETERS = 20_000
_ENTRIES = 50
_UNKNOWN = "there is no saved search {}"

_watchlists = APIRouter(tags=["watchlists"])
_saved = APIRouter(tags=["saved searches"])
ROUTERS = (_watchlists, _saved)


class _Plain(StringConvertor):
    """A path segment without a dot, as ``{name}.atom`` is another route."""

    regex = "[^/.]+"


register_url_convertor("plain", _Plain())


class NewSearch(BaseModel):
    """A search to be saved."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=saved_searches.MAX_TITLE, description="what people call it")
    parameters: str = Field(max_length=MAX_PARAMETERS, description="the query string of the search, e.g. q=beras")


@_watchlists.get("/watchlists", responses=problems())
def watchlists(state: State) -> operation_schemas.Watchlists:
    """All watchlists, active ones first."""
    with state.read() as session:
        listed = all_watchlists(session, state)
    items = [_watchlist_schema(watchlist) for watchlist in listed.watchlists]
    return operation_schemas.Watchlists(total=len(items), faults=list(listed.faults), items=items)


@_watchlists.get("/watchlists.atom", responses=atom(), response_class=AtomResponse)
def watchlists_feed(request: Request, state: State) -> Response:
    """Matches of all watchlists, latest first, as a feed."""
    with state.read() as session:
        matches = recent_matches(session, state, _ENTRIES)
        entries = newest_first(match_entry(request, state, watchlist, match) for watchlist, match in matches)
    return respond(request, Feed(urn("watchlists"), "Pantau: watchlists", address(request, "watchlists"), entries))


@_watchlists.get("/watchlists/{name}.atom", responses=atom(404), response_class=AtomResponse)
def watchlist_feed(
    request: Request, state: State, name: Name, parameters: Annotated[WatchlistParameters, Query()]
) -> Response:
    """Matches of a watchlist, latest first, as a feed."""
    with state.read() as session:
        whole = whole_watchlist(session, state, name, parameters)
        declared = whole.state.declared
        phrases = declared.query.phrases()
        articles = [match.article for match in whole.matches.items]
        entries = [article_entry(request, state, article, snippet(article.text, phrases).text) for article in articles]
    page = address(request, f"watchlists/{declared.name}")
    return respond(request, Feed(urn(f"watchlist:{declared.name}"), declared.declared.title, page, entries))


@_watchlists.get("/watchlists/{name}", responses=problems(404))
def watchlist(
    state: State, name: Name, parameters: Annotated[WatchlistParameters, Query()]
) -> operation_schemas.WholeWatchlist:
    """A watchlist with its last messages, and its matches, a page at a time."""
    with state.read() as session:
        whole = whole_watchlist(session, state, name, parameters)
        matches = whole.matches
        return operation_schemas.WholeWatchlist(
            **_watchlist_schema(whole.state).model_dump(),
            total=matches.total,
            next=matches.after,
            items=[operation_schemas.Match.model_validate(match, from_attributes=True) for match in matches.items],
            messages=[operation_schemas.Message.model_validate(one, from_attributes=True) for one in whole.messages],
        )


@_saved.get("/saved", responses=problems())
def saved(state: State) -> article_schemas.SavedSearches:
    """All saved searches."""
    with state.read() as session:
        items = [_saved_schema(search) for search in saved_searches.list_all(session)]
    return article_schemas.SavedSearches(total=len(items), items=items)


@_saved.get("/saved.atom", responses=atom(), response_class=AtomResponse)
def saved_searches_feed(request: Request, state: State) -> Response:
    """All saved searches, the latest first, as a feed."""
    with state.read() as session:
        entries = newest_first(saved_entry(request, search) for search in saved_searches.list_all(session))
    return respond(request, Feed(urn("saved"), "Pantau: saved searches", address(request, "saved"), entries))


@_saved.post("/saved", status_code=201, responses=problems(403, 413))
def save(state: State, new: NewSearch, response: Response) -> article_schemas.SavedSearch:
    """Save a search; its name is made of its title."""
    parameters = SearchParameters.read(new.parameters)
    now = state.now()
    parameters.selection(state.aliases, now)
    with state.write() as session:
        created = _saved_schema(saved_searches.create(session, new.title, parameters.address(), now))
    response.headers["Location"] = f"/api/v1/saved/{created.name}"
    return created


@_saved.get("/saved/{name}.atom", responses=atom(404), response_class=AtomResponse)
def saved_feed(request: Request, state: State, name: SavedName) -> Response:
    """The newest articles of a saved search, as a feed."""
    with state.read() as session:
        search = _load_saved(session, name)
        parameters = SearchParameters.read(search.parameters)
        feed = feed_of_hits(request, session, state, parameters, _ENTRIES, title=search.title, name=f"saved:{name}")
    return respond(request, feed)


@_saved.get("/saved/{name:plain}", responses=problems(404))
def saved_one(state: State, name: SavedName) -> article_schemas.SavedSearch:
    """A saved search."""
    with state.read() as session:
        return _saved_schema(_load_saved(session, name))


@_saved.delete("/saved/{name:plain}", status_code=204, responses=problems(403, 404))
def forget(state: State, name: SavedName) -> None:
    """Forget a saved search."""
    with state.write() as session:
        if not saved_searches.delete(session, name):
            raise NotFoundError(_UNKNOWN.format(name))


def _watchlist_schema(state: WatchlistState) -> operation_schemas.Watchlist:
    declared = state.declared.declared
    return operation_schemas.Watchlist(
        name=declared.name,
        title=declared.title,
        query=declared.query,
        parameters=state.search,
        active=declared.active,
        looked_at=state.progress.checked_at if state.progress else None,
        matches=state.matches,
        failing=state.failing,
        channels=[_channel_schema(channel, status) for channel, status in state.channels],
    )


def _channel_schema(channel: Recipient, status: DeliveryStatus) -> operation_schemas.Channel:
    return operation_schemas.Channel(
        to=channel.to,
        when=channel.when,
        digest=channel.digest,
        last=status.last,
        sent=status.sent,
        waiting=[operation_schemas.Message.model_validate(message, from_attributes=True) for message in status.waiting],
    )


def _load_saved(session: Session, name: str) -> SavedSearch:
    search = saved_searches.get(session, name)
    if search is None:
        raise NotFoundError(_UNKNOWN.format(name))
    return search


def _saved_schema(search: SavedSearch) -> article_schemas.SavedSearch:
    return article_schemas.SavedSearch.model_validate(search, from_attributes=True)
