"""``scrapy search``: list, count or chart matching articles."""

import argparse
from collections.abc import Sequence

from cli.console import PantauCommand
from cli.options import LIST_FORMATS, add_selection_options, positive, read_selection
from core.errors import UsageError
from search.choices import SORTS, STEPS


class Command(PantauCommand):
    """Prints the best hits and their number."""

    takes_dashes = True

    def syntax(self) -> str:
        return (
            "[QUERY] [--outlet NAME]… [--since DAY] [--until DAY] [--copies] [--sort relevance|newest|oldest|similarity"
            " [--limit N] [--after CURSOR] | --like-seeds | --like ID|URL|FILE | --count | "
            "--facets --timeline [day|week|month]] [--format table|json|jsonl|csv]"
        )

    def short_desc(self) -> str:
        return "Search the stored articles"

    def long_desc(self) -> str:
        return (
            "Finds articles by words in any of their Indonesian forms (pertemuan finds bertemu). Words side by side "
            "must all occur; AND, OR, NOT in capitals, -word, +word and parentheses combine them; '\"kerja sama\"' "
            "(in the shell, the double quotes inside single ones) finds words next to each other, near(wang, lavrov, "
            "10) words close to each other, diplom* words that begin so. title: author: section: outlet: lang: "
            "origin: story: date: and similarity: search fields, as in 'title:gempa date:2024-09 NOT outlet:antara'. "
            "Other names of what the query names are searched, too, and the answer lists them. The best hits come "
            "first, equal ones newest first. Of the copies of one text only the best hit is listed, with the number "
            "of copies and the first publisher; --copies lists all that match. Without a QUERY, the options alone "
            "select. json, jsonl and csv give the export record with rank, snippet, copies and outlets added; "
            "--count, --facets and --timeline give numbers in each of them."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_selection_options(parser)
        parser.add_argument("--copies", action="store_true", help="list every copy of a text, not only the best hit")
        parser.add_argument("--sort", choices=SORTS, help="default: relevance, and newest without words")
        parser.add_argument(
            "--like-seeds", action="store_true", help="sort by similarity to the seed corpus (--sort similarity)"
        )
        parser.add_argument(
            "--like", metavar="ID|URL|FILE", help="sort by similarity to this article or document, and show it"
        )
        parser.add_argument("--limit", metavar="N", type=positive, default=20, help="hits shown at most (default: 20)")
        parser.add_argument("--after", metavar="CURSOR", help="show the next page; the page before printed its CURSOR")
        parser.add_argument("--count", action="store_true", help="print only the exact number of hits")
        parser.add_argument(
            "--facets", action="store_true", help="print only the hits by outlet, section, author and language"
        )
        parser.add_argument(
            "--timeline", metavar="day|week|month", nargs="?", const=True, type=_step,
            help="print only the hits by day, week or month; without a value, by what fits",
        )  # fmt: skip
        parser.add_argument("--format", choices=LIST_FORMATS, default="table", help="output format (default: table)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        _check(args, opts)
        from cli.hits import print_answer

        selection = read_selection(" ".join(args) if args else None, opts, self.settings)
        with self.open_for_reading() as session:
            print_answer(session, selection, opts, self.settings)
        return 0


def _check(args: Sequence[str], opts: argparse.Namespace) -> None:
    narrowed = (opts.outlet, opts.section, opts.author, opts.lang, opts.since, opts.until)
    numbers = [name for name in ("count", "facets", "timeline") if getattr(opts, name)]
    lists = [name for name in ("after", "sort", "like_seeds") if getattr(opts, name)]
    if not (args or any(narrowed) or numbers or lists or opts.like):
        raise UsageError("missing QUERY, e.g. scrapy search 'Rusia AND (Tiongkok OR Beijing)'")
    if opts.like and (numbers or lists):
        raise UsageError(f"--like cannot be combined with --{_option([*numbers, *lists])}")
    if numbers and lists:
        raise UsageError(f"--{_option(lists)} cannot be combined with --{numbers[0]}: it sorts lists")
    if opts.count and len(numbers) > 1:
        raise UsageError(f"--count cannot be combined with --{numbers[1]}, which prints the number, too; leave it out")
    if opts.format == "csv" and len(numbers) > 1:
        raise UsageError("--format csv has room for one table: use either --facets or --timeline")
    if opts.like_seeds and opts.sort not in {None, "similarity"}:
        raise UsageError(f"--like-seeds cannot be combined with --sort {opts.sort}: it sorts by similarity")


def _option(names: Sequence[str]) -> str:
    return names[0].replace("_", "-")


def _step(value: str) -> str:
    if value not in STEPS:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not {', '.join(STEPS[:-1])} or {STEPS[-1]}; write the QUERY before --timeline"
        )
    return value
