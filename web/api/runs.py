"""``/api/v1/runs``: which crawls there were, and what became of the URLs that one had in hand."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from database.schema import Run
from web.api import operation_schemas
from web.api.feeds import address, newest_first, run_entry, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.queries import runs as reading
from web.queries.runs import RunParameters, RunsParameters
from web.state import WebState, state_of

router = APIRouter(tags=["runs"])
State = Annotated[WebState, Depends(state_of)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/runs", responses=problems())
def runs(state: State, parameters: Annotated[RunsParameters, Query()]) -> operation_schemas.Runs:
    """The runs, the newest first, a page at a time."""
    with state.read() as session:
        found = reading.runs(session, parameters)
        return operation_schemas.Runs(
            total=found.total, next=found.after, items=[run_shape(run) for run in found.items]
        )


@router.get("/runs.atom", responses=atom(), response_class=AtomResponse)
def runs_feed(request: Request, state: State, parameters: Annotated[RunsParameters, Query()]) -> Response:
    """The runs that have ended, as a feed: with `state=failed`, those to look into."""
    with state.read() as session:
        found = reading.runs(session, parameters)
        entries = newest_first(run_entry(request, run) for run in found.items)
    return respond(request, Feed(urn("runs"), "Pantau: runs", address(request, "runs"), entries))


@router.get("/runs/{run_id}", responses=problems(404))
def run(state: State, run_id: Id, parameters: Annotated[RunParameters, Query()]) -> operation_schemas.WholeRun:
    """A run, with what became of its URLs, a page at a time."""
    with state.read() as session:
        found = reading.whole_run(session, run_id, parameters)
        return operation_schemas.WholeRun(
            **run_shape(found.run).model_dump(),
            outcomes=dict(found.outcomes),
            next=found.decisions.after,
            items=[operation_schemas.Decision(**asdict(one)) for one in found.decisions.items],
        )


def run_shape(run: Run) -> operation_schemas.Run:
    """A run as the API gives it."""
    return operation_schemas.Run.model_validate(run, from_attributes=True)
