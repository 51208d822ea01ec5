"""``scrapy search``: the stored articles that hold some words, best first."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.console import PantauCommand, harmless
from crawler.errors import UsageError
from crawler.periods import ALLOWED, read_period
from crawler.shown import counted, origin, published, reach
from database.export import write
from database.records import KEYS, Record, records
from database.schema import StoredArticle
from database.search.query import parse_query
from database.search.search import Hit, Results, Selection, search
from database.search.snippet import Span
from database.story_queries import Told, stories_of

FORMATS = ("table", "json", "jsonl", "csv")
_MATCH = "bold yellow"

Stories = Mapping[int, Told]  # by the ids of the articles that are in them


class Command(PantauCommand):
    """Prints the best hits and how many articles match in all."""

    takes_dashes = True

    def syntax(self) -> str:
        """How it is called."""
        return (
            "QUERY [--copies] [--outlet NAME]… [--since DAY] [--until DAY] [--limit N] [--format table|json|jsonl|csv]"
        )

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Search the stored articles"

    def long_desc(self) -> str:
        """What the query language is, and what comes out."""
        return (
            "Finds articles by words in any of their Indonesian forms (pertemuan finds bertemu). Words side by side "
            "must all occur; AND, OR, NOT in capitals, -word, +word and parentheses combine them; '\"kerja sama\"' "
            "(in the shell, the double quotes inside single ones) finds words next to each other. Best first, equals "
            "newest first. Of the copies of one text only the best hit is listed, with how many copies there are and "
            "who was first; --copies lists all that match. json, jsonl and csv give the export record with rank, "
            "snippet, copies and outlets added."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        add_selection_options(parser)
        parser.add_argument("--copies", action="store_true", help="list all copies of a text, not only the best hit")
        parser.add_argument("--limit", metavar="N", type=positive, default=20, help="hits shown at most (default: 20)")
        parser.add_argument("--format", choices=FORMATS, default="table", help="how to print them (default: table)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Search and print."""
        if not args:
            raise UsageError("a QUERY is needed, e.g. scrapy search 'Rusia AND (Tiongkok OR Beijing)'")
        selection = read_selection(" ".join(args), opts)
        with self.reading() as session:
            results = search(session, selection, limit=opts.limit, copies=opts.copies)
            told = stories_of(session, (hit.article for hit in results.hits))
            if opts.format == "table":
                _print_table(results, told)
                print(_total(results) if results.total else _nothing(session, selection))
            else:
                _print_records(_records(session, results, told), results, opts.format)
        return 0


def add_selection_options(parser: argparse.ArgumentParser) -> None:
    """The options that narrow what is searched or exported."""
    parser.add_argument("--outlet", metavar="NAME", action="append", default=[], help="only this outlet (repeatable)")
    parser.add_argument("--since", metavar="DAY", help=f"published then or later, by Jakarta's clock: {ALLOWED}")
    parser.add_argument("--until", metavar="DAY", help="published before the end of that day, month or year")


def read_selection(query: str | None, opts: argparse.Namespace) -> Selection:
    """What the query and the options of ``add_selection_options`` select.

    Raises:
        UsageError: one of them cannot be read.
    """
    since, until = read_period(opts.since, opts.until, datetime.now(UTC))
    parsed = parse_query(query) if query is not None else None
    return Selection(parsed, outlets=tuple(opts.outlet), since=since, until=until)


def positive(value: str) -> int:
    """A whole number from 1 on, for an option's ``type``."""
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError("a whole number from 1 on is needed")
    return int(value)


def _print_table(results: Results, told: Stories) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        for hit in results.hits:
            article = hit.article
            print(f"{article.id:>7}  {published(article)}  {article.outlet or '-'}  {harmless(article.title or '-')}")
            print(f"         {harmless(hit.snippet.text)}")
            if story := told.get(article.id):
                print(f"         {reach(story)}; {origin(story)}")
        return
    if not results.hits:
        return
    table = Table("id", "published", "outlet", "article", box=None, pad_edge=False, header_style="dim")
    for hit in results.hits:
        shown = _shown(hit, told.get(hit.article.id))
        table.add_row(str(hit.article.id), published(hit.article), hit.article.outlet or "-", shown)
    console.print(table)


def _shown(hit: Hit, story: Told | None) -> Text:
    title = _marked(hit.article.title or "-", hit.title_highlights, "bold")
    lines = [title, _marked(hit.snippet.text, hit.snippet.highlights, "")]
    return Text("\n").join([*lines, Text(f"{reach(story)}; {origin(story)}", "cyan")] if story else lines)


def _marked(text: str, spans: Iterable[Span], style: str) -> Text:
    marked = Text(style=style)
    end = 0
    for start, stop in spans:
        marked.append(harmless(text[end:start]))
        marked.append(harmless(text[start:stop]), _MATCH)
        end = stop
    return marked.append(harmless(text[end:]))


def _total(results: Results) -> str:
    if results.total == results.with_copies:
        return f"{counted(results.total, 'article')}, {len(results.hits):,} shown"
    listed = f"{counted(results.total, 'different article')}, {len(results.hits):,} shown"
    return f"{listed} ({results.with_copies:,} with copies: --copies lists them)"


def _nothing(session: Session, selection: Selection) -> str:
    """What may help somebody who found nothing."""
    held, oldest, newest = session.execute(
        select(func.count(), func.min(StoredArticle.published_at), func.max(StoredArticle.published_at))
    ).one()
    if not held:
        return "0 articles: the database is empty; crawl an outlet or import seeds first"
    period = f" from {oldest:%Y-%m-%d} to {newest:%Y-%m-%d}" if oldest else ""
    narrowed = selection.outlets or selection.since or selection.until
    advice = "search without --outlet, --since and --until" if narrowed else "try fewer words, or OR between them"
    return f"0 articles of the {held:,} stored{period}; {advice}"


def _records(session: Session, results: Results, told: Stories) -> list[Record]:
    rows = records(session, [hit.article for hit in results.hits])
    return [_record(row, hit, told.get(hit.article.id)) for row, hit in zip(rows, results.hits, strict=True)]


def _record(row: Record, hit: Hit, story: Told | None) -> Record:
    found = {"rank": round(hit.rank, 6), "snippet": hit.snippet.text}
    outlets = len(story.outlets) if story else int(row["outlet"] is not None)
    return row | found | {"copies": len(story.members) if story else 1, "outlets": outlets}


def _print_records(rows: list[Record], results: Results, form: str) -> None:
    if form == "json":
        answer = {"total": results.total, "with_copies": results.with_copies, "articles": rows}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        write(rows, "csv" if form == "csv" else "jsonl", sys.stdout, (*KEYS, "rank", "snippet", "copies", "outlets"))
