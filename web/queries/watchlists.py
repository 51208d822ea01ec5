"""Watchlists and saved searches for pages and API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from alerts.watchlists import SHIPPED, Recipient, Watchlist, Watchlists
from core.errors import UsageError
from core.paging import Page
from database import saved_searches
from database.alerts.deliveries import NO_DELIVERIES, DeliveryStatus, WatchProgress, load_delivery_status, load_progress
from database.alerts.matches import Match, count_matches, find_matches, load_deliveries, load_latest_matches
from database.schema import Delivery, SavedSearch
from search.aliases import Aliases
from search.query import parse_query
from search.results import Results, search
from web.errors import NotFoundError
from web.parameters import MAX_ID, MAX_LIMIT, SearchParameters
from web.state import WebState

# Most messages on a watchlist's page.
_MESSAGES = 20
# A saved search shows its hits of this period.
_RECENT = timedelta(days=7)
# Each saved search costs a query: the hits of further ones are not counted.
_MOST_COUNTED = 50


class WatchlistParameters(BaseModel):
    """A page of a watchlist's matches."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="matches on a page")] = 20
    after: Annotated[int, Field(ge=0, le=MAX_ID, description="what the page before gave as `next`")] = 0

    def address(self, **changes: int) -> str:
        return urlencode(self.model_dump(exclude_defaults=True, exclude={"after"}) | changes)


@dataclass(frozen=True, slots=True)
class WatchlistState:
    """A watchlist with its state.

    Attributes:
        progress: ``None`` before its first check.
        search: query string of the same search in the archive.
    """

    declared: Watchlist
    progress: WatchProgress | None
    matches: int
    channels: Sequence[tuple[Recipient, DeliveryStatus]]
    search: str

    @property
    def failing(self) -> int:
        return sum(message.state == "failed" for _, status in self.channels for message in status.waiting)


@dataclass(frozen=True, slots=True)
class AllWatchlists:
    """The readable watchlists, and one line per problem with the other files."""

    watchlists: Sequence[WatchlistState]
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class WholeWatchlist:
    """A watchlist with a page of its matches and its last messages."""

    state: WatchlistState
    matches: Page[Match, int]
    messages: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class SavedSearchState:
    """A saved search with its recent hits.

    Attributes:
        recent: newest hit of the last seven days and their number; ``None`` if not counted.
        problem: why the search fails now.
    """

    search: SavedSearch
    recent: Results | None
    problem: str | None = None


def all_watchlists(session: Session, state: WebState) -> AllWatchlists:
    """Return every watchlist, active ones first, then by name.

    Raises:
        DeclarationError: a folder cannot be listed.
    """
    watchlists, faults = _declared(state).read()
    watchlists = sorted(watchlists, key=lambda watchlist: (not watchlist.declared.active, watchlist.name))
    return AllWatchlists(_states(session, watchlists), faults)


def recent_matches(session: Session, state: WebState, limit: int) -> list[tuple[Watchlist, Match]]:
    watchlists, _ = _declared(state).read()
    by_name = {watchlist.name: watchlist for watchlist in watchlists}
    return [(by_name[match.watch], match) for match in load_latest_matches(session, by_name.keys(), limit=limit)]


def whole_watchlist(session: Session, state: WebState, name: str, parameters: WatchlistParameters) -> WholeWatchlist:
    """Load a watchlist with a page of its matches.

    Raises:
        NotFoundError: no such watchlist, or its file is wrong.
        DeclarationError: a folder cannot be listed.
    """
    matches = find_matches(session, name, limit=parameters.limit, after=parameters.after or None)
    [watchlist] = _states(session, [_load_watchlist(state, name)])
    return WholeWatchlist(watchlist, matches, load_deliveries(session, name, limit=_MESSAGES))


def all_saved_searches(session: Session, aliases: Aliases, now: datetime) -> list[SavedSearchState]:
    """Return all saved searches, latest first, with recent hits where counted."""
    return [
        _with_recent(session, saved, aliases, now) if place < _MOST_COUNTED else SavedSearchState(saved, None)
        for place, saved in enumerate(saved_searches.list_all(session))
    ]


def _load_watchlist(state: WebState, name: str) -> Watchlist:
    try:
        watchlists, faults = _declared(state).read([name])
    except UsageError as error:
        raise NotFoundError(str(error)) from error
    if faults:
        raise NotFoundError("; ".join(faults))
    return watchlists[0]


def _declared(state: WebState) -> Watchlists:
    return Watchlists([SHIPPED, *state.watchlists], partial(parse_query, aliases=state.aliases))


def _states(session: Session, watchlists: Sequence[Watchlist]) -> list[WatchlistState]:
    status_by_name, counts = load_delivery_status(session), count_matches(session)
    return [
        WatchlistState(
            declared=watchlist,
            progress=load_progress(session, watchlist.name),
            matches=counts.get(watchlist.name, 0),
            channels=[
                (channel, status_by_name.get((watchlist.name, channel.to), NO_DELIVERIES))
                for channel in watchlist.declared.tell
            ],
            search=_search_address(watchlist),
        )
        for watchlist in watchlists
    ]


def _search_address(watchlist: Watchlist) -> str:
    declared = watchlist.declared
    return SearchParameters.model_construct(
        q=" ".join(declared.query.split()),
        outlet=list(declared.outlets),
        section=list(declared.sections),
        author=list(declared.authors),
        language=list(declared.languages),
        sort="newest",
    ).address()


def _with_recent(session: Session, saved: SavedSearch, aliases: Aliases, now: datetime) -> SavedSearchState:
    try:
        parameters = SearchParameters.read(saved.parameters)
        selection = parameters.selection(aliases, now)
    except UsageError as error:
        return SavedSearchState(saved, None, str(error))
    recent = replace(selection, since=max(selection.since or now - _RECENT, now - _RECENT))
    return SavedSearchState(saved, search(session, recent, limit=1, copies=parameters.copies, sort="newest"))
