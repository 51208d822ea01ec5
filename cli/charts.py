"""Charts of ``scrapy search``: facets and timelines, drawn by Rich."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from rich.bar import Bar as BarShape
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.console import harmless
from cli.terminal import Printer
from core.formatting import format_count
from search.choices import Step
from search.facets import Bar, Facet, Facets, Timeline

# Width of charts without a terminal, and at most: longer bars are no clearer.
_CHART_WIDTH, _MAX_CHART_WIDTH = 80, 100
_LABEL, _NUMBER = 32, 6
# Values of a facet that fit on a screen.
TOP = 10
# From so many on, empty bars in a row are one line.
_GAP = 4
_TITLES: Mapping[Facet, str] = {
    "outlet": "outlets",
    "section": "sections",
    "author": "authors",
    "language": "languages",
}


def print_facets(facets: Facets) -> None:
    """Print each facet's most frequent values."""
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
    """Print a bar per day, week or month; a long gap is one line."""
    if not timeline.bars and not timeline.undated:
        return
    most = max((bar.hits for bar in timeline.bars), default=0)
    grid = _grid()
    for bars in _stretches(timeline.bars):
        if len(bars) >= _GAP and not bars[0].hits:
            grid.add_row(Text("…", "dim"), "0", Text(format_count(len(bars), timeline.step), "dim"))
            continue
        for bar in bars:
            grid.add_row(label(bar.start, timeline.step), f"{bar.hits:,}", _bar(bar.hits, most))
    _print(grid)
    print(f"by {timeline.step}, days in Jakarta{f'; {timeline.undated:,} undated' if timeline.undated else ''}")
    print()


def label(start: date, step: Step) -> str:
    """Format a label: "2024-09-14", "week of 2024-09-09", "2024-09"."""
    match step:
        case "day":
            return start.isoformat()
        case "week":
            return f"week of {start.isoformat()}"
        case "month":
            return f"{start:%Y-%m}"


def _stretches(bars: Iterable[Bar]) -> Iterator[list[Bar]]:
    for _, run in groupby(bars, key=lambda bar: bar.hits > 0):
        yield list(run)


def _grid(width: int = 0) -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(min_width=min(width, _LABEL), max_width=_LABEL, no_wrap=True, overflow="ellipsis")
    grid.add_column(min_width=_NUMBER, justify="right", no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True)
    return grid


def _bar(hits: int, most: int) -> BarShape:
    return BarShape(most, 0, hits, color="cyan")


def _print(grid: Table) -> None:
    console = Printer(highlight=False)
    console.width = min(console.width, _MAX_CHART_WIDTH) if console.is_terminal else _CHART_WIDTH
    for line in _render(console, grid).splitlines():
        print(line.rstrip())


def _render(console: Console, grid: Table) -> str:
    with console.capture() as drawn:
        console.print(grid)
    return drawn.get()
