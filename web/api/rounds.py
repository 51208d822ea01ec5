"""``/api/v1/rounds`` and ``/api/v1/flags``: what the monitor did, and what it found wrong."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from web.api import operation_schemas
from web.api.feeds import address, flag_entry, newest_first, round_entry, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.queries import flags as reading_flags
from web.queries import rounds as reading
from web.queries.flags import FlagsParameters
from web.queries.rounds import RoundParameters, RoundsParameters
from web.state import WebState, state_of

router = APIRouter(tags=["monitoring"])
State = Annotated[WebState, Depends(state_of)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/rounds", responses=problems())
def rounds(state: State, parameters: Annotated[RoundsParameters, Query()]) -> operation_schemas.Rounds:
    """The rounds of `scrapy monitor`, the newest first, a page at a time."""
    with state.read() as session:
        found = reading.rounds(session, parameters)
        items = [operation_schemas.Round.model_validate(one, from_attributes=True) for one in found.items]
        return operation_schemas.Rounds(total=found.total, next=found.after, items=items)


@router.get("/rounds.atom", responses=atom(), response_class=AtomResponse)
def rounds_feed(request: Request, state: State, parameters: Annotated[RoundsParameters, Query()]) -> Response:
    """The rounds that have ended, as a feed."""
    with state.read() as session:
        found = reading.rounds(session, parameters)
        entries = newest_first(round_entry(request, one) for one in found.items)
    return respond(request, Feed(urn("rounds"), "Pantau: rounds", address(request, "rounds"), entries))


@router.get("/rounds/{round_id}", responses=problems(404))
def one_round(
    state: State, round_id: Id, parameters: Annotated[RoundParameters, Query()]
) -> operation_schemas.WholeRound:
    """A round, with what it did outlet by outlet, a page at a time."""
    with state.read() as session:
        found = reading.whole_round(session, round_id, parameters)
        return operation_schemas.WholeRound(
            **operation_schemas.Round.model_validate(found.round, from_attributes=True).model_dump(),
            not_due=found.not_due,
            raised=list(found.raised),
            cleared=list(found.cleared),
            total=found.outlets.total,
            next=found.outlets.after,
            items=[
                operation_schemas.OutletInRound.model_validate(one, from_attributes=True) for one in found.outlets.items
            ],
        )


@router.get("/flags", responses=problems())
def flags(state: State, parameters: Annotated[FlagsParameters, Query()]) -> operation_schemas.Flags:
    """The flags of all outlets, the one raised last first: with `state=open`, what needs a look now."""
    with state.read() as session:
        found = reading_flags.flags(session, parameters)
        items = [operation_schemas.Flag.model_validate(one, from_attributes=True) for one in found.items]
        return operation_schemas.Flags(total=found.total, next=found.after, items=items)


@router.get("/flags.atom", responses=atom(), response_class=AtomResponse)
def flags_feed(request: Request, state: State, parameters: Annotated[FlagsParameters, Query()]) -> Response:
    """The flags as a feed: each comes when it is raised, and changes when it is cleared."""
    with state.read() as session:
        found = reading_flags.flags(session, parameters)
        entries = newest_first(flag_entry(request, state, one) for one in found.items)
    return respond(request, Feed(urn("flags"), "Pantau: flags", address(request, "flags"), entries))
