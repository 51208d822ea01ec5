"""``scrapy explain URL``: why a URL is stored as an article or not."""

import argparse

from cli.console import PantauCommand
from core.errors import UsageError


class Command(PantauCommand):
    """Prints the history of a URL or the state of a source."""

    def syntax(self) -> str:
        return "URL"

    def short_desc(self) -> str:
        return "Show a URL's history: its source, each decision and its reason"

    def long_desc(self) -> str:
        return (
            "Prints the sources that named the URL and when, each decision with its reason, the attempts and the time "
            "of the next one, and the outcome. Any spelling of the URL that means the same article will do. Times are "
            "UTC."
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:  # noqa: ARG002 - it has no options
        if len(args) != 1:
            raise UsageError("exactly one URL is needed; quote it, since shells treat & specially")
        from cli.article import print_history

        with self.open_for_reading() as session:
            print_history(session, args[0])
        return 0
