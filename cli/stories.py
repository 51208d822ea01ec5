"""Stories on the terminal and as records."""

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

from cli.console import harmless
from cli.hits import print_remarks
from core.formatting import format_count, format_published
from core.paging import Page
from database import articles
from database.schema import Story
from search.export import write_records
from search.records import COPY_KEYS, Record, copy_record
from search.selection import Selection
from search.stories import StoryPosition, StoryView, find_stories, format_lag

_SPREAD_KEYS = ("story_id", "outlets", "copies")


def print_stories(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    page = find_stories(session, selection, min_outlets=opts.min_outlets, limit=opts.limit)
    if opts.format != "table":
        _print_data(page, opts.format)
        return
    _print_table(page)
    print_remarks(session, selection)
    print(_total(page) if page.total else _nothing(session, opts))
    if waiting := articles.count_unlinked(session):
        number = format_count(waiting, "article")
        print(f"{number} of an older version not compared yet: the next crawl compares them")


def outlets_in_order(story: StoryView) -> str:
    """List the outlets in order of publication, with lag and number."""
    names = [member.outlet or "unknown outlet" for member in story.members]
    frequency = Counter(names)
    earliest = dict(zip(reversed(names), reversed(story.members), strict=True))
    return ", ".join(
        f"{harmless(name)} {format_lag(story, earliest[name])}{f' (×{frequency[name]})' if frequency[name] > 1 else ''}"
        for name in dict.fromkeys(names)
    )


def _print_table(page: Page[StoryView, StoryPosition]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        for story in page.items:
            print(f"{story.first.id:>7}  {format_published(story.first)}  {_reach(story, ', ')}  {_headline(story)}")
            print(f"         {outlets_in_order(story)}")
        return
    if not page.items:
        return
    table = Table("id", "first published", "reach", "story", box=None, pad_edge=False, header_style="dim")
    for story in page.items:
        cell = Text("\n").join([Text(_headline(story), "bold"), Text(outlets_in_order(story))])
        table.add_row(str(story.first.id), format_published(story.first), _reach(story, "\n"), cell)
    console.print(table)


def _reach(story: StoryView, separator: str) -> str:
    return f"{format_count(len(story.outlets), 'outlet')}{separator}{format_count(len(story.members), 'article')}"


def _headline(story: StoryView) -> str:
    return harmless(story.first.title or "(no title)")


def _total(page: Page[StoryView, StoryPosition]) -> str:
    return f"{format_count(page.total, 'story', plural='stories')}, {len(page.items):,} shown"


def _nothing(session: Session, opts: argparse.Namespace) -> str:
    stored = session.scalar(select(func.count()).where(Story.outlets > 0)) or 0
    if not stored:
        return "0 stories: no text is stored twice yet; crawl more outlets first"
    asked = [f"--{name}" for name in ("since", "until", "query", "outlet") if getattr(opts, name)]
    asked += [f"--min-outlets {opts.min_outlets}"] if opts.min_outlets > 1 else []
    return f"0 stories of the {stored:,} stored; none matches {' and '.join(asked)}"


def _print_data(page: Page[StoryView, StoryPosition], form: str) -> None:
    if form == "json":
        answer = {"total": page.total, "stories": [_record(story) for story in page.items]}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif form == "jsonl":
        write_records((_record(story) for story in page.items), "jsonl", sys.stdout)
    else:
        write_records(
            (row for story in page.items for row in _rows(story)), "csv", sys.stdout, (*_SPREAD_KEYS, *COPY_KEYS)
        )


def _record(story: StoryView) -> Record:
    articles = [copy_record(story, member) for member in story.members]
    return _spread(story) | {"articles": articles}


def _rows(story: StoryView) -> Iterator[Record]:
    for member in story.members:
        yield _spread(story) | copy_record(story, member)


def _spread(story: StoryView) -> Record:
    return dict(zip(_SPREAD_KEYS, (story.id, len(story.outlets), len(story.members)), strict=True))
