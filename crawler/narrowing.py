"""The options by which commands ask for articles: a query's words, outlets, a period, facets."""

import argparse
from datetime import UTC, datetime

from crawler.periods import ALLOWED, read_period
from database.search.query import parse_query
from database.search.selection import Selection


def add_selection_options(parser: argparse.ArgumentParser) -> None:
    """The options that narrow what is searched or exported."""
    parser.add_argument("--outlet", metavar="NAME", action="append", default=[], help="only this outlet (repeatable)")
    parser.add_argument("--since", metavar="DAY", help=f"published then or later, by Jakarta's clock: {ALLOWED}")
    parser.add_argument("--until", metavar="DAY", help="published before the end of that day, month or year")
    for name, what in (("section", "section"), ("author", "author"), ("lang", "language (id, en …)")):
        parser.add_argument(
            f"--{name}", metavar="NAME", action="append", default=[], help=f"only this {what}, in full (repeatable)"
        )


def read_selection(query: str | None, opts: argparse.Namespace) -> Selection:
    """What the query and the options select.

    Args:
        query: in the query language.
        opts: with ``outlet``, ``since`` and ``until``, and whatever else ``add_selection_options`` adds.

    Raises:
        UsageError: one of them cannot be read.
    """
    since, until = read_period(opts.since, opts.until, datetime.now(UTC))
    return Selection(
        parse_query(query) if query is not None else None,
        outlets=tuple(opts.outlet),
        sections=tuple(getattr(opts, "section", ())),
        authors=tuple(getattr(opts, "author", ())),
        languages=tuple(getattr(opts, "lang", ())),
        since=since,
        until=until,
    )


def positive(value: str) -> int:
    """A whole number from 1 on, for an option's ``type``."""
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError("a whole number from 1 on is needed")
    return int(value)
