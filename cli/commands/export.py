"""``scrapy export``: the stored articles as files."""

import argparse
import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cli.console import PantauCommand
from cli.options import add_selection_options, read_selection
from core.errors import UsageError
from core.formatting import format_count
from search.choices import FORMATS, Format

if TYPE_CHECKING:
    from search.records import Record

STDOUT = "-"
_SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}


class Command(PantauCommand):
    """Writes the selected articles, oldest stored first."""

    def syntax(self) -> str:
        return (
            "-o FILE|FOLDER [--format jsonl|csv|parquet|text] [--query QUERY] [--outlet NAME]… [--since DAY] "
            "[--until DAY]"
        )

    def short_desc(self) -> str:
        return "Export stored articles: JSON Lines, CSV, Parquet, plain texts"

    def long_desc(self) -> str:
        return (
            "Writes every article selected with all its fields; the copies of one text are an article each, which "
            "story_id, first_in_story and similarity distinguish. A file is replaced when all is written and stays as "
            "it was if anything fails; '-' is standard output. In CSV, lists are joined by ' | ', and a text that a "
            "spreadsheet would run as a formula begins with an apostrophe. Parquet has moments in UTC and the zone "
            "beside them. `--format text -o FOLDER` writes a file for each article, OUTLET/2024-09-14-ID.txt, and "
            "manifest.csv with all other fields."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write; - for standard output")
        parser.add_argument("--format", choices=FORMATS, help="default: by FILE's suffix, and jsonl for -")
        parser.add_argument("--query", metavar="QUERY", help="only articles that `scrapy search QUERY` finds")
        add_selection_options(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise UsageError(f"unexpected argument {args[0]!r}; give the file by -o FILE, words by --query QUERY")
        if not opts.output:
            raise UsageError("missing -o FILE; -o - writes to standard output")
        form = _format(opts.output, opts.format)
        from cli.hits import print_remarks
        from search.export import export_records
        from search.results import count

        selection = read_selection(opts.query, opts, self.settings)
        with self.open_for_reading() as session:
            rows = export_records(session, selection)
            if _shows_progress(opts.output):
                rows = _with_progress(rows, count(session, selection).with_copies)
            with closing(rows):
                written = _write_out(rows, form) if opts.output == STDOUT else _write(rows, form, Path(opts.output))
            print_remarks(session, selection, sys.stderr)
        target = "standard output" if opts.output == STDOUT else opts.output
        print(f"{format_count(written, 'article')} written to {target}", file=sys.stderr)
        return 0


def _format(output: str, asked: Format | None) -> Format:
    form = asked or ("jsonl" if output == STDOUT else _SUFFIXES.get(Path(output).suffix.lower()))
    if form is None:
        allowed = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        raise UsageError(f"{output}: the suffix is no known format; add --format {allowed}")
    if output == STDOUT and form == "text":
        raise UsageError("--format text writes a folder of files; name it with -o FOLDER")
    if output == STDOUT and form == "parquet" and sys.stdout.isatty():
        raise UsageError("--format parquet is binary; write it to a file or a pipe, not to the terminal")
    return form


def _write_out(rows: "Iterable[Record]", form: Format) -> int:
    from search.export import write_records

    if form == "parquet":
        return _write_parquet(rows, sys.stdout.buffer)
    return write_records(rows, "csv" if form == "csv" else "jsonl", sys.stdout)


def _write(rows: "Iterable[Record]", form: Format, path: Path) -> int:
    from search.export import replace_binary_file, replace_file, write_corpus, write_records

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


def _write_parquet(rows: "Iterable[Record]", stream: BinaryIO) -> int:
    from search.parquet import write_parquet

    return write_parquet(rows, stream)


def _shows_progress(output: str) -> bool:
    return sys.stderr.isatty() and not (output == STDOUT and sys.stdout.isatty())


def _with_progress(rows: "Iterable[Record]", total: int) -> "Generator[Record, None, None]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(rows, total=total)
