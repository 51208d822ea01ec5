"""A round as a page: one file without scripts or anything from elsewhere, for screens, phones and paper."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core import formatting
from core.formatting import clean, counted, long_time
from core.periods import HOME
from crawler.monitoring import wording
from health.round_report import RoundReport, lasted

_ENDS = {"running": "is still running", "stopped": "was stopped before its end", "failed": "failed"}
# As many of a kind are shown at once; the others are opened.
_FIRST = 20


@dataclass(frozen=True, slots=True)
class Look:
    """An outlet that needs a look, and why."""

    outlet: str
    words: str


def page(report: RoundReport, now: datetime) -> str:
    """The report as HTML.

    Args:
        report: whatever stands in it is text: nothing of it becomes HTML.
        now: aware; until when a round lasted that is not over.
    """
    sums = wording.totals(report)
    return _template().render(
        report=report,
        sums=sums,
        took=formatting.lasting(wording.took(report, now)),
        ended=_ENDS.get(report.state, ""),
        failed=[Look(one.name, wording.failures(one)) for one in report.outlets if wording.has_failed(one)],
        missed=[Look(one.name, wording.missed(one.missed)) for one in report.outlets if one.missed],
        begun=[one for one in report.outlets if wording.had_turn(one)],
        not_begun=wording.without_turn(report.outlets),
    )


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "counted": counted,
        "stage_words": wording.stage_words,
        "FIRST": _FIRST,
    }
    environment.filters |= {
        "clean": clean,
        "number": lambda number: f"{number:,}",
        "size": formatting.size,
        "lasted": lasted,
        "moment": lambda at: long_time(at, HOME.key),
        "reasons": formatting.reasons,
    }
    return environment.get_template("report.html")
