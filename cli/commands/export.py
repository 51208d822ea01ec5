"""``scrapy export``: the stored articles as JSON Lines, CSV, Parquet or a folder of plain texts."""

import argparse
import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from cli.console import PantauCommand
from cli.hits import print_remarks
from cli.selection_options import add_selection_options, read_selection
from core.errors import UsageError
from core.formatting import format_count
from search.export import (
    FORMATS,
    Format,
    export_records,
    replace_binary_file,
    replace_file,
    write_corpus,
    write_records,
)
from search.records import Record
from search.results import count

STDOUT = "-"
_SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}


class Command(PantauCommand):
    """Writes the articles selected, oldest stored first, and says how many they were."""

    def syntax(self) -> str:
        """How it is called."""
        return (
            "-o FILE|FOLDER [--format jsonl|csv|parquet|text] [--query QUERY] [--outlet NAME]… [--since DAY] "
            "[--until DAY]"
        )

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Export stored articles: JSON Lines, CSV, Parquet, plain texts"

    def long_desc(self) -> str:
        """What is written, and how."""
        return (
            "Writes every article selected with all its fields; the copies of one text are an article each, which "
            "story_id, first_in_story and similarity tell apart. A file is replaced when all is written and stays as "
            "it was if anything fails; '-' is standard output. In CSV, lists are joined by ' | ', and a text that a "
            "spreadsheet would run as a formula begins with an apostrophe. Parquet has moments in UTC and the zone "
            "beside them. `--format text -o FOLDER` writes a file for each article, OUTLET/2024-09-14-ID.txt, and "
            "manifest.csv with all other fields."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write; - for standard output")
        parser.add_argument("--format", choices=FORMATS, help="default: by FILE's suffix, and jsonl for -")
        parser.add_argument("--query", metavar="QUERY", help="only articles that `scrapy search QUERY` finds")
        add_selection_options(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Write."""
        if args:
            raise UsageError(f"{args[0]!r} is one argument too many; -o FILE says where to write, --query what")
        if not opts.output:
            raise UsageError("-o FILE is needed; -o - writes to standard output")
        form = _format(opts.output, opts.format)
        selection = read_selection(opts.query, opts, self.settings)
        with self.reading() as session:
            rows = export_records(session, selection)
            if _watched(opts.output):
                rows = _shown(rows, count(session, selection).with_copies)
            with closing(rows):
                written = _write_out(rows, form) if opts.output == STDOUT else _write(rows, form, Path(opts.output))
            print_remarks(session, selection, sys.stderr)
        print(f"{format_count(written, 'article')} written to {_named(opts.output)}", file=sys.stderr)
        return 0


def _format(output: str, asked: Format | None) -> Format:
    form = asked or ("jsonl" if output == STDOUT else _SUFFIXES.get(Path(output).suffix.lower()))
    if form is None:
        allowed = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        raise UsageError(f"{output}: the format cannot be told by the suffix; say --format {allowed}")
    if output == STDOUT and form == "text":
        raise UsageError("--format text makes a folder of files; -o FOLDER says where")
    if output == STDOUT and form == "parquet" and sys.stdout.isatty():
        raise UsageError("--format parquet is nothing to read on a terminal; write it to a file or a pipe")
    return form


def _write_out(rows: Iterable[Record], form: Format) -> int:
    if form == "parquet":
        return _write_parquet(rows, sys.stdout.buffer)
    return write_records(rows, "csv" if form == "csv" else "jsonl", sys.stdout)


def _write(rows: Iterable[Record], form: Format, path: Path) -> int:
    match form:
        case "text":
            return write_corpus(rows, path)
        case "parquet":
            with replace_binary_file(path) as binary:
                return _write_parquet(rows, binary)
        case "csv" | "jsonl":
            # Excel takes a CSV file for UTF-8 only if it begins with a byte order mark.
            with replace_file(path, "utf-8-sig" if form == "csv" else "utf-8") as stream:
                return write_records(rows, form, stream)


def _write_parquet(rows: Iterable[Record], stream: BinaryIO) -> int:
    from search.parquet import write_parquet

    return write_parquet(rows, stream)


def _watched(output: str) -> bool:
    """Whether somebody looks on, and sees something else than the articles themselves."""
    return sys.stderr.isatty() and not (output == STDOUT and sys.stdout.isatty())


def _shown(rows: Iterable[Record], total: int) -> Generator[Record, None, None]:
    """The records; a bar on standard error shows how many there were, and is gone at the end."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(rows, total=total)


def _named(output: str) -> str:
    return "standard output" if output == STDOUT else output
