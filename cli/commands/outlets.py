"""``scrapy outlets``: declarations of outlets and their health."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.console import FAILED, INTERRUPTED, PantauCommand, action_error
from core.errors import DeclarationError, UsageError
from outlets.status import STATUSES

if TYPE_CHECKING:
    from outlets.registry import Registry
    from outlets.schema import Outlet

_ACTIONS = "list, health [NAME…] or check NAME"


class Command(PantauCommand):
    """Lists outlets, shows their health, checks one on the web."""

    def syntax(self) -> str:
        return "[list] [--group G] [--status S] | health [NAME…] [--group G] [--status S] | check NAME"

    def short_desc(self) -> str:
        return "List outlets, show their health, check one on the web"

    def long_desc(self) -> str:
        return (
            "`list` shows the declarations. `health` shows each outlet's state from the database: its open flags, its "
            "usual number of articles, missed articles, the next poll of its sources. `check` fetches the outlet's "
            "robots.txt, sources and three articles, politely, prints the problem of each and what to do about it, and "
            "writes nothing to the database; its exit status is 1 if there is a problem."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--group", metavar="G", action="append", default=[], help="only outlets of this group (repeatable)"
        )
        parser.add_argument("--status", choices=STATUSES, help="only outlets with this status")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        match args:
            case [] | ["list"]:
                return self._list(opts)
            case ["health", *names]:
                return self._health(names, opts)
            case ["check", name]:
                return self._check(name, opts)
            case _:
                raise action_error(args, _ACTIONS)

    def _list(self, opts: argparse.Namespace) -> int:
        from cli.outlets import format_outlets

        outlets, faults = self._chosen((), opts)
        for line in format_outlets(outlets):
            print(line)
        return _report(faults)

    def _health(self, names: Sequence[str], opts: argparse.Namespace) -> int:
        from cli.outlets import format_health_details, format_health_overview

        outlets, faults = self._chosen(names, opts)
        now = datetime.now(UTC)
        with self.open_for_reading() as session:
            for line in (format_health_details if names else format_health_overview)(session, outlets, now):
                print(line)
        return _report(faults)

    def _check(self, name: str, opts: argparse.Namespace) -> int:
        if opts.group or opts.status:
            raise UsageError("scrapy outlets check takes one NAME; leave out --group and --status")
        from outlets.registry import Registry

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
        result = (
            f"{check.problems} problems" if check.problems > 1 else "1 problem" if check.problems else "all is well"
        )
        print(f"{outlet.name}: {result}")
        return FAILED if check.problems else 0

    def _chosen(self, names: Sequence[str], opts: argparse.Namespace) -> "tuple[list[Outlet], list[str]]":
        from core.toml_files import unknown_name
        from outlets.registry import Registry

        registry = Registry.from_settings(self.settings["OUTLET_PATHS"])
        outlets, faults = _read(registry, names)
        groups = {group for outlet in outlets for group in outlet.groups}
        for group in opts.group:
            if group not in groups and not names:
                raise UsageError(unknown_name("group", group, sorted(groups), "scrapy outlets"))
        chosen = [
            outlet
            for outlet in outlets
            if (not opts.group or not set(opts.group).isdisjoint(outlet.groups))
            and opts.status in {None, outlet.status}
        ]
        if not chosen and not faults:
            raise UsageError("no outlet matches --group and --status; `scrapy outlets` shows groups and statuses")
        return chosen, faults


def _read(registry: "Registry", names: Sequence[str]) -> "tuple[list[Outlet], list[str]]":
    if names:
        return [registry.get(name) for name in dict.fromkeys(names)], []
    outlets, faults = [], []
    for name in registry.names():
        try:
            outlets.append(registry.get(name))
        except DeclarationError as error:
            faults.append(str(error))
    return outlets, faults


def _report(faults: Sequence[str]) -> int:
    for line in faults:
        print(f"scrapy outlets: {line}", file=sys.stderr)
    return FAILED if faults else 0
