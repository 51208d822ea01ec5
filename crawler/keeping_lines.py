"""What ``scrapy database`` prints: how far it is while it works, and what it found."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from core.formatting import counted, iso_time
from core.periods import HOME
from crawler.console import harmless
from database.keeping.checking import Problem
from database.keeping.copying import Compared
from database.keeping.pruning import Pruned
from database.keeping.standing import Standing

# Told of a piece of work: its name, how much of it is done, of how much.
Progress = Callable[[str, int, int], None]
_MB, _GB = 1e6, 1e9


@contextmanager
def progress() -> Iterator[Progress]:
    """On a terminal a bar for each piece of work, else a line when one is done; on standard error."""
    if not sys.stderr.isatty():
        yield _told_when_done
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what)
            bars.update(tasks[what], completed=done, total=whole, visible=bool(whole))

        yield told


def _told_when_done(what: str, done: int, whole: int) -> None:
    if whole and done >= whole:
        print(f"{what}: {done:,}", file=sys.stderr, flush=True)


def standing_lines(standing: Standing) -> Iterator[str]:
    """Where a database is and what it holds."""
    yield f"{standing.where}: {standing.kind}, schema {standing.revision}"
    room = "" if standing.free is None else f", {size_of(standing.free)} free on its disk"
    yield f"size: {size_of(standing.bytes)}{room}"
    yield ", ".join(f"{name} {number:,}" for name, number in standing.rows.items())
    yield f"newest article: {_moment(standing.newest_at) if standing.newest_at else 'none with a date'}"
    for outlet, at in standing.open_runs:
        yield f"not ended: {'a round of the monitor' if outlet is None else outlet}, begun {_moment(at)}"
    for holder in standing.held:
        yield f"at work: {holder}"


def problem_line(problem: Problem) -> str:
    """What is wrong, of how many, an example, and what to do."""
    example = harmless(" ".join(problem.example.split()))
    return f"{problem.wrong}: {problem.count:,}, e.g. {example} ({problem.advice})"


def comparison(tables: Sequence[Compared]) -> Iterator[str]:
    """Every table's rows and checksums on both sides."""
    yield f"{'table':20}{'rows':>12}{'rows there':>12}  checksum"
    for one in tables:
        check = one.source.digest if one.same else f"{one.source.digest} and {one.target.digest}: DIFFERENT"
        yield f"{one.table:20}{one.source.rows:>12,}{one.target.rows:>12,}  {check}"


def pruned_line(pruned: Pruned, *, dry_run: bool) -> str:
    """What went, or would go."""
    size = "" if pruned.bytes is None else f" ({size_of(pruned.bytes)})"
    return f"{pruned.what}: {pruned.number:,}{size} {'would go' if dry_run else 'deleted'}"


def size_of(size: int) -> str:
    """For people: "12.3 MB"."""
    return f"{size / _GB:,.1f} GB" if size >= _GB else f"{size / _MB:,.1f} MB"


def rows_in_short(rows: dict[str, int]) -> str:
    """What a backup holds: "1,200 articles, 3,400 URLs"."""
    return f"{counted(rows.get('articles', 0), 'article')}, {counted(rows.get('urls', 0), 'URL')}"


def _moment(at: datetime) -> str:
    return iso_time(at, HOME.key)
