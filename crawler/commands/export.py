"""``scrapy export``: the stored articles as JSON Lines or CSV."""

import argparse
import sys
from pathlib import Path

from crawler.console import PantauCommand
from crawler.errors import UsageError
from crawler.narrowing import add_selection_options, read_selection
from database.export import FORMATS, Format, exported, replacing, write

STDOUT = "-"
_SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}


class Command(PantauCommand):
    """Writes the articles selected, oldest stored first, and says how many they were."""

    def syntax(self) -> str:
        """How it is called."""
        return "-o FILE [--format jsonl|csv] [--query QUERY] [--outlet NAME]… [--since DAY] [--until DAY]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Export stored articles as JSON Lines or CSV"

    def long_desc(self) -> str:
        """What is written, and how."""
        return (
            "Writes every article selected with all its fields; the copies of one text are an article each, which "
            "story_id, first_in_story and similarity tell apart. A file is replaced when all is written and stays as "
            "it was if anything fails; '-' is standard output. In CSV, lists are joined by ' | ', and a text that a "
            "spreadsheet would run as a formula begins with an apostrophe."
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
        selection = read_selection(opts.query, opts)
        with self.reading() as session:
            rows = exported(session, selection)
            if opts.output == STDOUT:
                count = write(rows, form, sys.stdout)
            else:
                # Excel takes a CSV file for UTF-8 only if it begins with a byte order mark.
                with replacing(Path(opts.output), "utf-8-sig" if form == "csv" else "utf-8") as stream:
                    count = write(rows, form, stream)
        print(f"{count:,} article{'' if count == 1 else 's'} written to {_named(opts.output)}", file=sys.stderr)
        return 0


def _format(output: str, asked: Format | None) -> Format:
    known = asked or ("jsonl" if output == STDOUT else _SUFFIXES.get(Path(output).suffix.lower()))
    if known is None:
        raise UsageError(f"{output}: the format cannot be told by the suffix; say --format jsonl or --format csv")
    return known


def _named(output: str) -> str:
    return "standard output" if output == STDOUT else output
