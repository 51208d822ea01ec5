"""Search times in made-up archives of growing size, beside LIKE and Datasette.

``python benchmarks/search.py [--sizes 10000 100000 1000000] [--databases DIR] [--keep] [--rounds 2] [--without-like]
[--without-datasette] [--postgresql URL]`` makes a SQLite database of each size (``benchmarks/archive_of_words.py``; a
million articles take 6 GB and some ten minutes) and asks each kind of search with many different words, in one process.
A search is timed as its user waits for it: from the words to a page of articles with snippets. Databases are kept and
found again in the folder of ``--databases``, or with ``--keep`` below the system's temporary folder.
"""

import argparse
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import search_elsewhere as elsewhere
from benchmarks.archive_of_words import Archive
from benchmarks.archives import database_file, postgresql
from benchmarks.searches import PAGE, Ask, Choice, Kind
from core.errors import PantauError
from database.engine import open_database
from search.facets import tally
from search.query import parse_query
from search.ranking import Orders
from search.results import PAGE as HITS
from search.results import count, search
from search.selection import Selection

ASKED = 40  # searches of a kind
LEAST = 1_000  # articles; in fewer the rarer words would stand in none
MOST_POSTGRESQL = 100_000
# The others are asked less often where they take long.
_BUDGET_S, _AT_LEAST = 6.0, 2


@dataclass(frozen=True, slots=True)
class Times:
    """Times of one kind of search.

    Attributes:
        found: the articles that the median search finds.
        ours: milliseconds of each of ours.
        cpu: milliseconds of them on the processor.
        others: milliseconds by other program.
    """

    kind: Kind
    found: int
    ours: Sequence[float]
    cpu: Sequence[float]
    others: dict[str, Sequence[float]] = field(default_factory=dict)


def main() -> int:
    """Print the tables; exit status 1 when a database cannot be made."""
    options = arguments().parse_args()
    try:
        with folder(options.databases, keep=options.keep) as databases:
            for size in options.sizes:
                archive = Archive(size)
                path = database_file(databases, archive)
                times = measured(f"sqlite:///{path}", archive, options.rounds)
                beside(times, path, like=options.like, datasette=options.datasette)
                show(heading(size, f"SQLite {sqlite3.sqlite_version}", options.rounds), times)
            for size in options.sizes if options.postgresql else ():
                if size <= MOST_POSTGRESQL:
                    archive = Archive(size)
                    with postgresql(options.postgresql, archive, keep=options.keep) as (url, server):
                        times = measured(url, archive, options.rounds)
                    show(heading(size, server, options.rounds), times)
    except PantauError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def arguments() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_size, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--databases", type=Path, help="where databases are made, kept and found")
    parser.add_argument("--keep", action="store_true", help="keep what is made, without --databases too")
    parser.add_argument("--rounds", type=_rounds, default=2, help="of each search the fastest counts (default: 2)")
    parser.add_argument("--without-like", dest="like", action="store_false")
    parser.add_argument("--without-datasette", dest="datasette", action="store_false")
    parser.add_argument("--postgresql", metavar="URL", help="a server on which databases may be made: sizes to 100,000")
    return parser


def _size(text: str) -> int:
    return _at_least(LEAST, text)


def _rounds(text: str) -> int:
    return _at_least(1, text)


def _at_least(least: int, text: str) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least:,}")
    return int(text)


@contextmanager
def folder(given: Path | None, *, keep: bool) -> Iterator[Path]:
    """Yield the databases' folder; removed at the end unless given or to be kept."""
    path = given or Path(tempfile.gettempdir()) / "pantau-search"
    try:
        yield path
    finally:
        if given is None and not keep:
            shutil.rmtree(path, ignore_errors=True)


def measured(url: str, archive: Archive, rounds: int) -> list[Times]:
    """Ours."""
    engine = open_database(url, read_only_ok=True)
    kinds = Choice(archive, ASKED).kinds()
    taken: dict[str, list[list[tuple[float, float]]]] = {kind.name: [] for kind in kinds}
    for kind in kinds:
        ours(engine, kind, kind.asks[0])
    for _ in range(rounds):
        for kind in kinds:
            taken[kind.name].append([ours(engine, kind, ask) for ask in kind.asks[1:]])
    found = {kind.name: int(np.median([counted(engine, ask) for ask in kind.asks[1:6]])) for kind in kinds}
    engine.dispose()
    best = {kind.name: 1000 * np.min(taken[kind.name], axis=0) for kind in kinds}
    return [Times(kind, found[kind.name], *best[kind.name].T.tolist()) for kind in kinds]


