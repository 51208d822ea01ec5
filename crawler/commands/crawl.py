"""``scrapy crawl NAME``: fetch what is newer than what we hold of one outlet."""

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.arguments import read_arguments
from crawler.errors import PantauError, UsageError
from crawler.run import CrawlRun, open_run

_INTERRUPTED = "shutdown"  # Scrapy's close reason after Ctrl-C


class Command(ScrapyCrawl):
    """Scrapy's own command, with our run around it and a summary behind it."""

    def syntax(self) -> str:
        """How it is called."""
        return "NAME [-a since=2024-09-01|7d|seeds] [-a until=2024-09-30] [-a limit=100]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Fetch an outlet's new articles into the database"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, then say what became of it; exit status 1 when something failed."""
        if len(args) != 1:
            raise ScrapyUsageError(
                "one outlet is needed: scrapy crawl NAME; `scrapy list` names them", print_help=False
            )
        assert self.crawler_process
        assert self.settings
        crawler = self.crawler_process.create_crawler(args[0])
        outlet = crawler.spidercls.outlet  # type: ignore[attr-defined]  # every spider here is a NewsSpider
        try:
            arguments = read_arguments(opts.spargs, outlet.zone, datetime.now(UTC))
            with open_run(self.settings, outlet, arguments) as run:
                self.crawler_process.crawl(crawler, run=run)
                self.crawler_process.start()
                requests = crawler.stats.get_value("downloader/request_count", 0)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from error
        except PantauError as error:
            self.exitcode = 1
            print(error, file=sys.stderr)
            return
        self.exitcode = int(bool(run.failures or run.fatal))
        for line in summary(run, requests, datetime.now(UTC)):
            print(line)


def summary(run: CrawlRun, requests: int, now: datetime) -> list[str]:
    """The lines that end a crawl; the last one says what failed, if anything did."""
    seconds = (now - run.started_at).total_seconds()
    since = run.boundary.since.astimezone(run.outlet.zone) if run.boundary.since else None
    effort = f"since {since:%Y-%m-%d %H:%M}, {requests} requests, {seconds:.0f} s"
    lines = [f"{run.outlet.name}: {_counted(run.counts) or 'nothing new'} ({effort})"]
    if run.close_reason == _INTERRUPTED:
        lines.append("stopped before the end: what is pending is fetched by the next run")
    if run.fatal:
        lines.append(f"ended early: {run.fatal}")
    elif run.failures:
        others = f" (and {len(run.failures) - 1} more; `scrapy explain URL` tells)" if len(run.failures) > 1 else ""
        lines.append(f"failed: {run.failures[0]}{others}")
    return lines


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items(), key=lambda pair: -pair[1]))
