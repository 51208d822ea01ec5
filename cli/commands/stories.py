"""``scrapy stories``: the texts that several outlets published, by reach."""

import argparse

from cli.console import PantauCommand
from cli.options import LIST_FORMATS, add_alias_option, positive, read_selection
from core.errors import UsageError
from core.periods import ALLOWED

_MIN_OUTLETS = 2


class Command(PantauCommand):
    """Prints the stories with the widest reach."""

    def syntax(self) -> str:
        return (
            "[--since DAY] [--until DAY] [--min-outlets N] [--query QUERY] [--outlet NAME]… [--limit N] "
            "[--format table|json|jsonl|csv]"
        )

    def short_desc(self) -> str:
        return "List stories by reach: who published first, who copied and when"

    def long_desc(self) -> str:
        return (
            "A story is all the articles that carry one text, as it is or edited. Stories with most outlets come "
            "first, then those with most articles, then the newest; each with its first publisher, and the outlets in "
            "the order in which they had it with their lag. --since and --until go by a story's first publication: "
            "one whose articles are all undated is in no period. `scrapy show ID --copies` shows what was changed. "
            "json and jsonl give each story with all its articles, csv a row for each article; lags are in seconds, "
            "and unknown where a time of day is."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--since", metavar="DAY", help=f"first published then or later, Jakarta's clock: {ALLOWED}")
        parser.add_argument("--until", metavar="DAY", help="first published before the end of that day, month or year")
        parser.add_argument(
            "--min-outlets", metavar="N", type=positive, default=_MIN_OUTLETS,
            help=f"published by at least N outlets (default: {_MIN_OUTLETS})",
        )  # fmt: skip
        parser.add_argument("--query", metavar="QUERY", help="with an article that `scrapy search QUERY` finds")
        parser.add_argument(
            "--outlet", metavar="NAME", action="append", default=[], help="with an article of this outlet (repeatable)"
        )
        add_alias_option(parser)
        parser.add_argument("--limit", metavar="N", type=positive, default=20, help="stories at most (default: 20)")
        parser.add_argument("--format", choices=LIST_FORMATS, default="table", help="output format (default: table)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise UsageError(f"unexpected argument {args[0]!r}; give words by --query QUERY")
        from cli.stories import print_stories

        selection = read_selection(opts.query, opts, self.settings)
        with self.open_for_reading() as session:
            print_stories(session, selection, opts)
        return 0
