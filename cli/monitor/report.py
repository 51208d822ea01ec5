"""Report of a round, for the terminal and as HTML and JSON files."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from cli.monitor import text
from cli.terminal import Printer
from core import formatting
from core.formatting import format_count, long_time, one_line
from core.periods import HOME
from health.round_report import OutletReport, RoundReport, format_outlet_duration, to_json

_ENDS = {"running": "is still running", "stopped": "was stopped before its end", "failed": "failed"}
# Rows of a kind that are shown at once; the others are folded.
_FIRST = 20


@dataclass(frozen=True, slots=True)
class Look:
    """An outlet that needs a look, and why."""

    outlet: str
    words: str


def page(report: RoundReport, now: datetime) -> str:
    """The report as HTML; a running round lasts until ``now``."""
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


def write_report(report: RoundReport, folder: Path, now: datetime) -> Path:
    """Write both files, each whole or not at all; return the HTML one.

    ``folder`` is made if missing.

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
            # A message from the web may hold half a surrogate pair.
            stream.write(text.encode(errors="replace"))
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


# Of outlets that failed, and of flags; the report has them all.
_SHOWN = 20
_LONGEST = 298
_WIDEST_NAME = 30
# Terminal widths from which remarks, and reasons of rejections in them, fit.
_REMARKS, _REASONS = 70, 120


@dataclass(frozen=True, slots=True)
class _Column:
    """A number, shown on terminals ``from_width`` on."""

    name: str
    cell: Callable[[OutletReport], str]
    from_width: int = 0
    style: str = ""


_COLUMNS = (
    _Column("new", lambda one: f"{one.new:,}", style="bold"),
    _Column("updated", lambda one: f"{one.updated:,}", 60),
    _Column("copies", lambda one: f"{one.copies:,}", 60),
    _Column("rejected", lambda one: f"{sum(one.rejected.values()):,}", 60),
    _Column("failed", lambda one: f"{sum(one.failed.values()):,}", style="red"),
    _Column("requests", lambda one: f"{one.requests:,}", 90),
    _Column("received", lambda one: formatting.format_bytes(one.bytes), 90),
    _Column("time", format_outlet_duration, 90),
)


def print_summary(
    report: RoundReport, now: datetime, *, quiet: bool = False, listed: bool = False, file: Path | None = None
) -> None:
    """Print the results: a table on a terminal, else aligned lines.

    ``quiet`` prints only what needs attention or no longer does. ``listed`` omits outlets already printed.
    """
    if quiet and not report.failed and not report.cleared:
        return
    console = Printer(highlight=False, markup=False, soft_wrap=True)
    with console.capture() as shown:
        if not quiet and not listed:
            _print_outlets(report, console)
        for line in () if quiet else sums(report, now):
            console.print(Text(line, "bold"))
        for line, style in closing(report, file):
            console.print(Text(line, style))
    # The console itself would overwrite a live view of the next round.
    print(shown.get(), end="")


def _print_outlets(report: RoundReport, console: Printer) -> None:
    if not console.is_terminal:
        for line in outlet_lines(report):
            console.print(Text(line))
    elif any(map(text.did_something, report.outlets)):
        console.print(_table(report, console.width), soft_wrap=False)


def outlet_lines(report: RoundReport) -> Iterator[str]:
    width = name_width(report)
    return (outlet_line(one, width) for one in report.outlets if text.did_something(one))


def name_width(report: RoundReport) -> int:
    return min(max((len(one.name) for one in report.outlets), default=0), _WIDEST_NAME)


def outlet_line(one: OutletReport, width: int) -> str:
    name = f"{one_line(one.name):<{width}}"
    rejected, failed = sum(one.rejected.values()), sum(one.failed.values())
    columns = [
        f"{name} {one.new:>6,} new",
        f"{one.updated:>4,} updated",
        f"{one.copies:>4,} {'copy' if one.copies == 1 else 'copies':<6}",
        f"{rejected:>5,} rejected",
        f"{failed:>4,} failed",
        f"{one.requests:>6,} requests",
        f"{formatting.format_bytes(one.bytes):>7}",
        f"{format_outlet_duration(one):>11}",
    ]
    return "  ".join([*columns, _remarks(one)]).rstrip()


