"""The runs as pages and API show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from database.runs import Decisions, Runs, decisions, find_runs, outcomes
from database.schema import Run
from web.errors import NotFoundError
from web.parameters import MAX_LIMIT

State = Literal["running", "finished", "stopped", "failed", "killed"]
_GREATEST = 2**63 - 1
_SAFE = r"^[^\x00-\x1f\x7f]*$"


class _Page(BaseModel):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="how many on a page")] = 50
    after: Annotated[int, Field(ge=0, le=_GREATEST, description="what the page before gave as `next`")] = 0

    def address(self, **changes: Any) -> str:
        """The query string with some parameters changed, without what is not stated; begins with the first page."""
        values = self.model_dump(exclude_defaults=True) | {"after": 0} | changes
        return urlencode({name: value for name, value in values.items() if value})


class RunsParameters(_Page):
    """Which runs are meant."""

    outlet: Annotated[str, Field(max_length=300, pattern=_SAFE, description="only this outlet's")] = ""
    state: Annotated[State | Literal[""], Field(description="only those that are, or ended, so")] = ""


class RunParameters(_Page):
    """What of a run is meant."""

    outcome: Annotated[
        str,
        Field(
            max_length=40,
            pattern=_SAFE,
            description="only what ended so, e.g. stored or named; else all but what was merely named",
        ),
    ] = ""


@dataclass(frozen=True, slots=True)
class WholeRun:
    """A run, in numbers and URL by URL.

    Attributes:
        outcomes: how many URLs each thing happened to, most first.
    """

    run: Run
    outcomes: Mapping[str, int]
    decisions: Decisions


def runs(session: Session, parameters: RunsParameters) -> Runs:
    """The runs that are meant, the newest first."""
    return find_runs(
        session,
        outlet=parameters.outlet or None,
        state=parameters.state or None,
        limit=parameters.limit,
        after=parameters.after or None,
    )


def whole_run(session: Session, run_id: int, parameters: RunParameters) -> WholeRun:
    """A run with what became of the URLs that it had in hand.

    Raises:
        NotFoundError: there is no such run.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(f"there is no run {run_id}; /runs lists them all")
    decided = decisions(
        session, run_id, outcome=parameters.outcome or None, limit=parameters.limit, after=parameters.after
    )
    return WholeRun(run, outcomes(session, run_id), decided)
