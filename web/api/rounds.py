"""``/api/v1/rounds`` and ``/api/v1/flags``: what the monitor did, and what it found wrong."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from web.api import monitored
from web.api.documented import atom, problems
from web.api.entries import address, flag_entry, newest_first, round_entry, urn
from web.atom import AtomResponse, Feed, respond
from web.reading import flags as reading_flags
from web.reading import rounds as reading
from web.reading.flags import FlagsParameters
from web.reading.rounds import RoundParameters, RoundsParameters
from web.state import WebState, state_of

router = APIRouter(tags=["monitoring"])
State = Annotated[WebState, Depends(state_of)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/rounds", responses=problems())
def rounds(state: State, parameters: Annotated[RoundsParameters, Query()]) -> monitored.Rounds:
    """The rounds of `scrapy monitor`, the newest first, a page at a time."""
    with state.read() as session:
        found = reading.rounds(session, parameters)
        items = [monitored.Round.model_validate(one, from_attributes=True) for one in found.rounds]
        return monitored.Rounds(total=found.total, next=found.after, items=items)


@router.get("/rounds.atom", responses=atom(), response_class=AtomResponse)
def rounds_feed(request: Request, state: State, parameters: Annotated[RoundsParameters, Query()]) -> Response:
    """The rounds that have ended, as a feed."""
    with state.read() as session:
        found = reading.rounds(session, parameters)
        entries = newest_first(round_entry(request, one) for one in found.rounds)
    return respond(request, Feed(urn("rounds"), "Pantau: rounds", address(request, "rounds"), entries))


@router.get("/rounds/{round_id}", responses=problems(404))
def one_round(state: State, round_id: Id, parameters: Annotated[RoundParameters, Query()]) -> monitored.WholeRound:
    """A round, with what it did outlet by outlet, a page at a time."""
    with state.read() as session:
        found = reading.whole_round(session, round_id, parameters)
        return monitored.WholeRound(
            **monitored.Round.model_validate(found.round, from_attributes=True).model_dump(),
            not_due=found.not_due,
            raised=list(found.raised),
            cleared=list(found.cleared),
            total=found.total,
            next=found.after,
            items=[monitored.OutletInRound.model_validate(one, from_attributes=True) for one in found.outlets],
        )


@router.get("/flags", responses=problems())
def flags(state: State, parameters: Annotated[FlagsParameters, Query()]) -> monitored.Flags:
    """The flags of all outlets, the one raised last first: with `state=open`, what needs a look now."""
    with state.read() as session:
        found = reading_flags.flags(session, parameters)
        items = [monitored.Flag.model_validate(one, from_attributes=True) for one in found.flags]
        return monitored.Flags(total=found.total, next=found.after, items=items)


@router.get("/flags.atom", responses=atom(), response_class=AtomResponse)
def flags_feed(request: Request, state: State, parameters: Annotated[FlagsParameters, Query()]) -> Response:
    """The flags as a feed: each comes when it is raised, and changes when it is cleared."""
    with state.read() as session:
        found = reading_flags.flags(session, parameters)
        entries = newest_first(flag_entry(request, state, one) for one in found.flags)
    return respond(request, Feed(urn("flags"), "Pantau: flags", address(request, "flags"), entries))
