"""Actions of ``scrapy database``; each returns the exit status."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from sqlalchemy import Engine

from cli.console import FAILED, harmless
from core.errors import PantauError, UsageError
from core.formatting import format_count, iso_time
from core.periods import HOME
from database.admin.backup import back_up, check_backup, restore_backup
from database.admin.check import NEWEST_PERIODS, SAMPLE, Depth, Problem, check_pages, check_rows, check_words
from database.admin.copy import TableComparison, copy_database
from database.admin.pg_tools import dumped_tables, is_dump
from database.admin.prune import Ages, PruneResult, prune, prune_files, vacuum
from database.admin.rows import TABLES
from database.admin.statistics import DatabaseStatistics, read_statistics
from database.engine import engine_as_it_is, open_database, parse_url, reading
from database.errors import display_url, translate_errors
from database.upgrade import newest_revision
from pipelines.fingerprint import can_link

# Called with the name of the work, the amount done and the total.
Progress = Callable[[str, int, int], None]
_MB, _GB = 1e6, 1e9


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on stderr: bars on a terminal, else a line per step."""
    if not sys.stderr.isatty():
        yield _told_when_done
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what)
            bars.update(tasks[what], completed=done, total=whole, visible=bool(whole))

        yield advance


def _told_when_done(what: str, done: int, whole: int) -> None:
    if whole and done >= whole:
        print(f"{what}: {done:,}", file=sys.stderr, flush=True)


def statistics_lines(statistics: DatabaseStatistics) -> Iterator[str]:
    yield f"{statistics.where}: {statistics.kind}, schema {statistics.revision}"
    room = "" if statistics.free is None else f", {size_of(statistics.free)} free on its disk"
    yield f"size: {size_of(statistics.bytes)}{room}"
    yield ", ".join(f"{name} {number:,}" for name, number in statistics.rows.items())
    yield f"newest article: {_moment(statistics.newest_at) if statistics.newest_at else 'none with a date'}"
    for outlet, at in statistics.open_runs:
        yield f"not ended: {'a round of the monitor' if outlet is None else outlet}, begun {_moment(at)}"
    for holder in statistics.held:
        yield f"at work: {holder}"


def problem_line(problem: Problem) -> str:
    example = harmless(" ".join(problem.example.split()))
    return f"{problem.wrong}: {problem.count:,}, e.g. {example} ({problem.advice})"


def comparison(tables: Sequence[TableComparison]) -> Iterator[str]:
    """Format each table's rows and checksums on both sides."""
    yield f"{'table':20}{'rows':>12}{'rows there':>12}  checksum"
    for one in tables:
        check = one.source.digest if one.same else f"{one.source.digest} and {one.target.digest}: DIFFERENT"
        yield f"{one.table:20}{one.source.rows:>12,}{one.target.rows:>12,}  {check}"


def pruned_line(pruned: PruneResult, *, dry_run: bool) -> str:
    size = "" if pruned.bytes is None else f" ({size_of(pruned.bytes)})"
    return f"{pruned.what}: {pruned.number:,}{size} {'would go' if dry_run else 'deleted'}"


def size_of(size: int) -> str:
    """Format a size: "12.3 MB"."""
    return f"{size / _GB:,.1f} GB" if size >= _GB else f"{size / _MB:,.1f} MB"


def rows_in_short(rows: dict[str, int]) -> str:
    """Format row counts: "1,200 articles, 3,400 URLs"."""
    return f"{format_count(rows.get('articles', 0), 'article')}, {format_count(rows.get('urls', 0), 'URL')}"


def _moment(at: datetime) -> str:
    return iso_time(at, HOME.key)


def print_info(url: str) -> int:
    with _opened(url, read_only=True) as engine, translate_errors(engine.url):
        for line in statistics_lines(read_statistics(engine)):
            print(line)
    return 0


def back_up_to(url: str, file: Path, *, force: bool) -> int:
    with _opened(url, read_only=True) as engine, progress() as tell:
        made = back_up(engine.url, file, force=force, progress=lambda done, whole: tell("pages", done, whole))
    # Only pg_restore could read the rest of a server's backup.
    held = f"{rows_in_short(made.rows)}; it was read again and is whole" if made.rows else "it lists all tables"
    print(f"{made.file}: {size_of(made.bytes)}, {held}")
    return 0


