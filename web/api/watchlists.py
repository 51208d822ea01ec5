"""``/api/v1/watchlists``: what is looked for, what was found, and who was told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from alerts.watchlists import Recipient
from database.alerts.deliveries import DeliveryStatus
from search.snippet import snippet
from web.api import operation_schemas
from web.api.feeds import address, article_entry, match_entry, newest_first, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.queries.watchlists import WatchlistParameters, WatchlistState, all_watchlists, lately_found, whole_watchlist
from web.state import WebState, state_of

router = APIRouter(tags=["watchlists"])
State = Annotated[WebState, Depends(state_of)]
Name = Annotated[str, Path(min_length=1, max_length=100)]
_ENTRIES = 50


@router.get("/watchlists", responses=problems())
def watchlists(state: State) -> operation_schemas.Watchlists:
    """All watchlists: those that are on first."""
    with state.read() as session:
        found = all_watchlists(session, state)
    items = [_shape(one) for one in found.watchlists]
    return operation_schemas.Watchlists(total=len(items), faults=list(found.faults), items=items)


@router.get("/watchlists.atom", responses=atom(), response_class=AtomResponse)
def watchlists_feed(request: Request, state: State) -> Response:
    """What all watchlists found, the latest first, as a feed."""
    with state.read() as session:
        found = lately_found(session, state, _ENTRIES)
        entries = newest_first(match_entry(request, state, watch, match) for watch, match in found)
    return respond(request, Feed(urn("watchlists"), "Pantau: watchlists", address(request, "watchlists"), entries))


@router.get("/watchlists/{name}.atom", responses=atom(404), response_class=AtomResponse)
def watchlist_feed(
    request: Request, state: State, name: Name, parameters: Annotated[WatchlistParameters, Query()]
) -> Response:
    """What a watchlist found, the latest first, as a feed."""
    with state.read() as session:
        found = whole_watchlist(session, state, name, parameters)
        declared = found.state.declared
        phrases = declared.query.phrases()
        articles = [match.article for match in found.matches.items]
        entries = [article_entry(request, state, one, snippet(one.text, phrases).text) for one in articles]
    page = address(request, f"watchlists/{declared.name}")
    return respond(request, Feed(urn(f"watchlist:{declared.name}"), declared.declared.title, page, entries))


@router.get("/watchlists/{name}", responses=problems(404))
def watchlist(
    state: State, name: Name, parameters: Annotated[WatchlistParameters, Query()]
) -> operation_schemas.WholeWatchlist:
    """A watchlist with its last messages, and its matches, a page at a time."""
    with state.read() as session:
        found = whole_watchlist(session, state, name, parameters)
        return operation_schemas.WholeWatchlist(
            **_shape(found.state).model_dump(),
            total=found.matches.total,
            next=found.matches.after,
            items=[
                operation_schemas.Match.model_validate(match, from_attributes=True) for match in found.matches.items
            ],
            messages=[operation_schemas.Message.model_validate(one, from_attributes=True) for one in found.messages],
        )


def _shape(how: WatchlistState) -> operation_schemas.Watchlist:
    declared = how.declared.declared
    return operation_schemas.Watchlist(
        name=declared.name,
        title=declared.title,
        query=declared.query,
        parameters=how.search,
        active=declared.active,
        looked_at=how.progress.checked_at if how.progress else None,
        matches=how.matches,
        failing=how.failing,
        channels=[_channel(tell, told) for tell, told in how.channels],
    )


def _channel(tell: Recipient, told: DeliveryStatus) -> operation_schemas.Channel:
    return operation_schemas.Channel(
        to=tell.to,
        when=tell.when,
        digest=tell.digest,
        last=told.last,
        sent=told.sent,
        waiting=[operation_schemas.Message.model_validate(message, from_attributes=True) for message in told.waiting],
    )
