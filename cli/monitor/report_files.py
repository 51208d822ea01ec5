"""Report files of a round: ``DATA_DIR/reports/round-000123.html`` and ``.json``."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from cli.monitor import text
from core import formatting
from core.formatting import format_count, long_time, one_line
from core.periods import HOME
from health.round_report import RoundReport, format_outlet_duration, to_json

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
        report: all its texts are escaped.
        now: aware; until when a round lasted that is not over.
    """
    sums = text.totals(report)
    return _template().render(
        report=report,
        sums=sums,
        took=formatting.format_duration(text.took(report, now)),
        ended=_ENDS.get(report.state, ""),
        failed=[Look(one.name, text.failures(one)) for one in report.outlets if text.has_failed(one)],
        missed=[Look(one.name, text.missed(one.missed)) for one in report.outlets if one.missed],
        begun=[one for one in report.outlets if text.had_turn(one)],
        not_begun=text.without_turn(report.outlets),
    )


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "counted": format_count,
        "stage_words": text.stage_words,
        "FIRST": _FIRST,
    }
    environment.filters |= {
        "clean": one_line,
        "number": lambda number: f"{number:,}",
        "size": formatting.format_bytes,
        "lasted": format_outlet_duration,
        "moment": lambda at: long_time(at, HOME.key),
        "reasons": formatting.format_reasons,
    }
    return environment.get_template("report.html")


def write(report: RoundReport, folder: Path, now: datetime) -> Path:
    """Write both files, each whole or not at all; return the HTML one.

    Args:
        report: of a finished or running round.
        folder: made if it is not there.
        now: aware; until when a round lasted that is not over.

    Raises:
        OSError: no room, no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"round-{report.id:06}.html"
    _replace(path.with_suffix(".json"), json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n")
    _replace(path, page(report, now))
    return path


def _replace(path: Path, text: str) -> None:
    written = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with written.open("wb") as stream:
            # Half a surrogate pair in a message from the web is no reason to have no report.
            stream.write(text.encode(errors="replace"))
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
