"""``scrapy monitor``: crawl every outlet that is due, in one process, and say what became of it."""

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

from cli.console import FAILED, INTERRUPTED, CheckedCommand, harmless, tell_notices
from cli.options import check_arguments
from core.errors import MonitorBusyError, PantauError, UsageError
from core.formatting import format_count
from core.periods import ALLOWED, read_duration, read_period
from crawler import workers
from crawler.workers import PRELOAD, start_server
from outlets.registry import Registry

if TYPE_CHECKING:
    from cli.monitor.live import View
    from crawler.monitor.coordinator import Plan
    from crawler.resources import Resources
    from database.locks import Locks
    from health.round_report import RoundReport

_WAIT_S = 2.0  # between two looks whether the other monitor has ended
# Each outlet has a lock's file and up to three connections, of which some stay open for a while.
_FILES_AN_OUTLET, _FILES_BESIDE = 6, 400


class Command(CheckedCommand):
    """Many outlets in one engine."""

    requires_project = True

    def syntax(self) -> str:
        """How it is called."""
        return "[OUTLET…] [--group G] [--since DAY] [--for 30m] [--now] [--daemon] [--wait] [--quiet]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Crawl every outlet that is due, tell what is new and what is wrong"

    def long_desc(self) -> str:
        """What it does."""
        return (
            "Crawls all active outlets of which something is due, in one process, then tells the watchlists' readers, "
            "and the operator of outlets that need a look. How often a source is due is learned from what it gives. "
            "Ends with a summary and a report in DATA_DIR/reports. Exit status 1: a person is needed. Start it from "
            "cron or systemd every ten minutes, or once a day, or with --daemon: docs/operations.md"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument(
            "--group", metavar="G", action="append", default=[], help="only outlets of this group (repeatable)"
        )
        parser.add_argument("--since", metavar="DAY", help=f"look back so far, at every source: {ALLOWED}")
        parser.add_argument("--for", metavar="TIME", dest="budget", help="end after so long, e.g. 30m, 2h")
        parser.add_argument("--now", action="store_true", help="ask every source, whether it is due or not")
        parser.add_argument("--daemon", action="store_true", help="go on until a signal comes")
        parser.add_argument("--wait", action="store_true", help="wait for another monitor of this database to end")
        parser.add_argument("--quiet", action="store_true", help="print only what a person should look at")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Monitor; sets the exit status."""
        assert self.settings
        tell_notices()
        try:
            plan = self._plan(args, opts)
            self._monitor(plan, opts)
        except UsageError as error:
            raise ScrapyUsageError(str(error), print_help=False) from error
        except MonitorBusyError as error:
            if not opts.quiet:
                print(f"scrapy monitor: {error}: nothing is left to do for this one (--wait waits for it)")
        except PantauError as error:
            self.exitcode = FAILED
            print(f"scrapy monitor: {error}", file=sys.stderr)
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED

    def _plan(self, args: list[str], opts: argparse.Namespace) -> "Plan":
        names = check_arguments(args, "monitor")
        start_server(PRELOAD)  # it takes as long to get ready as our own imports, which follow
        # Scrapy imports every command for any; what only this one needs would cost each search half a second.
        from crawler.monitor.coordinator import AT_ONCE, Plan
        from outlets.registry import choose_outlets

        assert self.settings
        since, _ = read_period(opts.since, None, datetime.now(UTC))
        budget = read_duration("--for", opts.budget) if opts.budget else None
        if opts.daemon and (budget or since):
            raise UsageError("--daemon goes on without an end: it takes neither --for nor --since")
        outlets = choose_outlets(Registry.from_settings(self.settings["OUTLET_PATHS"]), names, opts.group)
        return Plan(outlets, since, opts.now, budget, opts.daemon, at_once=min(AT_ONCE, _outlets_at_once(len(outlets))))

    def _monitor(self, plan: "Plan", opts: argparse.Namespace) -> None:
        from cli.monitor.live import open_view
        from crawler.monitor.coordinator import Coordinator
        from crawler.resources import open_resources
        from crawler.spiders.news import NewsSpider
        from pipelines.backfill import make_ready

        assert self.settings
        assert self.crawler_process
        until = datetime.now(UTC) + plan.budget if plan.budget else None
        with open_resources(self.settings) as resources, ExitStack() as held:
            _enter(held, resources.locks, wait=opts.wait)
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
        """Keep the report, tell whom it concerns, and sum up."""
        from alerts.delivery import notify_after_round
        from cli.monitor import report_files
        from cli.monitor.summary import print_summary

        assert self.settings
        now, kept, failed = datetime.now(UTC), None, []
        try:
            if report.outlets:
                kept = report_files.write(report, Path(self.settings["DATA_DIR"]) / "reports", now)
        except OSError as error:
            failed.append(f"the report was not kept: {error.strerror}")
        if report.state != "failed":
            failed += notify_after_round(self.settings, resources.engine, os.environ, now)
        if opts.daemon and not _eventful(report):
            return
        if not report.outlets and report.state == "finished":
            if not opts.quiet:
                print(f"nothing is due at {format_count(report.not_due, 'outlet')}")
        else:
            print_summary(report, now, quiet=opts.quiet, listed=view.listed, kept=kept)
        for line in failed:
            self.exitcode = FAILED
            print(f"scrapy monitor: {harmless(line)}", file=sys.stderr)
        sys.stdout.flush()


def _enter(held: ExitStack, locks: "Locks", *, wait: bool) -> None:
    """Become the one monitor of this database."""
    while True:
        try:
            held.enter_context(locks.monitor())
        except MonitorBusyError:
            if not wait:
                raise
            time.sleep(_WAIT_S)
        else:
            return


def _eventful(report: "RoundReport") -> bool:
    """Whether a daemon's log should have the round."""
    return report.failed or bool(report.cleared) or any(one.new or one.updated or one.failed for one in report.outlets)


def _status(report: "RoundReport", before: int, *, daemon: bool) -> int:
    """The exit status: a daemon's end is no failure, an interrupted round is what every other command's is."""
    if report.state == "failed":
        return FAILED
    if daemon:
        return 0
    if report.state == "stopped" and report.message is None:
        return INTERRUPTED
    return FAILED if report.failed else before


def _outlets_at_once(outlets: int) -> int:
    """How many outlets the system's limit of open files allows at a time; the limit is raised as far as may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_BESIDE + _FILES_AN_OUTLET * outlets
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, (soft - _FILES_BESIDE) // _FILES_AN_OUTLET)
