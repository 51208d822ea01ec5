"""The watchlists as pages and API show them: what is looked for, what was found, and who was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from alerts.watchlists import SHIPPED, Recipient, Watchlist, Watchlists
from core.errors import UsageError
from core.paging import Page
from database.alerts.deliveries import NO_DELIVERIES, DeliveryStatus, WatchProgress, load_delivery_status, load_progress
from database.alerts.matches import Match, count_matches, find_matches, load_deliveries, load_latest_matches
from database.schema import Delivery
from search.query import parse_query
from web.errors import NotFoundError
from web.parameters import MAX_LIMIT, SearchParameters
from web.state import WebState

_GREATEST = 2**63 - 1
# Of a watchlist's messages.
_MESSAGES = 20


class WatchlistParameters(BaseModel):
    """Which of a watchlist's matches are meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="matches on a page")] = 20
    after: Annotated[int, Field(ge=0, le=_GREATEST, description="what the page before gave as `next`")] = 0

    def address(self, **changes: int) -> str:
        """The query string with some parameters changed; begins with the first page."""
        return urlencode(self.model_dump(exclude_defaults=True, exclude={"after"}) | changes)


@dataclass(frozen=True, slots=True)
class WatchlistState:
    """A watchlist, and where it stands.

    Attributes:
        progress: how far it has looked; ``None``: never.
        matches: how many it has told, or is to tell.
        channels: who is told, and what has been so far.
        search: the query string of the search for what it looks for.
    """

    declared: Watchlist
    progress: WatchProgress | None
    matches: int
    channels: Sequence[tuple[Recipient, DeliveryStatus]]
    search: str

    @property
    def failing(self) -> int:
        """How many messages could not be sent, and are tried again."""
        return sum(
            message.state == "failed"
            for _, load_delivery_status in self.channels
            for message in load_delivery_status.waiting
        )


@dataclass(frozen=True, slots=True)
class AllWatchlists:
    """The watchlists, and what is wrong with the files of those that cannot be read, a line each."""

    watchlists: Sequence[WatchlistState]
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class WholeWatchlist:
    """A watchlist with its matches and its last messages."""

    state: WatchlistState
    matches: Page[Match, int]
    messages: Sequence[Delivery]


def all_watchlists(session: Session, state: WebState) -> AllWatchlists:
    """Every watchlist; those that are on first, then by name.

    Raises:
        DeclarationError: a folder cannot be listed.
    """
    found, faults = _declared(state).read()
    states = _states(session, sorted(found, key=lambda one: (not one.declared.active, one.name)))
    return AllWatchlists(states, faults)


def lately_found(session: Session, state: WebState, limit: int) -> list[tuple[Watchlist, Match]]:
    """What the watchlists found, each with what it is of, the latest first.

    Raises:
        DeclarationError: a folder cannot be listed.
    """
    found, _ = _declared(state).read()
    known = {one.name: one for one in found}
    return [(known[match.watch], match) for match in load_latest_matches(session, known.keys(), limit=limit)]


def whole_watchlist(session: Session, state: WebState, name: str, parameters: WatchlistParameters) -> WholeWatchlist:
    """A watchlist with a page of its matches.

    Raises:
        NotFoundError: there is none of that name, or its file is wrong.
        DeclarationError: a folder cannot be listed.
    """
    matches = find_matches(session, name, limit=parameters.limit, after=parameters.after or None)
    [how] = _states(session, [watchlist(state, name)])
    return WholeWatchlist(how, matches, load_deliveries(session, name, limit=_MESSAGES))


def watchlist(state: WebState, name: str) -> Watchlist:
    """The watchlist of that name.

    Raises:
        NotFoundError: there is none, or its file is wrong.
        DeclarationError: a folder cannot be listed.
    """
    try:
        found, faults = _declared(state).read([name])
    except UsageError as error:
        raise NotFoundError(str(error)) from error
    if faults:
        raise NotFoundError("; ".join(faults))
    return found[0]


def _declared(state: WebState) -> Watchlists:
    return Watchlists([SHIPPED, *state.watchlists], partial(parse_query, aliases=state.aliases))


def _states(session: Session, found: Sequence[Watchlist]) -> list[WatchlistState]:
    status, counts = load_delivery_status(session), count_matches(session)
    return [
        WatchlistState(
            declared=one,
            progress=load_progress(session, one.name),
            matches=counts.get(one.name, 0),
            channels=[(tell, status.get((one.name, tell.to), NO_DELIVERIES)) for tell in one.declared.tell],
            search=_search(one),
        )
        for one in found
    ]


def _search(one: Watchlist) -> str:
    declared = one.declared
    return SearchParameters.model_construct(
        q=" ".join(declared.query.split()),
        outlet=list(declared.outlets),
        section=list(declared.sections),
        author=list(declared.authors),
        language=list(declared.languages),
        sort="newest",
    ).address()
