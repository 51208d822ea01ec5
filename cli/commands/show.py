"""``scrapy show``: one article with all its fields."""

import argparse

from cli.console import PantauCommand
from core.errors import UsageError


class Command(PantauCommand):
    """Prints an article by its id or any of its addresses."""

    def syntax(self) -> str:
        return "ID|URL [--copies] [--revisions] [--format text|json]"

    def short_desc(self) -> str:
        return "Show a stored article with all its fields"

    def long_desc(self) -> str:
        return (
            "Shows one article: its text, and where and when each field was found. URL may be any address of it "
            "(mobile, AMP, with tracking parameters). --copies lists the articles that carry its text, in order of "
            "publication, with their lag, their similarity to the first, and the paragraphs that differ from the "
            "first's: + stands in the copy only, - in the first only, ~ in both with other words. --revisions lists "
            "its versions with what each changed. json prints the export record, with copies and revisions added."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--copies", action="store_true", help="show the text's other articles and their changes")
        parser.add_argument("--revisions", action="store_true", help="show the article's versions and their changes")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) != 1:
            raise UsageError("one ID or URL is needed; `scrapy search` shows the ids")
        from cli.article import print_article

        with self.open_for_reading() as session:
            print_article(session, args[0], opts)
        return 0
