"""The monitor's rounds as pages and API show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from core.formatting import one_line
from core.paging import Page
from database.rounds import find_rounds, load_round
from database.schema import Round, RunState
from health.round_report import OutletReport, from_json
from web.errors import NotFoundError
from web.queries.paging import OnePage

# Of what a round changed and of what failed in an outlet.
_CHANGES, _MESSAGES = 100, 20


class RoundsParameters(OnePage):
    """Which rounds are meant."""

    state: Annotated[RunState | Literal[""], Field(description="only those that are, or ended, so")] = ""


class RoundParameters(OnePage):
    """Which of a round's outlets are meant."""


@dataclass(frozen=True, slots=True)
class WholeRound:
    """A round with a page of its outlets.

    Attributes:
        not_due: how many of the outlets asked for had nothing to do.
        raised: the first of the flags raised in it, in words; ``cleared`` likewise. Its ``totals`` count all.
        outlets: where something needs a look first, then by name.
    """

    round: Round
    not_due: int
    raised: Sequence[str]
    cleared: Sequence[str]
    outlets: Page[OutletReport, int]


def rounds(session: Session, parameters: RoundsParameters) -> Page[Round, int]:
    """The rounds that are meant, the newest first."""
    return find_rounds(session, state=parameters.state or None, limit=parameters.limit, after=parameters.after or None)


def whole_round(session: Session, round_id: int, parameters: RoundParameters) -> WholeRound:
    """A round with what it did, outlet by outlet, as far as its report had come.

    Raises:
        NotFoundError: there is no such round.
    """
    found = load_round(session, round_id)
    if found is None:
        raise NotFoundError(f"there is no round {round_id}; /rounds lists them all")
    # One that was killed at once left no report.
    report = from_json({"id": found.id, "started_at": found.started_at.isoformat()} | found.report)
    outlets = sorted(report.outlets, key=lambda one: (not _needs_a_look(one), one.name))
    stop = parameters.after + parameters.limit
    return WholeRound(
        round=found,
        not_due=report.not_due,
        raised=_words(report.raised, _CHANGES),
        cleared=_words(report.cleared, _CHANGES),
        outlets=Page(
            [_shown(one) for one in outlets[parameters.after : stop]],
            len(outlets),
            stop if stop < len(outlets) else None,
        ),
    )


def _needs_a_look(one: OutletReport) -> bool:
    return one.stage == "failed" or bool(one.failed or one.messages or one.flags or one.missed)


def _shown(one: OutletReport) -> OutletReport:
    return replace(
        one,
        title=one_line(one.title),
        flags=_words(one.flags, _MESSAGES),
        messages=_words(one.messages, _MESSAGES),
        rejected={one_line(reason): number for reason, number in one.rejected.items()},
        failed={one_line(reason): number for reason, number in one.failed.items()},
    )


def _words(words: Iterable[str], most: int) -> list[str]:
    """What came from the web may hold half a character, which no answer can carry."""
    return [one_line(one) for one in list(words)[:most]]
