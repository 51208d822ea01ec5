"""``scrapy watch``: the watchlists, what they find, and who is told of it."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import FAILED, PantauCommand
from cli.selection_options import positive
from core.errors import DeclarationError, UsageError
from core.periods import read_period
from database.engine import open_database
from search.aliases import load_aliases
from search.export import replace_file
from search.query import parse_query

if TYPE_CHECKING:
    from alerts.watchlists import Watchlist

_ACTIONS = "list, test NAME, run [NAME…] or digest"
# What each action takes; another's option would silently do nothing.
_OPTIONS: Mapping[str, Sequence[str]] = {
    "test": ("limit", "send"),
    "run": ("since", "digest", "dry_run"),
    "digest": ("day", "format", "operator", "output"),
}
_LIMIT = 20
_STDOUT = "-"


class Command(PantauCommand):
    """Lists, tests and runs watchlists, and writes the daily digest."""

    def syntax(self) -> str:
        """How it is called."""
        return (
            "list | test NAME [--limit N] [--send] | run [NAME…] [--since DAY] [--digest] [--dry-run] | "
            "digest [--day DAY] [--format html|markdown] [--operator] [-o FILE]"
        )

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Watchlists: list or test them, tell what they newly found, write the daily digest"

    def long_desc(self) -> str:
        """What the actions are."""
        return (
            "A watchlist is a TOML file in a folder of WATCHLIST_PATHS: what is looked for, and who is told when. "
            "`run`, after each crawl, finds what is new, each story once, and sends what is due; what could not be "
            "sent is tried again by later runs. `list` shows where each stands, and what failed and why. `test` shows "
            "what one matches in the last 7 days; --send sends that to its channels. `digest` writes a day's digest."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument(
            "--limit", metavar="N", type=positive, help=f"test: articles shown at most (default: {_LIMIT})"
        )
        parser.add_argument("--send", action="store_true", help="test: send one message to each of its channels")
        parser.add_argument("--since", metavar="DAY", help="run: a watchlist that begins tells of what is stored, too")
        parser.add_argument("--digest", action="store_true", help="run: send yesterday's digest now, if it was not")
        parser.add_argument("--dry-run", action="store_true", help="run: print what would be sent, change nothing")
        parser.add_argument("--day", metavar="DAY", help="digest: of this day (default: yesterday), e.g. 2024-09-14")
        parser.add_argument("--format", choices=("html", "markdown"), help="digest: how it is written (default: html)")
        parser.add_argument("--operator", action="store_true", help="digest: with the outlets in trouble")
        parser.add_argument("-o", "--output", metavar="FILE", help="digest: where to write it (default: print it)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do it; 1 when a declaration is wrong or something could not be sent."""
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
                raise UsageError(f"say what: scrapy watch {_ACTIONS}")

    def _watchlists(self, now: datetime, names: Sequence[str] = ()) -> "tuple[list[Watchlist], list[str]]":
        # Scrapy imports every command for any; what only this one needs would cost each search a tenth of a second.
        from alerts.watchlists import Watchlists

        parse = partial(parse_query, aliases=load_aliases(self.settings["ALIAS_PATHS"]), now=now)
        return Watchlists.from_settings(self.settings["WATCHLIST_PATHS"], parse).read(names)

    def _list(self) -> int:
        from cli.watchlists import standing

        watchlists, faults = self._watchlists(datetime.now(UTC))
        with self.reading() as session:
            for line in standing(session, watchlists):
                print(line)
        return _told(faults)

    def _test(self, name: str, opts: argparse.Namespace) -> int:
        from cli.watchlists import send_test, tested

        now = datetime.now(UTC)
        found, faults = self._watchlists(now, [name])
        if faults:
            raise DeclarationError("\n".join(faults))
        watchlist = found[0]
        failed = []
        with self.reading() as session:
            for line in tested(session, watchlist, now, opts.limit or _LIMIT):
                print(line)
            for tell in watchlist.declared.tell if opts.send else ():
                problem = send_test(session, found, watchlist, tell, os.environ, now)
                print(f"{tell.to}: {'sent' if problem is None else 'not sent'}")
                failed += [f"{tell.to}: {problem}"] if problem else []
        return _told(failed)

    def _run(self, names: Sequence[str], opts: argparse.Namespace) -> int:
        from alerts.delivery import run_watchlists
        from cli.watchlists import done

        now = datetime.now(UTC)
        since, _ = read_period(opts.since, None, now)
        meant, faults = self._watchlists(now, names)
        watchlists = self._watchlists(now)[0] if names else meant
        engine = open_database(self.settings["DATABASE_URL"])
        try:
            report = run_watchlists(
                engine, watchlists, os.environ, now, only=names, since=since, digest_now=opts.digest
            )
        finally:
            engine.dispose()
        for line in done(report):
            print(line)
        return _told([*faults, *report.failed])

    def _dry_run(self, names: Sequence[str], opts: argparse.Namespace) -> int:
        from cli.watchlists import would_do

        now = datetime.now(UTC)
        since, _ = read_period(opts.since, None, now)
        watchlists, faults = self._watchlists(now, names)
        with self.reading() as session:
            for line in would_do(session, watchlists, os.environ, now, since):
                print(line)
        return _told(faults)

    def _digest(self, opts: argparse.Namespace) -> int:
        from alerts.digest import markdown_document, read_digest, write, yesterday

        now = datetime.now(UTC)
        day = _read_day(opts.day) if opts.day else yesterday(now)
        watchlists, faults = self._watchlists(now)
        with self.reading() as session:
            digest = read_digest(session, watchlists, day, now, operator=opts.operator)
        text = markdown_document(digest) if opts.format == "markdown" else write(digest, "page")
        if opts.output and opts.output != _STDOUT:
            with replace_file(Path(opts.output)) as stream:
                stream.write(text)
        else:
            print(text)
        return _told(faults)


def _check(args: Sequence[str], opts: argparse.Namespace) -> None:
    action = args[0] if args else ""
    for other, options in _OPTIONS.items():
        for option in options:
            if other != action and getattr(opts, option):
                raise UsageError(f"--{option.replace('_', '-')} is for scrapy watch {other}")


def _read_day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"--day {value}: a day is needed, e.g. 2024-09-14") from None


def _told(failed: Sequence[str]) -> int:
    """Tells what failed on standard error; gives the exit status."""
    for line in failed:
        print(f"scrapy watch: {line}", file=sys.stderr)
    return FAILED if failed else 0
