"""``scrapy watch``: list, test and run watchlists, write the digest."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import FAILED, PantauCommand, action_error
from cli.options import positive
from core.errors import DeclarationError, UsageError
from core.periods import read_period

if TYPE_CHECKING:
    from alerts.watchlists import Watchlist

_ACTIONS = "list, test NAME, run [NAME…] or digest"
# Options of each action; another's would silently do nothing.
_OPTIONS: Mapping[str, Sequence[str]] = {
    "test": ("limit", "send"),
    "run": ("since", "digest", "dry_run"),
    "digest": ("day", "format", "operator", "output"),
}
_LIMIT = 20
_STDOUT = "-"


class Command(PantauCommand):
    """Lists, tests and runs watchlists; writes the digest."""

    def syntax(self) -> str:
        return (
            "list | test NAME [--limit N] [--send] | run [NAME…] [--since DAY] [--digest] [--dry-run] | "
            "digest [--day DAY] [--format html|markdown] [--operator] [-o FILE]"
        )

    def short_desc(self) -> str:
        return "List, test or run watchlists, write the daily digest"

    def long_desc(self) -> str:
        return (
            "A watchlist is a TOML file in a folder of WATCHLIST_PATHS: a query and its recipients. `run`, after each "
            "crawl, finds new articles, each story once, and sends the messages that are due; later runs send "
            "again what could not be sent. `list` shows the state of each, with failures and their reasons. `test` "
            "shows its matches of the last 7 days; --send sends them to its channels. `digest` writes a day's digest."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--limit", metavar="N", type=positive, help=f"test: articles shown at most (default: {_LIMIT})"
        )
        parser.add_argument("--send", action="store_true", help="test: send one message to each of its channels")
        parser.add_argument("--since", metavar="DAY", help="run: a new watchlist also sends what is stored since then")
        parser.add_argument(
            "--digest", action="store_true", help="run: send yesterday's digest now, unless it was sent"
        )
        parser.add_argument("--dry-run", action="store_true", help="run: print the messages, send and change nothing")
        parser.add_argument("--day", metavar="DAY", help="digest: of this day (default: yesterday), e.g. 2024-09-14")
        parser.add_argument("--format", choices=("html", "markdown"), help="digest: its format (default: html)")
        parser.add_argument("--operator", action="store_true", help="digest: add the outlets that need attention")
        parser.add_argument("-o", "--output", metavar="FILE", help="digest: where to write it (default: print it)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        _check(args, opts)
        match args:
            case ["list"]:
                return self._list()
            case ["test", name]:
                return self._test(name, opts)
            case ["run", *names]:
                return self._dry_run(names, opts) if opts.dry_run else self._run(names, opts)
            case ["digest"]:
                return self._digest(opts)
            case _:
                raise action_error(args, _ACTIONS)

    def _watchlists(self, now: datetime, names: Sequence[str] = ()) -> "tuple[list[Watchlist], list[str]]":
        from alerts.watchlists import Watchlists
        from search.aliases import load_aliases
        from search.query import parse_query

        parse = partial(parse_query, aliases=load_aliases(self.settings["ALIAS_PATHS"]), now=now)
        return Watchlists.from_settings(self.settings["WATCHLIST_PATHS"], parse).read(names)

    def _list(self) -> int:
        from cli.watchlists import format_watchlists

        watchlists, faults = self._watchlists(datetime.now(UTC))
        with self.open_for_reading() as session:
            for line in format_watchlists(session, watchlists):
                print(line)
        return _report(faults)

    def _test(self, name: str, opts: argparse.Namespace) -> int:
        from cli.watchlists import format_test, send_test

        now = datetime.now(UTC)
        watchlists, faults = self._watchlists(now, [name])
        if faults:
            raise DeclarationError("\n".join(faults))
        watchlist = watchlists[0]
        failed = []
        with self.open_for_reading() as session:
            for line in format_test(session, watchlist, now, opts.limit or _LIMIT):
                print(line)
            for tell in watchlist.declared.tell if opts.send else ():
                problem = send_test(session, watchlists, watchlist, tell, os.environ, now)
                print(f"{tell.to}: {'sent' if problem is None else 'not sent'}")
                failed += [f"{tell.to}: {problem}"] if problem else []
        return _report(failed)

    def _run(self, names: Sequence[str], opts: argparse.Namespace) -> int:
        from alerts.delivery import run_watchlists
        from cli.watchlists import format_report
        from database.engine import open_database

        now = datetime.now(UTC)
        since, _ = read_period(opts.since, None, now)
        selected, faults = self._watchlists(now, names)
        watchlists = self._watchlists(now)[0] if names else selected
        engine = open_database(self.settings["DATABASE_URL"])
        try:
            report = run_watchlists(
                engine, watchlists, os.environ, now, only=names, since=since, digest_now=opts.digest
            )
        finally:
            engine.dispose()
        for line in format_report(report):
            print(line)
        return _report([*faults, *report.failed])

    def _dry_run(self, names: Sequence[str], opts: argparse.Namespace) -> int:
        from cli.watchlists import format_dry_run

        now = datetime.now(UTC)
        since, _ = read_period(opts.since, None, now)
        watchlists, faults = self._watchlists(now, names)
        with self.open_for_reading() as session:
            for line in format_dry_run(session, watchlists, os.environ, now, since):
                print(line)
        return _report(faults)

    def _digest(self, opts: argparse.Namespace) -> int:
        from alerts.digest import markdown_document, read_digest, write, yesterday

        now = datetime.now(UTC)
        day = _read_day(opts.day) if opts.day else yesterday(now)
        watchlists, faults = self._watchlists(now)
        with self.open_for_reading() as session:
            digest = read_digest(session, watchlists, day, now, operator=opts.operator)
        text = markdown_document(digest) if opts.format == "markdown" else write(digest, "page")
        if opts.output and opts.output != _STDOUT:
            from search.export import replace_file

            with replace_file(Path(opts.output)) as stream:
                stream.write(text)
        else:
            print(text)
        return _report(faults)


def _check(args: Sequence[str], opts: argparse.Namespace) -> None:
    action = args[0] if args else ""
    for other, options in _OPTIONS.items():
        for option in options:
            if other != action and getattr(opts, option):
                raise UsageError(f"--{option.replace('_', '-')} is an option of `scrapy watch {other}` only")


def _read_day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"--day {value}: must be a day, e.g. 2024-09-14") from None


def _report(failed: Sequence[str]) -> int:
    for line in failed:
        print(f"scrapy watch: {line}", file=sys.stderr)
    return FAILED if failed else 0
