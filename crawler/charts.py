"""How hits spread over values and days: bars for people, numbers for programs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from rich.bar import Bar as Drawn
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.formatting import counted
from crawler.console import Printer, harmless
from database.records import Record
from search.tally import Bar, Facet, Step, Timeline, Value

# Without a terminal, and at most: bars longer than this tell no more.
_WIDTH, _WIDEST = 80, 100
_LABEL, _NUMBER = 32, 6
# The values of a facet for which there is room on a screen.
TOP = 10
# So many empty bars in a row are told in a line.
_GAP = 4
Facets = Mapping[Facet, Sequence[Value]]
_TITLES: Mapping[Facet, str] = {
    "outlet": "outlets",
    "section": "sections",
    "author": "authors",
    "language": "languages",
}


def print_facets(facets: Facets) -> None:
    """The most frequent values of each facet, with bars that can be compared with each other."""
    shown = {facet: values[:TOP] for facet, values in facets.items() if values}
    most = max((value.hits for values in shown.values() for value in values), default=0)
    width = max((cell_len(value.name) for values in shown.values() for value in values), default=0)
    for facet, values in shown.items():
        grid = _grid(width)
        for value in values:
            grid.add_row(Text(harmless(value.name)), f"{value.hits:,}", _bar(value.hits, most))
        print(_TITLES[facet])
        _print(grid)
        if more := len(facets[facet]) - len(values):
            print(f"… {more:,} more")
        print()


def print_timeline(timeline: Timeline) -> None:
    """A bar for each day, week or month; long stretches without any hit in a line. Nothing if nothing was found."""
    if not timeline.bars and not timeline.undated:
        return
    most = max((bar.hits for bar in timeline.bars), default=0)
    grid = _grid()
    for bars in _stretches(timeline.bars):
        if len(bars) >= _GAP and not bars[0].hits:
            grid.add_row(Text("…", "dim"), "0", Text(counted(len(bars), timeline.step), "dim"))
            continue
        for bar in bars:
            grid.add_row(label(bar.start, timeline.step), f"{bar.hits:,}", _bar(bar.hits, most))
    _print(grid)
    print(f"by {timeline.step}, days in Jakarta{f'; {timeline.undated:,} undated' if timeline.undated else ''}")
    print()


def label(start: date, step: Step) -> str:
    """What a bar is called: "2024-09-14", "week of 2024-09-09", "2024-09"."""
    match step:
        case "day":
            return start.isoformat()
        case "week":
            return f"week of {start.isoformat()}"
        case "month":
            return f"{start:%Y-%m}"


def value_records(facets: Facets) -> Iterator[Record]:
    """A row for each value of each facet: ``facet``, ``value``, ``hits``."""
    for facet, values in facets.items():
        for value in values:
            yield {"facet": facet, "value": value.name, "hits": value.hits}


def bar_records(timeline: Timeline) -> Iterator[Record]:
    """A row for each bar: ``start``, ``stop`` (days in Jakarta; the bar ends before the latter) and ``hits``."""
    for bar in timeline.bars:
        yield {"start": bar.start.isoformat(), "stop": bar.stop.isoformat(), "hits": bar.hits}


def _stretches(bars: Iterable[Bar]) -> Iterator[list[Bar]]:
    """The bars in order, those with hits and those without in turn."""
    for _, alike in groupby(bars, key=lambda bar: bar.hits > 0):
        yield list(alike)


def _grid(width: int = 0) -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(min_width=min(width, _LABEL), max_width=_LABEL, no_wrap=True, overflow="ellipsis")
    grid.add_column(min_width=_NUMBER, justify="right", no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True)
    return grid


def _bar(hits: int, most: int) -> Drawn:
    return Drawn(most, 0, hits, color="cyan")


def _print(grid: Table) -> None:
    """Nothing but the bars stands at the right, so that what is piped holds no blanks there."""
    console = Printer(highlight=False)
    console.width = min(console.width, _WIDEST) if console.is_terminal else _WIDTH
    for line in _drawn(console, grid).splitlines():
        print(line.rstrip())


def _drawn(console: Console, grid: Table) -> str:
    with console.capture() as drawn:
        console.print(grid)
    return drawn.get()