def sums(report: RoundReport, now: datetime) -> Iterator[str]:
    """Format the outlets without news by reason, then the sums."""
    quiet = [one for one in report.outlets if text.had_turn(one) and not text.did_something(one)]
    if quiet:
        requests = format_count(sum(one.requests for one in quiet), "request")
        yield f"{format_count(len(quiet), 'outlet')} with nothing new: {requests}"
    for words, names in text.without_turn(report.outlets):
        yield f"{format_count(len(names), 'outlet')}, {words}: {', '.join(text.and_more(names, _SHOWN))}"
    total = text.totals(report)
    turns = f"{total.done:,} of {format_count(len(report.outlets), 'outlet')} done"
    not_due = f", {report.not_due:,} not due" if report.not_due else ""
    copies = format_count(total.copies, "copy", plural="copies")
    yield (
        f"round {report.id}: {turns}{not_due}; {total.new:,} new, {total.updated:,} updated, {copies}, "
        f"{total.rejected:,} rejected, {total.failed:,} failed; {format_count(total.requests, 'request')}, "
        f"{formatting.format_bytes(total.bytes)}, {formatting.format_duration(text.took(report, now))}"
    )


def closing(report: RoundReport, file: Path | None) -> Iterator[tuple[str, str]]:
    failed = [f"{one_line(one.name)}: {text.failures(one)}" for one in report.outlets if text.has_failed(one)]
    for words in text.and_more(failed, _SHOWN):
        yield f"  {_shortened(words)}", "red"
    for change, flags, style in (("raised", report.raised, "red"), ("cleared", report.cleared, "green")):
        for words in text.and_more(map(one_line, flags), _SHOWN):
            yield f"  {change}: {words}", style
    if report.state == "stopped":
        because = f" ({one_line(report.message)})" if report.message else ""
        yield f"stopped before the end{because}: the next round goes on", "yellow"
    if file:
        yield f"report: {file}", ""
    if report.failed or failed:
        yield _verdict(report, failed), "bold red" if report.failed else "yellow"


def _verdict(report: RoundReport, failed: list[str]) -> str:
    if report.state == "failed":
        return f"the round failed: {one_line(report.message or 'the log tells why')}"
    again = "" if report.raised else " (what failed is tried again)"
    parts = [f"{format_count(len(failed), 'outlet')} with failures" if failed else "",
             f"{format_count(len(report.raised), 'flag')} raised" if report.raised else ""]  # fmt: skip
    first = one_line(report.raised[0]) if report.raised else failed[0]
    return _shortened(f"{', '.join(filter(None, parts))}{again}: {first}")


def _table(report: RoundReport, width: int) -> Table:
    columns = [one for one in _COLUMNS if width >= one.from_width]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("outlet", no_wrap=True, overflow="ellipsis", max_width=_WIDEST_NAME)
    for column in columns:
        table.add_column(column.name, justify="right", no_wrap=True)
    if width >= _REMARKS:
        table.add_column("", style="dim", overflow="fold")
    for one in filter(text.did_something, report.outlets):
        cells = [Text(one_line(one.name), "red" if text.has_failed(one) else "")]
        cells += [Text(cell := column.cell(one), "dim" if cell == "0" else column.style) for column in columns]
        cells += [Text(_remarks(one, reasons=width >= _REASONS))] if width >= _REMARKS else []
        table.add_row(*cells)
    return table


def _remarks(one: OutletReport, *, reasons: bool = True) -> str:
    parts = [
        text.stage_words(one),
        text.missed(one.missed) if one.missed else "",
        f"rejected: {formatting.format_reasons(one.rejected)}" if reasons and any(one.rejected.values()) else "",
    ]
    return "; ".join(filter(None, parts))


def _shortened(words: str) -> str:
    return words if cell_len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
