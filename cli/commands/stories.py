"""``scrapy stories``: the texts that went through several outlets, by reach."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cli.console import PantauCommand, harmless
from cli.hits import FORMATS, print_remarks
from cli.selection_options import add_alias_option, positive, read_selection
from core.errors import UsageError
from core.formatting import format_count, format_published
from core.paging import Page
from core.periods import ALLOWED
from database import articles
from database.schema import Story
from search.export import write_records
from search.records import COPY_KEYS, Record, copy_record
from search.stories import StoryPosition, StoryView, find_stories, format_lag

_MIN_OUTLETS = 2
_SPREAD_KEYS = ("story_id", "outlets", "copies")


class Command(PantauCommand):
    """Prints the stories with the widest reach, and how many there are in all."""

    def syntax(self) -> str:
        """How it is called."""
        return (
            "[--since DAY] [--until DAY] [--min-outlets N] [--query QUERY] [--outlet NAME]… [--limit N] "
            "[--format table|json|jsonl|csv]"
        )

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "List stories by reach: who published first, who copied and when"

    def long_desc(self) -> str:
        """What a story is, and what comes out."""
        return (
            "A story is all the articles that carry one text, as it is or edited. Those told by most outlets come "
            "first, then those with most articles, then the newest; each with its first publisher, and the outlets in "
            "the order in which they had it with their lag. --since and --until go by a story's first publication: "
            "one whose articles are all undated is in no period. `scrapy show ID --copies` shows what was changed. "
            "json and jsonl give each story with all its articles, csv a row for each article; lags are in seconds, "
            "and unknown where a time of day is."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--since", metavar="DAY", help=f"first published then or later, Jakarta's clock: {ALLOWED}")
        parser.add_argument("--until", metavar="DAY", help="first published before the end of that day, month or year")
        parser.add_argument(
            "--min-outlets", metavar="N", type=positive, default=_MIN_OUTLETS,
            help=f"told by so many outlets or more (default: {_MIN_OUTLETS})",
        )  # fmt: skip
        parser.add_argument("--query", metavar="QUERY", help="of which an article is found by `scrapy search QUERY`")
        parser.add_argument(
            "--outlet",
            metavar="NAME",
            action="append",
            default=[],
            help="of which this outlet has an article (repeatable)",
        )
        add_alias_option(parser)
        parser.add_argument("--limit", metavar="N", type=positive, default=20, help="stories at most (default: 20)")
        parser.add_argument("--format", choices=FORMATS, default="table", help="how to print them (default: table)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Find and print them."""
        if args:
            raise UsageError(f"{args[0]!r} is one argument too many; --query says which words a story must hold")
        selection = read_selection(opts.query, opts, self.settings)
        with self.reading() as session:
            found = find_stories(session, selection, min_outlets=opts.min_outlets, limit=opts.limit)
            if opts.format == "table":
                _print_table(found)
                print_remarks(session, selection)
                print(_total(found) if found.total else _nothing(session, opts))
                if waiting := articles.count_unlinked(session):
                    print(
                        f"{format_count(waiting, 'article')} of an older version not compared yet: the next crawl does"
                    )
            else:
                _print_data(found, opts.format)
        return 0


def outlets_in_order(story: StoryView) -> str:
    """Each outlet once, as it came, with its lag and its number of articles if there are several."""
    names = [member.outlet or "unknown outlet" for member in story.members]
    often = Counter(names)
    earliest = dict(zip(reversed(names), reversed(story.members), strict=True))
    return ", ".join(
        f"{harmless(name)} {format_lag(story, earliest[name])}{f' (×{often[name]})' if often[name] > 1 else ''}"
        for name in dict.fromkeys(names)
    )


def _print_table(found: Page[StoryView, StoryPosition]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        for story in found.items:
            print(f"{story.first.id:>7}  {format_published(story.first)}  {_reach(story, ', ')}  {_headline(story)}")
            print(f"         {outlets_in_order(story)}")
        return
    if not found.items:
        return
    table = Table("id", "first published", "reach", "story", box=None, pad_edge=False, header_style="dim")
    for story in found.items:
        told = Text("\n").join([Text(_headline(story), "bold"), Text(outlets_in_order(story))])
        table.add_row(str(story.first.id), format_published(story.first), _reach(story, "\n"), told)
    console.print(table)


def _reach(story: StoryView, separator: str) -> str:
    return f"{format_count(len(story.outlets), 'outlet')}{separator}{format_count(len(story.members), 'article')}"


def _headline(story: StoryView) -> str:
    return harmless(story.first.title or "(no title)")


def _total(found: Page[StoryView, StoryPosition]) -> str:
    return f"{format_count(found.total, 'story', plural='stories')}, {len(found.items):,} shown"


def _nothing(session: Session, opts: argparse.Namespace) -> str:
    """What may help somebody who found nothing."""
    held = session.scalar(select(func.count()).where(Story.outlets > 0)) or 0
    if not held:
        return "0 stories: no text was found twice yet; crawl further outlets first"
    asked = [f"--{name}" for name in ("since", "until", "query", "outlet") if getattr(opts, name)]
    asked += [f"--min-outlets {opts.min_outlets}"] if opts.min_outlets > 1 else []
    return f"0 stories of the {held:,} stored; none fits {' and '.join(asked)}"


def _print_data(found: Page[StoryView, StoryPosition], form: str) -> None:
    if form == "json":
        answer = {"total": found.total, "stories": [_record(story) for story in found.items]}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif form == "jsonl":
        write_records((_record(story) for story in found.items), "jsonl", sys.stdout)
    else:
        write_records(
            (row for story in found.items for row in _rows(story)), "csv", sys.stdout, (*_SPREAD_KEYS, *COPY_KEYS)
        )


def _record(story: StoryView) -> Record:
    articles = [copy_record(story, member) for member in story.members]
    return _spread(story) | {"articles": articles}


def _rows(story: StoryView) -> Iterator[Record]:
    for member in story.members:
        yield _spread(story) | copy_record(story, member)


def _spread(story: StoryView) -> Record:
    return dict(zip(_SPREAD_KEYS, (story.id, len(story.outlets), len(story.members)), strict=True))
