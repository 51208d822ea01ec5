"""The runs as pages and API show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from core.paging import Page
from database.ledger.runs import Decision, decisions, find_runs, outcomes
from database.schema import Run, RunState
from web.errors import NotFoundError
from web.queries.paging import SAFE, OnePage


class RunsParameters(OnePage):
    """Which runs are meant."""

    outlet: Annotated[str, Field(max_length=300, pattern=SAFE, description="only this outlet's")] = ""
    state: Annotated[RunState | Literal[""], Field(description="only those that are, or ended, so")] = ""


class RunParameters(OnePage):
    """What of a run is meant."""

    outcome: Annotated[
        str,
        Field(
            max_length=40,
            pattern=SAFE,
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
    decisions: Page[Decision, int]


def runs(session: Session, parameters: RunsParameters) -> Page[Run, int]:
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
