"""``scrapy outlets``: which there are, how they are, and whether one can be crawled as it is declared."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

from cli.console import FAILED, INTERRUPTED, PantauCommand
from core.errors import DeclarationError, UsageError
from core.toml_files import unknown_name
from outlets.registry import Registry
from outlets.schema import Outlet, Status

_ACTIONS = "list, health [NAME…] or check NAME"


class Command(PantauCommand):
    """Lists the declared outlets, tells how they are, and checks one on the web."""

    def syntax(self) -> str:
        """How it is called."""
        return "[list] [--group G] [--status S] | health [NAME…] [--group G] [--status S] | check NAME"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Outlets: list them, tell how they are, check one on the web"

    def long_desc(self) -> str:
        """What the actions are."""
        return (
            "`list` shows what is declared. `health` tells from the database how outlets are: their open flags, what "
            "is usual, what their sources may have lost, when these are polled next. `check` asks the outlet's own "
            "robots.txt, sources and three articles, politely, tells what is wrong with each and what to do about it, "
            "and writes nothing to the database; its exit status is 1 if something is wrong."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument(
            "--group", metavar="G", action="append", default=[], help="only outlets of this group (repeatable)"
        )
        parser.add_argument("--status", choices=get_args(Status), help="only outlets declared so")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do it; 1 when a declaration is wrong, or the outlet that is checked."""
        match args:
            case [] | ["list"]:
                return self._list(opts)
            case ["health", *names]:
                return self._health(names, opts)
            case ["check", name]:
                return self._check(name, opts)
            case _:
                raise UsageError(f"say what: scrapy outlets {_ACTIONS}")

    def _list(self, opts: argparse.Namespace) -> int:
        # Scrapy imports every command for any; what only this one needs would cost each search a tenth of a second.
        from cli.outlets import declared

        outlets, faults = self._chosen((), opts)
        for line in declared(outlets):
            print(line)
        return _told(faults)

    def _health(self, names: Sequence[str], opts: argparse.Namespace) -> int:
        from cli.outlets import health_details, health_overview

        outlets, faults = self._chosen(names, opts)
        now = datetime.now(UTC)
        with self.reading() as session:
            for line in (health_details if names else health_overview)(session, outlets, now):
                print(line)
        return _told(faults)

    def _check(self, name: str, opts: argparse.Namespace) -> int:
        if opts.group or opts.status:
            raise UsageError("scrapy outlets check takes one NAME and neither --group nor --status")
        outlet = Registry.from_settings(self.settings["OUTLET_PATHS"]).get(name)
        from scrapy.crawler import AsyncCrawlerProcess

        from core.clock import system_clock
        from crawler.check.probe import OutletCheck
        from crawler.spiders.news import NewsSpider

        if outlet.status != "active":
            print(f"{outlet.name} is declared {outlet.status}{f': {outlet.note}' if outlet.note else ''}")
        check = OutletCheck(outlet, lambda step: print(step.line, flush=True), system_clock)
        self.settings.set("ARCHIVE_DAYS", 0, priority="cmdline")  # nothing of it is kept
        process = AsyncCrawlerProcess(self.settings)
        process.crawl(NewsSpider, work=check.work)
        process.start()
        if check.failure:
            raise check.failure
        if not check.finished:
            return INTERRUPTED
        what = f"{check.problems} problems" if check.problems > 1 else "1 problem" if check.problems else "all is well"
        print(f"{outlet.name}: {what}")
        return FAILED if check.problems else 0

    def _chosen(self, names: Sequence[str], opts: argparse.Namespace) -> tuple[list[Outlet], list[str]]:
        """The outlets that are meant, and what is wrong with other declarations."""
        registry = Registry.from_settings(self.settings["OUTLET_PATHS"])
        outlets, faults = _read(registry, names)
        known = {group for outlet in outlets for group in outlet.groups}
        for group in opts.group:
            if group not in known and not names:
                raise UsageError(unknown_name("group", group, sorted(known), "scrapy outlets"))
        chosen = [
            outlet
            for outlet in outlets
            if (not opts.group or not set(opts.group).isdisjoint(outlet.groups))
            and opts.status in {None, outlet.status}
        ]
        if not chosen and not faults:
            raise UsageError("no outlet is left: `scrapy outlets` lists them with their groups and states")
        return chosen, faults


def _read(registry: Registry, names: Sequence[str]) -> tuple[list[Outlet], list[str]]:
    if names:
        return [registry.get(name) for name in dict.fromkeys(names)], []
    outlets, faults = [], []
    for name in registry.names():
        try:
            outlets.append(registry.get(name))
        except DeclarationError as error:
            faults.append(str(error))
    return outlets, faults


def _told(failed: Sequence[str]) -> int:
    """Tells what failed on standard error; gives the exit status."""
    for line in failed:
        print(f"scrapy outlets: {line}", file=sys.stderr)
    return FAILED if failed else 0
