"""API routes for outlets, rounds, health flags and runs."""

from collections.abc import Iterable
from dataclasses import asdict
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
from health.overview import OutletState, load_outlet_names
from outlets.schema import Outlet
from search.snippet import snippet
from web.api import article_schemas, operation_schemas
from web.api import operation_schemas as schemas
from web.api.feeds import (
    address,
    article_entry,
    feed_of_hits,
    flag_entry,
    match_entry,
    newest_first,
    outlet_entry,
    round_entry,
    run_entry,
    saved_entry,
    urn,
)
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Entry, Feed, respond
from web.errors import NotFoundError
from web.parameters import Id, SearchFilters, SearchParameters
from web.queries.operations import (
    FlagsParameters,
    RoundParameters,
    RoundsParameters,
    RunParameters,
    RunsParameters,
    list_flags,
    list_rounds,
    list_runs,
    load_whole_outlet,
    load_whole_round,
    load_whole_run,
    outlet_states,
)
from web.queries.watchlists import WatchlistParameters, WatchlistState, all_watchlists, recent_matches, whole_watchlist
from web.state import State

Name = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
_ENTRIES = 50

_outlets = APIRouter(tags=["outlets"])
_monitoring = APIRouter(tags=["monitoring"])
_runs = APIRouter(tags=["runs"])
ROUTERS = (_outlets, _monitoring, _runs)


@_outlets.get("/outlets", responses=problems())
def outlets(state: State) -> schemas.Outlets:
    """All outlets, those needing attention first."""
    with state.read() as session:
        items = [_outlet_schema(one, state.outlets.get(one.name)) for one in outlet_states(session, state)]
    return schemas.Outlets(total=len(items), items=items)


@_outlets.get("/outlets.atom", responses=atom(), response_class=AtomResponse)
def outlets_feed(request: Request, state: State) -> Response:
    """The health of all outlets, as a feed; latest change first."""
    with state.read() as session:
        return _feed(request, "outlets", (outlet_entry(request, state, one) for one in outlet_states(session, state)))


@_outlets.get("/outlets/{name}.atom", responses=atom(404), response_class=AtomResponse)
def outlet_feed(request: Request, state: State, name: Name) -> Response:
    """An outlet's newest articles, as a feed."""
    with state.read() as session:
        if name not in state.outlets and name not in load_outlet_names(session):
            raise NotFoundError(f"there is no outlet {name}")
        title = state.outlets[name].title if name in state.outlets else name
        filters = SearchFilters(outlet=[name], copies=True)
        feed = feed_of_hits(request, session, state, filters, _ENTRIES, title=title, name=f"outlet:{name}")
    return respond(request, feed)


@_outlets.get("/outlets/{name}", responses=problems(404))
def outlet(state: State, name: Name) -> schemas.WholeOutlet:
    """An outlet with its sources, its last runs and its newest articles."""
    with state.read() as session:
        whole = load_whole_outlet(session, state, name)
        return schemas.WholeOutlet(
            **_outlet_schema(whole.state, whole.declared).model_dump(),
            urls=dict(whole.urls),
            sources=[schemas.Source.model_validate(one, from_attributes=True) for one in whole.sources],
            newest=[schemas.Headline.model_validate(one, from_attributes=True) for one in whole.newest],
            runs=[schemas.Run.model_validate(one, from_attributes=True) for one in whole.runs.items],
            flags=[schemas.Flag.model_validate(one, from_attributes=True) for one in whole.flags.items],
            gaps=[schemas.Gap.model_validate(one, from_attributes=True) for one in whole.gaps],
        )


@_monitoring.get("/rounds", responses=problems())
def rounds(state: State, parameters: Annotated[RoundsParameters, Query()]) -> schemas.Rounds:
    """Rounds of `scrapy monitor`, newest first, a page at a time."""
    with state.read() as session:
        return schemas.Rounds.of(list_rounds(session, parameters))


@_monitoring.get("/rounds.atom", responses=atom(), response_class=AtomResponse)
def rounds_feed(request: Request, state: State, parameters: Annotated[RoundsParameters, Query()]) -> Response:
    """Ended rounds, as a feed."""
    with state.read() as session:
        return _feed(request, "rounds", (round_entry(request, one) for one in list_rounds(session, parameters).items))