def counted(engine: Engine, ask: Ask) -> int:
    """Count the articles found."""
    with Session(engine) as session:
        return count(session, selection(ask)).with_copies


def selection(ask: Ask) -> Selection:
    """Return the search as a selection."""
    outlets = (ask.outlet,) if ask.outlet else ()
    return Selection(parse_query(ask.text), outlets=outlets, since=ask.since, until=ask.until)


def ours(engine: Engine, kind: Kind, ask: Ask) -> tuple[float, float]:
    """Return our seconds, and those of them on the processor."""
    orders, after = Orders(), None
    if kind.way.startswith("deep"):
        with Session(engine) as session:
            after = search(session, selection(ask), limit=HITS * (PAGE - 1), sort=kind.sort, orders=orders).after
    if kind.way == "deep page anew":
        orders = Orders()
    began, cpu_began = time.perf_counter(), time.process_time()
    with Session(engine) as session:
        if kind.way == "count":
            count(session, selection(ask))
        else:
            search(session, selection(ask), sort=kind.sort, after=after, orders=orders)
        if kind.way == "facets":
            tally(session, selection(ask)).timeline()
    return time.perf_counter() - began, time.process_time() - cpu_began


def beside(times: list[Times], path: Path, *, like: bool, datasette: bool) -> None:
    """Add the other programs' times."""
    if like:
        with elsewhere.like(path) as search_like:
            for one in times:
                one.others["LIKE"] = repeated(search_like, one.kind)
    if datasette:
        with elsewhere.datasette(path) as server:
            for one in times:
                one.others["Datasette"] = repeated(server.table, one.kind)
                if one.kind.way != "facets":
                    one.others["Datasette, SQL"] = repeated(server.sql, one.kind)


def repeated(search_there: Callable[[Kind, Ask], float], kind: Kind) -> list[float]:
    """Return the milliseconds of as many searches as there is time for."""
    taken: list[float] = []
    for ask in islice(kind.asks, 1, None):
        if len(taken) >= _AT_LEAST and sum(taken) > 1000 * _BUDGET_S:
            break
        taken.append(1000 * search_there(kind, ask))
    return taken


def show(title: str, times: list[Times]) -> None:
    """Print a table at once: the next one takes minutes."""
    print("\n".join([title, *table(times)]), flush=True)


def heading(size: int, database: str, rounds: int) -> str:
    """Return the table's heading."""
    try:
        beside_it = f", Datasette {version('datasette')}"
    except PackageNotFoundError:
        beside_it = ""
    programs = f"Python {platform.python_version()}, SQLAlchemy {version('sqlalchemy')}, {database}{beside_it}"
    return f"\n{size:,} articles, {ASKED} searches of a kind, of each the fastest of {rounds} rounds; ms; {programs}\n"


def table(times: list[Times]) -> list[str]:
    """The lines to print."""
    others = ("Datasette", "Datasette, SQL", "LIKE")
    present = [name for name in others if any(name in one.others for one in times)]
    ratios = [name for name in ("Datasette", "LIKE") if name in present]
    names = [
        "search",
        "found",
        "p50",
        "p95",
        "slowest",
        "CPU p95",
        "aim",
        *present,
        *(f"{name} / ours" for name in ratios),
    ]
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    for one in times:
        middle, most = np.percentile(one.ours, [50, 95])
        aim = "" if one.kind.aim is None else f"{'met' if most < one.kind.aim else 'missed'} (< {one.kind.aim})"
        cpu = np.percentile(one.cpu, 95)
        cells = [one.kind.name, f"{one.found:,}", *(f"{ms:.1f}" for ms in (middle, most, max(one.ours), cpu)), aim]
        cells += [_both(one.others.get(name)) for name in present]
        cells += [f"{np.median(one.others[name]) / middle:,.1f}" if name in one.others else "–" for name in ratios]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _both(taken: Sequence[float] | None) -> str:
    """The median and the slowest twentieth."""
    return "{:,.0f}, {:,.0f}".format(*np.percentile(taken, [50, 95])) if taken else "–"


if __name__ == "__main__":
    sys.exit(main())
