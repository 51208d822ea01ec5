"""Options and arguments of the commands."""

import argparse
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scrapy.settings import BaseSettings

from core.errors import UsageError
from core.periods import ALLOWED, read_period

if TYPE_CHECKING:
    from crawler.run_options import CrawlArguments
    from search.selection import Selection

LIST_FORMATS = ("table", "json", "jsonl", "csv")


def check_overrides(given: Mapping[str, str], settings: BaseSettings) -> None:
    """Check the kinds of ``-s NAME=VALUE``; else Scrapy would fail in mid-start.

    Raises:
        UsageError: another kind of value, or a negative for a default from 0 on.
    """
    for name, value in given.items():
        if name == "LOG_LEVEL":
            check_level(value)
        else:
            _check(name, value, settings.get(name))


def check_level(value: str) -> None:
    """Check the name of a log level.

    Raises:
        UsageError: it is unknown.
    """
    if value.upper() not in logging.getLevelNamesMapping():
        raise UsageError(f"unknown log level {value}; use DEBUG, INFO, WARNING, ERROR or CRITICAL")


def check_arguments(args: Sequence[str], command: str, *, dashes: bool = False) -> list[str]:
    """Drop "--"; Scrapy passes on unknown options as arguments.

    With ``dashes``, one dash may begin an argument, as in a query.

    Raises:
        UsageError: an unknown option.
    """
    for arg in args:
        if arg == "--":
            break
        if arg.startswith("--") or (arg.startswith("-") and len(arg) > 1 and not dashes):
            raise UsageError(f"unknown option {arg}; `scrapy {command} -h` lists the options")
    return [arg for arg in args if arg != "--"]


def _check(name: str, value: str, default: object) -> None:
    if isinstance(default, bool):
        if value.lower() not in {"0", "1", "true", "false"}:
            raise UsageError(f"-s {name}={value}: must be True or False")
    elif isinstance(default, int | float):
        try:
            number = type(default)(value)
        except ValueError:
            whole = "whole " if isinstance(default, int) else ""
            raise UsageError(f"-s {name}={value}: must be a {whole}number, e.g. {default}") from None
        if not (number >= 0 or default < 0):  # not a number is neither
            raise UsageError(f"-s {name}={value}: must be 0 or more")


def positive(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError("must be a whole number from 1 on")
    return int(value)


def read_crawl_arguments(given: Mapping[str, str], zone: ZoneInfo, now: datetime) -> "CrawlArguments":
    """Read ``since``, ``until`` and ``limit`` of ``-a``; days are in ``zone``.

    Raises:
        UsageError: an unknown name, a bad value, or an empty period.
    """
    from crawler.run_options import SEEDS, CrawlArguments

    unknown = sorted(set(given) - {"since", "until", "limit"})
    if unknown:
        raise UsageError(f"unknown argument -a {unknown[0]}; use since, until or limit")
    since = given.get("since")
    try:
        start, end = read_period(None if since == SEEDS else since, given.get("until"), now, zone, prefix="-a ")
    except UsageError as error:
        raise UsageError(f"{error} (-a since={SEEDS} goes back to the outlet's newest seed)") from error
    limit = _limit(given["limit"]) if "limit" in given else None
    return CrawlArguments(SEEDS if since == SEEDS else start, end, limit)


def _limit(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise UsageError(f"-a limit={value}: must be a whole number from 1 on")
    return int(value)


def add_selection_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--outlet", metavar="NAME", action="append", default=[], help="only this outlet (repeatable)")
    parser.add_argument("--since", metavar="DAY", help=f"published then or later, by Jakarta's clock: {ALLOWED}")
    parser.add_argument("--until", metavar="DAY", help="published before the end of that day, month or year")
    for name, what in (("section", "section, in full"), ("author", "author, in full"), ("lang", "language: id, en …")):
        parser.add_argument(
            f"--{name}", metavar="NAME", action="append", default=[], help=f"only this {what} (repeatable)"
        )
    add_alias_option(parser)


def add_alias_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-aliases", action="store_true", help="do not search other names of what the query names (ALIAS_PATHS)"
    )


def read_selection(query: str | None, opts: argparse.Namespace, settings: BaseSettings) -> "Selection":
    """Build the selection of a query and options.

    ``ALIAS_PATHS`` in the settings names files beside those shipped.

    Raises:
        UsageError: a value that cannot be read.
        DeclarationError: a faulty file of aliases.
    """
    from search.aliases import NO_ALIASES, load_aliases
    from search.query import parse_query
    from search.selection import Selection

    now = datetime.now(UTC)
    since, until = read_period(opts.since, opts.until, now)
    parsed = None
    if query is not None:
        parsed = parse_query(query, NO_ALIASES if opts.no_aliases else load_aliases(settings["ALIAS_PATHS"]), now)
    return Selection(
        parsed,
        outlets=tuple(opts.outlet),
        sections=tuple(getattr(opts, "section", ())),
        authors=tuple(getattr(opts, "author", ())),
        languages=tuple(getattr(opts, "lang", ())),
        since=since,
        until=until,
    )
