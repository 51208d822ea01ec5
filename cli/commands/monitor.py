"""``scrapy monitor``: crawl every due outlet in one process."""

import argparse
import os
import resource
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError

from cli.console import FAILED, INTERRUPTED, CheckedCommand, harmless, print_notices
from cli.options import check_arguments
from core.errors import MonitorBusyError, PantauError, UsageError
from core.formatting import format_count
from core.periods import ALLOWED, read_duration, read_period

if TYPE_CHECKING:
    from cli.monitor.live import View
    from crawler.monitor.coordinator import Plan
    from crawler.resources import Resources
    from database.locks import Locks
    from health.round_report import RoundReport

_WAIT_S = 2.0  # between two attempts to get the lock
# An outlet has a lock file and up to three connections; some stay open for a while.
_FILES_AN_OUTLET, _FILES_BESIDE = 6, 400


class Command(CheckedCommand):
    """Crawls many outlets in one engine."""

    requires_project = True

    def syntax(self) -> str:
        return "[OUTLET…] [--group G] [--since DAY] [--for 30m] [--now] [--daemon] [--wait] [--quiet]"

    def short_desc(self) -> str:
        return "Crawl every due outlet, send alerts, report problems"

    def long_desc(self) -> str:
        return (
            "Crawls all active outlets with something due, in one process, then notifies the watchlists' readers, and "
            "the operator of outlets that need attention. How often a source is due is learned from what it publishes. "
            "Ends with a summary and a report in DATA_DIR/reports. Exit status 1: something needs attention. Start it "
            "from cron or systemd every ten minutes, or once a day, or with --daemon: docs/operations.md"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--group", metavar="G", action="append", default=[], help="only outlets of this group (repeatable)"
        )
        parser.add_argument("--since", metavar="DAY", help=f"at every source, look back to: {ALLOWED}")
        parser.add_argument("--for", metavar="TIME", dest="budget", help="end after this time, e.g. 30m, 2h")
        parser.add_argument("--now", action="store_true", help="poll every source, due or not")
        parser.add_argument("--daemon", action="store_true", help="go on until a signal")
        parser.add_argument("--wait", action="store_true", help="wait for another monitor of this database to end")
        parser.add_argument("--quiet", action="store_true", help="print only what needs attention")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        print_notices()
        try:
            plan = self._plan(args, opts)
            self._monitor(plan, opts)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from error
        except MonitorBusyError as error:
            if not opts.quiet:
                print(f"scrapy monitor: {error}; nothing to do here (--wait waits for it)")
        except PantauError as error:
            self.exitcode = FAILED
            print(f"scrapy monitor: {error}", file=sys.stderr)
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED

    def _plan(self, args: list[str], opts: argparse.Namespace) -> "Plan":
        names = check_arguments(args, "monitor")
        from crawler.workers import PRELOAD, start_server

        start_server(PRELOAD)  # it takes as long to get ready as our own imports, which follow
        from crawler.monitor.coordinator import AT_ONCE, Plan
        from outlets.registry import Registry, choose_outlets

        assert self.settings
        since, _ = read_period(opts.since, None, datetime.now(UTC))
        budget = read_duration("--for", opts.budget) if opts.budget else None
        if opts.daemon and (budget or since):
            raise UsageError("--daemon has no end: it cannot be combined with --for or --since")
        outlets = choose_outlets(Registry.from_settings(self.settings["OUTLET_PATHS"]), names, opts.group)
        return Plan(outlets, since, opts.now, budget, opts.daemon, at_once=min(AT_ONCE, _outlets_at_once(len(outlets))))

    def _monitor(self, plan: "Plan", opts: argparse.Namespace) -> None:
        from cli.monitor.live import open_view
        from crawler import workers
        from crawler.monitor.coordinator import Coordinator
        from crawler.resources import open_resources
        from crawler.spiders.news import NewsSpider
        from pipelines.backfill import make_ready

        assert self.settings
        assert self.crawler_process
        until = datetime.now(UTC) + plan.budget if plan.budget else None
        with open_resources(self.settings) as resources, ExitStack() as stack:
            _enter(stack, resources.locks, wait=opts.wait)
            make_ready(resources)
            workers.tune_garbage_collector()
            with open_view(until, quiet=opts.quiet) as view:
                ended = partial(self._ended, resources, opts, view)
                coordinator = Coordinator(resources, plan, view.update, ended)
                self.crawler_process.crawl(NewsSpider, work=coordinator.work)
                self.crawler_process.start()
                report = coordinator.close()
                view.update(report)
            ended(report)
            self.exitcode = _status(report, self.exitcode, daemon=plan.daemon)

    def _ended(
        self,
        resources: "Resources",
        opts: argparse.Namespace,
        view: "View",
        report: "RoundReport",
    ) -> None:
        from alerts.delivery import notify_after_round
        from cli.monitor.report import print_summary, write_report

        assert self.settings
        now, file, failed = datetime.now(UTC), None, []
        try:
            if report.outlets:
                file = write_report(report, Path(self.settings["DATA_DIR"]) / "reports", now)
        except OSError as error:
            failed.append(f"the report was not written: {error.strerror}")
        if report.state != "failed":
            failed += notify_after_round(self.settings, resources.engine, os.environ, now)
        if opts.daemon and not _eventful(report):
            return
        if not report.outlets and report.state == "finished":
            if not opts.quiet:
                print(f"nothing is due at {format_count(report.not_due, 'outlet')}")
        else:
            print_summary(report, now, quiet=opts.quiet, listed=view.listed, file=file)
        for line in failed:
            self.exitcode = FAILED
            print(f"scrapy monitor: {harmless(line)}", file=sys.stderr)
        sys.stdout.flush()


def _enter(stack: ExitStack, locks: "Locks", *, wait: bool) -> None:
    while True:
        try:
            stack.enter_context(locks.monitor())
        except MonitorBusyError:
            if not wait:
                raise
            time.sleep(_WAIT_S)
        else:
            return


def _eventful(report: "RoundReport") -> bool:
    return (
        report.failed
        or bool(report.cleared)
        or any(outlet.new or outlet.updated or outlet.failed for outlet in report.outlets)
    )


def _status(report: "RoundReport", before: int, *, daemon: bool) -> int:
    if report.state == "failed":
        return FAILED
    if daemon:
        return 0
    if report.state == "stopped" and report.message is None:
        return INTERRUPTED
    return FAILED if report.failed else before


def _outlets_at_once(outlets: int) -> int:
    """Raise the limit of open files; return how many outlets fit in it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = _FILES_BESIDE + _FILES_AN_OUTLET * outlets
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, (soft - _FILES_BESIDE) // _FILES_AN_OUTLET)
