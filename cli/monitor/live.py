"""Views of a running round: bars or lines."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.monitor import text
from cli.monitor.report import name_width, outlet_line
from cli.terminal import Printer
from core import formatting
from core.formatting import one_line
from health.round_report import OutletReport, RoundReport, format_outlet_duration

Clock = Callable[[], datetime]
# Period of the request rate: short enough to show a change, long enough not to flicker.
_RATE = timedelta(seconds=10)
_HEADER = 2
_SHORTEST_BAR, _LONGEST_BAR = 8, 40
# Columns for the texts beside a bar.
_BESIDE = 44
_WIDEST_NAME = 24


class View(Protocol):
    """Shows a round; as a context manager, restores the terminal."""

    @property
    def listed(self) -> bool:
        """True if each outlet is printed; the summary need not repeat it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def update(self, report: RoundReport) -> None:
        """Show the round as it stands; called a few times a second."""


def _now() -> datetime:
    return datetime.now(UTC)


def open_view(until: datetime | None = None, *, quiet: bool = False, clock: Clock = _now) -> View:
    """Return the view for standard output; ``until`` ends a limited round."""
    if quiet:
        return SilentView()
    console = Printer(highlight=False, markup=False)
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveView(console, until, clock)
    return PlainView()


class SilentView:
    """Shows nothing."""

    listed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, report: RoundReport) -> None:
        """Nothing."""


class PlainView(SilentView):
    """Prints a line per outlet when done, without delay in a pipe, too."""

    listed = True

    def __init__(self) -> None:
        self._printed: set[tuple[int, str, int | None]] = set()

    def update(self, report: RoundReport) -> None:
        done = {(report.id, one.name, one.run_id): one for one in report.outlets if one.stage in text.ENDED}
        for key, one in done.items():
            if key not in self._printed:
                print(outlet_line(one, name_width(report)), flush=True)
        self._printed = set(done)


class LiveView:
    """Totals, a bar per running outlet and the last results."""

    listed = False

    def __init__(self, console: Console, until: datetime | None, clock: Clock = _now) -> None:
        self._console, self._until, self._clock = console, until, clock
        # Drawn on news, not by a thread; gives way to the summary.
        self._live = Live(console=console, auto_refresh=False, transient=True, vertical_overflow="crop")
        self._asked: deque[tuple[datetime, int]] = deque()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def update(self, report: RoundReport) -> None:
        now = self._clock()
        total = text.totals(report)
        header = [_standing(report, total, self._until, now), _effort(total, self._rate(total.requests, now))]
        room = self._console.height - 1 - _HEADER
        body = _body(report, room, self._console.width)
        lines = [_line(line, style) for line, style in header]
        self._live.update(Group(*lines, *body), refresh=True)

    def _rate(self, requests: int, now: datetime) -> float:
        self._asked.append((now, requests))
        while now - self._asked[0][0] > _RATE:
            self._asked.popleft()
        began, before = self._asked[0]
        seconds = (now - began).total_seconds()
        return (requests - before) / seconds if seconds > 0 else 0.0


def _standing(report: RoundReport, total: text.Totals, until: datetime | None, now: datetime) -> tuple[str, str]:
    stages = total.stages
    parts = [
        f"{total.done:,} of {len(report.outlets):,} outlets done",
        f"{stages.get('running', 0):,} running",
        f"{stages.get('waiting', 0):,} waiting",
    ]
    time = (
        f"{formatting.format_duration(until - now)} left"
        if until
        else formatting.format_duration(text.took(report, now))
    )
    return f"round {report.id}: {', '.join(parts)} · {time}", "bold"


def _effort(total: text.Totals, rate: float) -> tuple[str, str]:
    failed = f" · {total.failed:,} failed" if total.failed else ""
    received = formatting.format_bytes(total.bytes)
    return f"{total.new:,} new · {total.requests:,} requests, {rate:.1f}/s · {received}{failed}", ""


def _body(report: RoundReport, room: int, width: int) -> list[Table | Text]:
    running = [one for one in report.outlets if one.stage == "running"]
    done = [one for one in report.outlets if one.stage in text.ENDED]
    done.sort(key=lambda one: one.finished_at or report.started_at, reverse=True)
    waiting = sum(one.stage == "waiting" for one in report.outlets)
    room -= bool(waiting)
    # A third for finished outlets, more if the bars leave it.
    bars = _fitting(len(running), max(room - min(len(done), room // 3), 0))
    hidden = len(running) - bars
    room = max(room - bars - bool(hidden), 0)
    more = [f"and {number:,} more {what}" for number, what in ((hidden, "are running"), (waiting, "wait")) if number]
    return [_grid([*running[:bars], *done[:room]], width), *(_line(words, "dim") for words in more)]


def _fitting(number: int, room: int) -> int:
    return number if number <= room else max(room - 1, 0)


def _grid(outlets: Sequence[OutletReport], width: int) -> Table:
    bar = min(width - _BESIDE, _LONGEST_BAR)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, overflow="ellipsis", max_width=_WIDEST_NAME)
    if bar >= _SHORTEST_BAR:
        grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for one in outlets:
        style = "red" if text.has_failed(one) else "" if one.stage == "running" else "dim"
        failed = sum(one.failed.values())
        done = one.new + one.updated + one.copies + sum(one.rejected.values()) + failed
        known = done + one.waiting
        how = Text(f"{text.stage_words(one) or 'done'}, {format_outlet_duration(one)}", style)
        course = ProgressBar(total=known or None, completed=done, width=bar) if one.stage == "running" else how
        numbers = [Text(f"{done:,}/{known:,}", style)]
        numbers += [Text(f"{one.new:,} new{f', {failed:,} failed' if failed else ''}", style)]
        grid.add_row(Text(one_line(one.name), style), *([course] if bar >= _SHORTEST_BAR else []), *numbers)
    return grid


def _line(words: str, style: str) -> Text:
    return Text(words, style, no_wrap=True, overflow="ellipsis")