@_monitoring.get("/rounds/{round_id}", responses=problems(404))
def one_round(state: State, round_id: Id, parameters: Annotated[RoundParameters, Query()]) -> schemas.WholeRound:
    """A round with its outlets, a page at a time."""
    with state.read() as session:
        whole = load_whole_round(session, round_id, parameters)
        return schemas.WholeRound(
            **schemas.Round.model_validate(whole.round, from_attributes=True).model_dump(),
            not_due=whole.not_due,
            raised=list(whole.raised),
            cleared=list(whole.cleared),
            total=whole.outlets.total,
            next=whole.outlets.after,
            items=[schemas.OutletInRound.model_validate(one, from_attributes=True) for one in whole.outlets.items],
        )


@_monitoring.get("/flags", responses=problems())
def flags(state: State, parameters: Annotated[FlagsParameters, Query()]) -> schemas.Flags:
    """Flags of all outlets, latest first; `state=open`: what needs attention now."""
    with state.read() as session:
        return schemas.Flags.of(list_flags(session, parameters))


@_monitoring.get("/flags.atom", responses=atom(), response_class=AtomResponse)
def flags_feed(request: Request, state: State, parameters: Annotated[FlagsParameters, Query()]) -> Response:
    """Flags as a feed: an entry each, updated when the flag is cleared."""
    with state.read() as session:
        page = list_flags(session, parameters)
        return _feed(request, "flags", (flag_entry(request, state, flag) for flag in page.items))


@_runs.get("/runs", responses=problems())
def runs(state: State, parameters: Annotated[RunsParameters, Query()]) -> schemas.Runs:
    """Runs, newest first, a page at a time."""
    with state.read() as session:
        return schemas.Runs.of(list_runs(session, parameters))


@_runs.get("/runs.atom", responses=atom(), response_class=AtomResponse)
def runs_feed(request: Request, state: State, parameters: Annotated[RunsParameters, Query()]) -> Response:
    """Ended runs, as a feed; `state=failed`: runs to look into."""
    with state.read() as session:
        return _feed(request, "runs", (run_entry(request, run) for run in list_runs(session, parameters).items))


@_runs.get("/runs/{run_id}", responses=problems(404))
def run(state: State, run_id: Id, parameters: Annotated[RunParameters, Query()]) -> schemas.WholeRun:
    """A run with its decisions about URLs, a page at a time."""
    with state.read() as session:
        whole = load_whole_run(session, run_id, parameters)
        return schemas.WholeRun(
            **schemas.Run.model_validate(whole.run, from_attributes=True).model_dump(),
            outcomes=dict(whole.outcomes),
            next=whole.decisions.after,
            items=[schemas.Decision(**asdict(decision)) for decision in whole.decisions.items],
        )


def _feed(request: Request, name: str, entries: Iterable[Entry | None]) -> Response:
    return respond(request, Feed(urn(name), f"Pantau: {name}", address(request, name), newest_first(entries)))


def _outlet_schema(state: OutletState, declared: Outlet | None) -> schemas.Outlet:
    run = state.last_run
    return schemas.Outlet(
        name=state.name,
        title=declared.title if declared else None,
        site=declared.site if declared else None,
        health=schemas.Health.model_validate(state.health, from_attributes=True),
        days=list(state.days),
        articles=state.articles,
        newest_at=state.newest_at,
        succeeded_at=state.succeeded_at,
        last_run=schemas.Run.model_validate(run, from_attributes=True) if run else None,
        pending=state.pending,
        failed=state.failed,
        polled=state.polled,
        failing=[schemas.Source.model_validate(source, from_attributes=True) for source in state.failing],
    )


WatchlistName = Annotated[str, Path(min_length=1, max_length=100)]
SavedName = Annotated[str, Path(max_length=60, pattern="^[a-z0-9-]+$")]
MAX_PARAMETERS = 20_000
_UNKNOWN = "there is no saved search {}"

_watchlists = APIRouter(tags=["watchlists"])
_saved = APIRouter(tags=["saved searches"])
WATCHLIST_ROUTERS = (_watchlists, _saved)


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
    request: Request, state: State, name: WatchlistName, parameters: Annotated[WatchlistParameters, Query()]
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
    state: State, name: WatchlistName, parameters: Annotated[WatchlistParameters, Query()]
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
