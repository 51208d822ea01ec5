"""Words and sums of a round. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.formatting import format_count, format_reasons, one_line
from health.round_report import OutletReport, OutletStage, RoundReport

# Stages of an outlet whose turn is over.
ENDED = frozenset[OutletStage]({"finished", "stopped", "failed"})
_WORDS: Mapping[str, str] = {
    "waiting": "waits for its turn",
    "running": "running",
    "stopped": "stopped: the next round goes on with it",
    "failed": "failed",
    "busy": "another run is crawling it",
    "left": "the round ended before its turn",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the outlets of a round; ``stages`` counts outlets."""

    stages: Mapping[str, int]
    new: int
    updated: int
    copies: int
    rejected: int
    failed: int
    requests: int
    bytes: int
    missed: int

    @property
    def done(self) -> int:
        return sum(self.stages.get(stage, 0) for stage in ENDED)


def totals(report: RoundReport) -> Totals:
    outlets = report.outlets
    return Totals(
        stages=Counter(one.stage for one in outlets),
        new=sum(one.new for one in outlets),
        updated=sum(one.updated for one in outlets),
        copies=sum(one.copies for one in outlets),
        rejected=sum(sum(one.rejected.values()) for one in outlets),
        failed=sum(sum(one.failed.values()) for one in outlets),
        requests=sum(one.requests for one in outlets),
        bytes=sum(one.bytes for one in outlets),
        missed=sum(one.missed for one in outlets),
    )


def has_failed(one: OutletReport) -> bool:
    return one.stage == "failed" or bool(one.failed) or bool(one.messages)


def had_turn(one: OutletReport) -> bool:
    return one.run_id is not None or one.stage in ENDED


def did_something(one: OutletReport) -> bool:
    news = one.new or one.updated or one.copies or one.missed
    return had_turn(one) and (one.stage != "finished" or bool(news) or has_failed(one))


def without_turn(outlets: Iterable[OutletReport]) -> list[tuple[str, list[str]]]:
    by_words: dict[str, list[str]] = {}
    for one in outlets:
        if not had_turn(one):
            by_words.setdefault(stage_words(one), []).append(one_line(one.name))
    return list(by_words.items())


def failures(one: OutletReport) -> str:
    """Format failures: "3 failed (2 network, 1 http-status): https://… HTTP 503"."""
    number = sum(one.failed.values())
    what = f"{number:,} failed ({format_reasons(one.failed)})" if number else ""
    messages = "; ".join(map(one_line, one.messages)) or (
        stage_words(one) if one.stage == "failed" and not what else ""
    )
    return ": ".join(filter(None, (what, messages)))


def stage_words(one: OutletReport) -> str:
    """Describe the outlet's stage; empty if it finished."""
    return _WORDS.get(one.stage, "" if one.stage == "finished" else one_line(one.stage))


def missed(number: int) -> str:
    """Format the number of articles that sources may have lost."""
    return f"about {format_count(number, 'article')} may have been missed"


def took(report: RoundReport, now: datetime) -> timedelta:
    """Return the duration of the round, so far if it runs."""
    return (report.finished_at or now) - report.started_at


def and_more(words: Iterable[str], most: int) -> list[str]:
    every = list(words)
    more = len(every) - most
    return [*every[:most], f"and {more:,} more"] if more > 0 else every
