"""``scrapy crawl NAME``: fetch what is newer than what we hold of one outlet."""

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.arguments import read_arguments
from crawler.console import FAILED, INTERRUPTED, checked_settings
from crawler.errors import PantauError, UsageError
from crawler.options import check_arguments

if TYPE_CHECKING:
    from crawler.run import CrawlRun

_FINISHED = "finished"  # Scrapy's close reason; "shutdown" after Ctrl-C, none when that came before the start


class Command(ScrapyCrawl):
    """Scrapy's own command, with our run around it and a summary behind it."""

    def syntax(self) -> str:
        """How it is called."""
        return "NAME [-a since=2024-09-01|7d|seeds] [-a until=2024-09-30] [-a limit=100]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Fetch an outlet's new articles into the database"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read Scrapy's options; wrong values end the program with status 2."""
        assert self.settings
        before = self.settings.copy()
        super().process_options(args, opts)
        checked_settings(before, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, then say what became of it; exit status 1 when something failed."""
        # Scrapy imports every command for any; what only a crawl needs would cost each search 0.4 s.
        from crawler.run import open_run  # noqa: PLC0415

        name = _one_outlet(args)
        assert self.crawler_process
        assert self.settings
        crawler = self.crawler_process.create_crawler(name)
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
            self.exitcode = FAILED
            print(f"scrapy crawl: {error}", file=sys.stderr)
            return
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED
            return
        self.exitcode = int(bool(run.failures or run.fatal))
        for line in summary(run, requests, datetime.now(UTC)):
            print(line)


def _one_outlet(args: list[str]) -> str:
    try:
        names = check_arguments(args, "crawl")
    except UsageError as error:
        raise ScrapyUsageError(str(error), print_help=False) from error
    if len(names) != 1:
        raise ScrapyUsageError("one outlet is needed: scrapy crawl NAME; `scrapy list` names them", print_help=False)
    return names[0]


def summary(run: "CrawlRun", requests: int, now: datetime) -> list[str]:
    """The lines that end a crawl; the last one says what failed, if anything did."""
    seconds = (now - run.started_at).total_seconds()
    since = run.boundary.since.astimezone(run.outlet.zone) if run.boundary.since else None
    effort = f"since {since:%Y-%m-%d %H:%M}, {requests} requests, {seconds:.0f} s"
    lines = [f"{run.outlet.name}: {_counted(run.counts) or 'nothing new'} ({effort})"]
    if run.close_reason != _FINISHED and not run.fatal:
        lines.append("stopped before the end: what is pending is fetched by the next run")
    if run.fatal:
        lines.append(f"ended early: {run.fatal}")
    elif run.failures:
        others = f" (and {len(run.failures) - 1} more; `scrapy explain URL` tells)" if len(run.failures) > 1 else ""
        lines.append(f"failed: {run.failures[0]}{others}")
    return lines


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items(), key=lambda pair: -pair[1]))
