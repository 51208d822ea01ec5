"""``scrapy show``: one article with all that is known of it."""

import argparse
import json
import textwrap
from collections.abc import Iterable, Iterator

from rich.text import Text
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.console import PantauCommand, Printer, harmless
from cli.diffs import copies, copy_records, version_records, versions
from core.errors import UsageError
from core.formatting import format_published, format_removed, format_similarity
from database.articles import LIST_FIELDS, TEXT_FIELDS, find_article
from database.revisions import history
from database.schema import Original, StoredArticle
from search.records import Record, load_records
from search.stories import StoryView, format_origin, format_reach, stories_of

_WIDTH = 100
_HANGING = 2
_IN_HEADING = {"title", "authors", "section"}
_FIRST_FIELDS = ("dateline", "credit", "language", "summary", "tags")


class Command(PantauCommand):
    """Prints an article by its number or by any address that the ledger knows it by."""

    def syntax(self) -> str:
        """How it is called."""
        return "ID|URL [--copies] [--revisions] [--format text|json]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Show a stored article with all its fields"

    def long_desc(self) -> str:
        """What is shown."""
        return (
            "Shows one article: its text, and where and when each field was found. URL may be any address of it "
            "(mobile, AMP, with tracking parameters). --copies lists the articles that carry its text, in order of "
            "publication, with their lag, how similar they are to the first, and the paragraphs that differ from the "
            "first's: + stands in the copy only, - in the first only, ~ in both with other words. --revisions lists "
            "its versions with what each changed. json prints the export record, with copies and revisions added."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--copies", action="store_true", help="who else carries the text, and what differs")
        parser.add_argument("--revisions", action="store_true", help="its versions, and what each changed")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Find and print it."""
        if len(args) != 1:
            raise UsageError("one ID or URL is needed; `scrapy search` shows the ids")
        with self.reading() as session:
            article = find_article(session, args[0])
            if opts.format == "json":
                print(json.dumps(_data(session, article, opts), ensure_ascii=False, indent=2))
            else:
                _print(session, article, opts)
        return 0


def _data(session: Session, article: StoredArticle, opts: argparse.Namespace) -> Record:
    (row,) = load_records(session, [article])
    if opts.copies:
        told = stories_of(session, [article])
        row["copies"] = copy_records(session, told[article.id]) if told else []
    if opts.revisions:
        row["revisions"] = version_records(history(session, article.id))
    return row


def _print(session: Session, article: StoredArticle, opts: argparse.Namespace) -> None:
    console = Printer(highlight=False)
    width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
    # Colours say what marks say elsewhere.
    colours = console.color_system is not None and not console.no_color
    story = stories_of(session, [article]).get(article.id)
    _put(_heading(article, story, width))
    if opts.copies:
        told = copies(session, story, article.id, colours=colours) if story else [_no_copies(article)]
        _put_wrapped(console, told, width)
    if opts.revisions:
        _put_wrapped(console, versions(history(session, article.id), article.timezone, colours=colours), width)
    if not opts.copies and not opts.revisions:
        (row,) = load_records(session, [article])
        names = session.scalars(select(Original.name).where(Original.article_id == article.id))
        _put(_body(article, row, list(names), width))


def _no_copies(article: StoredArticle) -> Text:
    if article.scheme == 0:
        return Text("not compared with other articles yet, since an older version stored it: the next crawl does")
    return Text("no other copy is known")


def _put(lines: Iterable[str]) -> None:
    for line in lines:
        print(harmless(line))


def _put_wrapped(console: Printer, lines: Iterable[Text], width: int) -> None:
    """Prints the lines; what does not fit stands below, a little more to the right."""
    for line in lines:
        indent = len(line.plain) - len(line.plain.lstrip())
        for place, part in enumerate(line[indent:].wrap(console, width - indent - _HANGING)):
            part.rstrip()
            console.print(Text(" " * (indent + (_HANGING if place else 0))).append_text(part), soft_wrap=True)
    print()


def _heading(article: StoredArticle, story: StoryView | None, width: int) -> Iterator[str]:
    yield from textwrap.wrap(article.title or "(no title)", width)
    parts = [format_published(article), article.outlet or "unknown outlet", *article.authors]
    yield " · ".join(part for part in [*parts, article.section] if part)
    if story:
        yield f"{format_reach(story)}; {format_origin(story)}"
    if article.removed_at:
        yield format_removed(article.removed_at, article.timezone)
    yield ""


def _body(article: StoredArticle, row: Record, originals: list[str], width: int) -> Iterator[str]:
    for paragraph in article.text.splitlines():
        yield from textwrap.wrap(paragraph, width) or [""]
        yield ""
    for name, value in _facts(article, row, originals):
        if value:
            yield f"{name:<14} {value}"


def _facts(article: StoredArticle, row: Record, originals: list[str]) -> Iterator[tuple[str, str | None]]:
    """All that the text above does not say, and where it comes from."""
    yield "id", f"{article.id}, {article.origin}, revision {article.revision}"
    yield "url", article.url
    yield "canonical url", article.canonical_url
    for url in row["other_urls"]:
        yield "also at", url
    yield "published", _published(article, row)
    yield "modified", row["modified_at"]
    yield "first seen", row["first_seen_at"]
    yield "fetched", row["fetched_at"]
    for name in dict.fromkeys((*_FIRST_FIELDS, *TEXT_FIELDS, *LIST_FIELDS)):
        if name not in _IN_HEADING:
            value = row[name]
            yield name.removesuffix("_url"), ", ".join(value) if isinstance(value, list) else value
    alike = f"similarity with its first {format_similarity(article.similarity)}"
    yield "story", f"{article.story_id}, {alike}" if article.story_id else None
    for original in originals:
        yield "imported from", original
    yield "text sha256", article.text_sha256


def _published(article: StoredArticle, row: Record) -> str | None:
    if article.published_at is None:
        return "unknown"
    precise = f"precise to the {article.published_precision}" if article.published_precision else ""
    confidence = f"{article.published_confidence} confidence" if article.published_confidence else ""
    raw = f'"{article.published_raw}"' if article.published_raw else ""
    found = [part for part in (raw, article.published_source, precise, confidence) if part]
    return f"{row['published_at']}  ({', '.join(found)})" if found else str(row["published_at"])
