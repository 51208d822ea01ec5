"""The options by which commands ask for articles: a query's words, outlets, a period, facets."""

import argparse
from datetime import UTC, datetime

from scrapy.settings import BaseSettings

from core.periods import ALLOWED, read_period
from search.aliases import NO_ALIASES, load_aliases
from search.ast import Query
from search.query import parse_query
from search.selection import Selection


def add_selection_options(parser: argparse.ArgumentParser) -> None:
    """The options that narrow what is searched or exported."""
    parser.add_argument("--outlet", metavar="NAME", action="append", default=[], help="only this outlet (repeatable)")
    parser.add_argument("--since", metavar="DAY", help=f"published then or later, by Jakarta's clock: {ALLOWED}")
    parser.add_argument("--until", metavar="DAY", help="published before the end of that day, month or year")
    for name, what in (("section", "section, in full"), ("author", "author, in full"), ("lang", "language: id, en …")):
        parser.add_argument(
            f"--{name}", metavar="NAME", action="append", default=[], help=f"only this {what} (repeatable)"
        )
    add_alias_option(parser)


def add_alias_option(parser: argparse.ArgumentParser) -> None:
    """The option by which a query means its words only."""
    parser.add_argument(
        "--no-aliases", action="store_true", help="do not look up other names of what the query names (ALIAS_PATHS)"
    )


def read_selection(query: str | None, opts: argparse.Namespace, settings: BaseSettings) -> Selection:
    """What the query and the options select.

    Args:
        query: in the query language.
        opts: with ``outlet``, ``since``, ``until``, ``no_aliases``, and what else ``add_selection_options`` adds.
        settings: ``ALIAS_PATHS`` names files of aliases beside those shipped.

    Raises:
        UsageError: one of them cannot be read.
        DeclarationError: a file of aliases is wrong.
    """
    now = datetime.now(UTC)
    since, until = read_period(opts.since, opts.until, now)
    return Selection(
        None if query is None else _parsed(query, opts, settings, now),
        outlets=tuple(opts.outlet),
        sections=tuple(getattr(opts, "section", ())),
        authors=tuple(getattr(opts, "author", ())),
        languages=tuple(getattr(opts, "lang", ())),
        since=since,
        until=until,
    )


def _parsed(query: str, opts: argparse.Namespace, settings: BaseSettings, now: datetime) -> Query:
    return parse_query(query, NO_ALIASES if opts.no_aliases else load_aliases(settings["ALIAS_PATHS"]), now)


def positive(value: str) -> int:
    """A whole number from 1 on, for an option's ``type``."""
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError("a whole number from 1 on is needed")
    return int(value)