def check_database(url: str, *, quick: bool, full: bool) -> int:
    with _opened(url, read_only=True) as engine:
        pages: Iterator[Problem] = iter(())
        if engine.dialect.name == "sqlite":
            file = Path(engine.url.database or "")
            alone = not os.access(file.absolute().parent, os.W_OK) and not _has_log(file)
            pages = check_pages(file, immutable=alone, quick=quick)
        found = _tell_problems(chain(pages, check_rows(engine, Depth(can_link, full=full))))
    if full:
        with _opened(url, read_only=False) as engine:
            found += _tell_problems(check_words(engine))
    return _judged(found, display_url(engine.url), full=full)


def check_backup_file(file: Path, *, quick: bool, full: bool) -> int:
    """Check a backup, which has no writers."""
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    if is_dump(file):
        return _check_dump(file)
    alone = not _has_log(file)
    if found := _tell_problems(check_pages(file, immutable=alone, quick=quick)):
        return _judged(found, str(file), full=full)
    revision = check_backup(file)
    if revision != newest_revision():
        print(f"{file} is whole (schema {revision}: what its rows must fulfil can be asked once it is restored)")
        return 0
    engine = engine_as_it_is(f"sqlite:///{file.absolute()}", immutable=alone)
    try:
        found = _tell_problems(check_rows(reading(engine), Depth(can_link, full=full)))
    finally:
        engine.dispose()
    return _judged(found, str(file), full=full)


def restore_from(url: str, file: Path, now: datetime) -> int:
    address = parse_url(url)
    done = restore_backup(address, file, now)
    print(f"{display_url(address)} now holds what {file} does (schema {done.revision})")
    if done.aside is not None:
        print(f"what was there before is {done.aside}: delete it when you need it no more")
    print("the next crawls fetch what is newer than that; `scrapy database info` shows what is there")
    return 0


def copy_to(url: str, target: str, *, anew: bool) -> int:
    """Copy everything to another database; 1 if the two differ."""
    with _opened(url, read_only=False) as engine, progress() as tell:
        copied = copy_database(engine, target, tell, anew=anew)
    for line in comparison(copied.tables):
        print(line)
    where = display_url(parse_url(target))
    if not copied.same:
        raise PantauError(f"{where} does not hold the same, and stays an unfinished copy: --anew begins again")
    if nuls := sum(one.source.nuls - one.target.nuls for one in copied.tables):
        print(f"texts with NUL, which PostgreSQL cannot hold, have U+FFFD instead there: {nuls:,}")
    print(f"{where} holds the same as {display_url(engine.url)}: name it in DATABASE_URL from now on")
    return 0


def prune_database(url: str, data: Path, ages: Ages, now: datetime, *, dry_run: bool, vacuumed: bool) -> int:
    with _opened(url, read_only=dry_run) as engine:
        done = prune(engine, ages, now, dry_run=dry_run)
        for pruned in chain(done, prune_files(data, ages, now, dry_run=dry_run)):
            print(pruned_line(pruned, dry_run=dry_run))
        if vacuumed and not dry_run:
            vacuum(engine)
    return 0


@contextmanager
def _opened(url: str, *, read_only: bool) -> Iterator[Engine]:
    engine = open_database(url, read_only_ok=read_only)
    try:
        yield engine
    finally:
        engine.dispose()


def _has_log(file: Path) -> bool:
    return Path(f"{file}-wal").exists()


def _check_dump(file: Path) -> int:
    missing = sorted({table.name for table in TABLES} - dumped_tables(file))
    if missing:
        print(problem_line(Problem("tables are not in it", len(missing), missing[0], "make another backup")))
        return FAILED
    print(f"{file} lists all tables; whether the rest of it can be read is known when it is restored")
    return 0


def _tell_problems(problems: Iterator[Problem]) -> int:
    found = 0
    for problem in problems:
        print(problem_line(problem), flush=True)
        found += 1
    return found


def _judged(found: int, where: str, *, full: bool) -> int:
    if found:
        print(f"scrapy database: {where}: something is wrong, see above", file=sys.stderr)
        return FAILED
    sampled = f" (read of texts: {SAMPLE:,}; of bands: the newest {NEWEST_PERIODS} periods'; --full reads all)"
    print(f"{where} is whole{'' if full else sampled}")
    return 0
