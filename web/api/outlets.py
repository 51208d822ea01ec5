"""``/api/v1/outlets``: how the outlets are."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from database.ledger import SourceStatus
from health.overview import OutletState, load_outlet_names
from outlets.schema import Outlet
from web.api import operation_schemas
from web.api.feeds import address, feed_of_hits, newest_first, outlet_entry, urn
from web.api.openapi import atom, problems
from web.api.runs import run_shape
from web.atom import AtomResponse, Feed, respond
from web.errors import NotFoundError
from web.parameters import Narrowing
from web.queries.outlets import outlet_states, whole_outlet
from web.state import WebState, state_of

router = APIRouter(tags=["outlets"])
State = Annotated[WebState, Depends(state_of)]
Name = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
_ENTRIES = 50


@router.get("/outlets", responses=problems())
def outlets(state: State) -> operation_schemas.Outlets:
    """All outlets: those in trouble first."""
    with state.read() as session:
        items = [_shape(one, state.outlets.get(one.name)) for one in outlet_states(session, state)]
    return operation_schemas.Outlets(total=len(items), items=items)


@router.get("/outlets.atom", responses=atom(), response_class=AtomResponse)
def outlets_feed(request: Request, state: State) -> Response:
    """How all outlets are, as a feed: each has an entry, the one that changed last first."""
    with state.read() as session:
        entries = newest_first(outlet_entry(request, state, one) for one in outlet_states(session, state))
    return respond(request, Feed(urn("outlets"), "Pantau: outlets", address(request, "outlets"), entries))


@router.get("/outlets/{name}.atom", responses=atom(404), response_class=AtomResponse)
def outlet_feed(request: Request, state: State, name: Name) -> Response:
    """An outlet's newest articles, as a feed."""
    with state.read() as session:
        if name not in state.outlets and name not in load_outlet_names(session):
            raise NotFoundError(f"there is no outlet {name}")
        title = state.outlets[name].title if name in state.outlets else name
        wanted = Narrowing(outlet=[name], copies=True)
        feed = feed_of_hits(request, session, state, wanted, _ENTRIES, title=title, name=f"outlet:{name}")
    return respond(request, feed)


@router.get("/outlets/{name}", responses=problems(404))
def outlet(state: State, name: Name) -> operation_schemas.WholeOutlet:
    """An outlet with its sources, its last runs and its newest articles."""
    with state.read() as session:
        found = whole_outlet(session, state, name)
        return operation_schemas.WholeOutlet(
            **_shape(found.state, found.declared).model_dump(),
            urls=dict(found.urls),
            sources=[_source(one) for one in found.sources],
            newest=[operation_schemas.Headline.model_validate(one, from_attributes=True) for one in found.newest],
            runs=[run_shape(one) for one in found.runs.items],
            flags=[operation_schemas.Flag.model_validate(one, from_attributes=True) for one in found.flags.items],
            gaps=[operation_schemas.Gap.model_validate(one, from_attributes=True) for one in found.gaps],
        )


def _shape(how: OutletState, declared: Outlet | None) -> operation_schemas.Outlet:
    return operation_schemas.Outlet(
        name=how.name,
        title=declared.title if declared else None,
        site=declared.site if declared else None,
        health=operation_schemas.Health.model_validate(how.health, from_attributes=True),
        days=list(how.days),
        articles=how.articles,
        newest_at=how.newest_at,
        succeeded_at=how.succeeded_at,
        last_run=run_shape(how.last_run) if how.last_run else None,
        pending=how.pending,
        failed=how.failed,
        polled=how.polled,
        failing=[_source(one) for one in how.failing],
    )


def _source(one: SourceStatus) -> operation_schemas.Source:
    return operation_schemas.Source.model_validate(one, from_attributes=True)
