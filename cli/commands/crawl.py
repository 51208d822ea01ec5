"""``scrapy crawl NAME``: fetch the new articles of one outlet."""

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from cli.console import FAILED, INTERRUPTED, CheckedCommand, print_notices
from cli.options import check_arguments, read_crawl_arguments
from core.errors import PantauError, UsageError
from core.formatting import format_count

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.resources import Resources
    from crawler.run import CrawlRun
    from crawler.run_options import CrawlArguments
    from crawler.spiders.news import NewsSpider
    from outlets.schema import Outlet

_SHOWN = 20  # failures in the summary; the ledger has them all
_FINISHED = "finished"


class Command(CheckedCommand, ScrapyCrawl):
    """Scrapy's own command within a run of ours, with a summary."""

    def syntax(self) -> str:
        return "NAME [-a since=2024-09-01|7d|seeds] [-a until=2024-09-30] [-a limit=100]"

    def short_desc(self) -> str:
        return "Fetch an outlet's new articles into the database"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        name = _one_outlet(args)
        print_notices()
        from crawler import workers

        workers.start_server(workers.PRELOAD)  # it takes as long to get ready as our own imports, which follow
        from crawler.resources import open_resources
        from pipelines.backfill import make_ready

        assert self.crawler_process
        assert self.settings
        crawler = self.crawler_process.create_crawler(name)
        outlet = crawler.spidercls.outlet  # type: ignore[attr-defined]  # every spider here is a NewsSpider
        try:
            arguments = read_crawl_arguments(opts.spargs, outlet.zone, datetime.now(UTC))
            with open_resources(self.settings) as resources:
                make_ready(resources)
                workers.tune_garbage_collector()
                run = self._crawl(crawler, resources, outlet, arguments)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from error
        except PantauError as error:
            self.exitcode = FAILED
            print(f"scrapy crawl: {error}", file=sys.stderr)
            return
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED
            return
        if run is None:  # interrupted before it began
            self.exitcode = INTERRUPTED
            return
        self.exitcode = _status(run)
        for line in summary(run, datetime.now(UTC)):
            print(line)

    def _crawl(
        self, crawler: "Crawler", resources: "Resources", outlet: "Outlet", arguments: "CrawlArguments"
    ) -> "CrawlRun | None":
        from crawler.run_lifecycle import OpenRun, crawl_outlet_once

        opened: list[OpenRun] = []
        errors: list[PantauError] = []

        async def work(spider: "NewsSpider") -> None:
            try:
                await crawl_outlet_once(resources, outlet, spider, arguments, on_open=opened.append)
            except PantauError as error:  # Scrapy would log its traceback
                errors.append(error)

        assert self.crawler_process
        self.crawler_process.crawl(crawler, work=work)
        self.crawler_process.start()
        if errors:
            raise errors[0]
        for open_run in opened:
            open_run.close_blocking()
        return opened[0].run if opened else None


def _one_outlet(args: list[str]) -> str:
    try:
        names = check_arguments(args, "crawl")
    except UsageError as error:
        raise ScrapyUsageError(str(error), print_help=False) from error
    if len(names) != 1:
        raise ScrapyUsageError("exactly one NAME is needed; `scrapy list` shows the outlets", print_help=False)
    return names[0]


def _status(run: "CrawlRun") -> int:
    if run.fatal or run.failures:
        return FAILED
    return 0 if run.state == _FINISHED else INTERRUPTED


def summary(run: "CrawlRun", now: datetime) -> list[str]:
    """Format the summary of a crawl; the last line names failures."""
    seconds = (now - run.started_at).total_seconds()
    since = run.boundary.since.astimezone(run.outlet.zone) if run.boundary.since else None
    effort = f"since {since:%Y-%m-%d %H:%M}, {run.measures.requests} requests, {seconds:.0f} s"
    lines = [f"{run.outlet.name}: {_counted(run.counts) or 'nothing new'} ({effort})"]
    if looked := run.recheck_counts.total():
        lines.append(f"  looked again at {looked} stored article{'s' * (looked > 1)}: {_counted(run.recheck_counts)}")
    if run.failures and not run.fatal:
        lines += [f"  {failure}" for failure in run.failures[:_SHOWN]]
        more = len(run.failures) - _SHOWN
        lines += [f"  and {more} more"] if more > 0 else []
    if run.state is None and not run.fatal:
        lines.append("stopped before the end: the next run fetches the pending URLs")
    if run.fatal:
        lines.append(f"ended early: {run.fatal}")
    elif run.failures:
        failures = format_count(len(run.failures), "failure")
        lines.append(f"{failures} (`scrapy explain URL` shows the history): {run.failures[0]}")
    return lines


def _counted(counts: Counter[str]) -> str:
    return ", ".join(
        f"{number} {outcome}" for outcome, number in sorted(counts.items(), key=lambda pair: -pair[1]) if number
    )
