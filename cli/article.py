"""One article on the terminal."""

import argparse
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from rich.text import Text
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.console import harmless
from cli.terminal import Printer
from core.errors import PantauError
from core.formatting import format_count, format_published, format_removed, format_similarity, iso_time
from core.text.diff import Paragraph, Piece, cut_unchanged, paragraph_diff, word_diff
from database.articles import LIST_FIELDS, TEXT_FIELDS, find_article
from database.ledger import MAX_ATTEMPTS, Event, History, SourceStatus, find_sources, history
from database.ledger.history import RecheckState
from database.revisions import Version, load_revisions
from database.schema import Original, StoredArticle
from search.records import Record, copy_record, load_records
from search.results import load_articles
from search.stories import Member, StoryView, compare_copies, format_lag, format_origin, format_reach, stories_of

_WIDTH = 100
_IN_HEADING = {"title", "authors", "section"}
_FIRST_FIELDS = ("dateline", "credit", "language", "summary", "tags")
_HANGING = 2
# Enough words to find a paragraph in the text.
_BEGINNING = 12
_STYLES = {"same": "", "added": "green", "removed": "red strike"}
_MARKS = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "-"}


def difference(paragraphs: Iterable[Paragraph], *, colours: bool, whole: bool = True) -> list[Text]:
    """Format the differing paragraphs: "+" new, "-" old, "~" changed.

    Unless ``whole``, paragraphs of the old text only are shortened.
    """
    return [
        Text(f"{_SIGNS[paragraph.kind]} ").append_text(
            word_difference(cut_unchanged(paragraph.pieces), colours=colours)
            if paragraph.kind == "changed"
            else Text(_only(paragraph, whole=whole), _STYLES[paragraph.kind] if colours else "")
        )
        for paragraph in paragraphs
        if paragraph.kind != "same"
    ]


def _only(paragraph: Paragraph, *, whole: bool) -> str:
    words = harmless(paragraph.pieces[0].text).split()
    cut = not whole and paragraph.kind == "removed" and len(words) > _BEGINNING
    return " ".join([*words[:_BEGINNING], f"… ({len(words)} words)"] if cut else words)


def word_difference(pieces: Iterable[Piece], *, colours: bool) -> Text:
    """Mark changed words by colours, or as [-removed-] and {+added+}."""
    text = Text()
    for piece in pieces:
        words = piece.text.rstrip()
        before, after = ("", "") if colours else _MARKS[piece.kind]
        text.append(f"{before}{harmless(words)}{after}", _STYLES[piece.kind] if colours else "")
        text.append(piece.text[len(words) :])
    text.rstrip()
    return text


_INDENT = "       "


def copy_lines(session: Session, story: StoryView, article_id: int, *, colours: bool) -> Iterator[Text]:
    for comparison in compare_copies(session, story):
        yield Text(_entry(story, comparison.member, article_id), "bold" if colours else "")
        if comparison.own_title:
            yield Text(f"{_INDENT}“{harmless(comparison.member.title or '(no title)')}”")
        if comparison.same_as is None:
            yield from _indented(difference(comparison.differences or (), colours=colours, whole=False))
        elif comparison.same_as is not story.first:
            yield Text(f"{_INDENT}the same text as {comparison.same_as.id}")


def copy_records(session: Session, story: StoryView) -> list[Record]:
    """List a story's articles, oldest first, with changes to the first."""
    articles = load_articles(session, [member.id for member in story.members])
    return [
        copy_record(story, member) | {"differences": _plain(paragraph_diff(articles[0].text, article.text))}
        for member, article in zip(story.members, articles, strict=True)
    ]


def version_lines(versions: Sequence[Version], timezone: str, *, colours: bool) -> Iterator[Text]:
    unchanged = "; no change was seen since" if len(versions) == 1 else ""
    yield Text(
        f"revision {versions[0].revision}, {_seen(versions[0], timezone)}{unchanged}",
        "bold" if colours else "",
    )
    for old, new in pairwise(versions):
        yield Text(f"revision {new.revision}, {_seen(new, timezone)}: {_summary(new)}", "bold" if colours else "")
        if new.title_changed:
            yield from _indented([_headline(old.title, new.title, colours=colours)])
        yield from _indented(difference(paragraph_diff(old.text, new.text), colours=colours))


def version_records(versions: Sequence[Version]) -> list[Record]:
    """List an article's versions, oldest first, with changes; times in UTC."""
    before = [versions[0], *versions]
    return [_version_record(old, new) for old, new in zip(before, versions, strict=False)]


def _entry(story: StoryView, member: Member, article_id: int) -> str:
    parts = [f"{member.id:>5}", format_published(member), harmless(member.outlet or "unknown outlet")]
    if member is story.first:
        parts.append("first")
    else:
        parts += [format_lag(story, member)] if story.lag(member) else []
        parts.append(format_similarity(member.similarity))
    parts += ["removed from its page"] if member.removed_at else []
    parts += ["(this one)"] if member.id == article_id else []
    return "  ".join(parts)


def _indented(lines: Iterable[Text]) -> Iterator[Text]:
    return (Text(_INDENT).append_text(line) for line in lines)


def _seen(version: Version, timezone: str) -> str:
    return f"seen {iso_time(version.seen_at, timezone)}" if version.seen_at else "imported"


def _summary(version: Version) -> str:
    counts = ((version.words_added, "added"), (version.words_removed, "removed"))
    parts = [f"{format_count(number, 'word')} {what}" for number, what in counts if number]
    return ", ".join([*parts, "headline changed"] if version.title_changed else parts)


def _headline(old: str | None, new: str | None, *, colours: bool) -> Text:
    return Text("headline: ").append_text(word_difference(word_diff(old or "", new or ""), colours=colours))


def _version_record(old: Version, new: Version) -> Record:
    return {
        "revision": new.revision,
        "seen_at": new.seen_at and new.seen_at.isoformat(),
        "modified_at": new.modified_at and new.modified_at.isoformat(),
        "title": new.title,
        "text": new.text,
        "words_added": new.words_added,
        "words_removed": new.words_removed,
        "title_changed": new.title_changed,
        "differences": _plain(paragraph_diff(old.text, new.text)),
    }


def _plain(paragraphs: Sequence[Paragraph]) -> list[dict[str, Any]]:
    return [
        {
            "kind": paragraph.kind,
            "pieces": [{"kind": piece.kind, "text": piece.text.rstrip()} for piece in paragraph.pieces],
        }
        for paragraph in paragraphs
        if paragraph.kind != "same"
    ]


def print_article(session: Session, reference: str, opts: argparse.Namespace) -> None:
    """Print an article.

    Raises:
        UsageError: the reference is neither an id nor a URL.
        PantauError: no such article.
    """
    article = find_article(session, reference)
    if opts.format == "json":
        print(json.dumps(_article_record(session, article, opts), ensure_ascii=False, indent=2))
    else:
        _print_text(session, article, opts)


def _article_record(session: Session, article: StoredArticle, opts: argparse.Namespace) -> Record:
    (row,) = load_records(session, [article])
    if opts.copies:
        stories = stories_of(session, [article])
        row["copies"] = copy_records(session, stories[article.id]) if stories else []
    if opts.revisions:
        row["revisions"] = version_records(load_revisions(session, article.id))
    return row


def _print_text(session: Session, article: StoredArticle, opts: argparse.Namespace) -> None:
    console = Printer(highlight=False)
    width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
    # Colours say what marks say elsewhere.
    colours = console.color_system is not None and not console.no_color
    story = stories_of(session, [article]).get(article.id)
    _print_lines(_heading(article, story, width))
    if opts.copies:
        lines = copy_lines(session, story, article.id, colours=colours) if story else [_no_copies(article)]
        _print_wrapped(console, lines, width)
    if opts.revisions:
        _print_wrapped(
            console, version_lines(load_revisions(session, article.id), article.timezone, colours=colours), width
        )
    if not opts.copies and not opts.revisions:
        (row,) = load_records(session, [article])
        names = session.scalars(select(Original.name).where(Original.article_id == article.id))
        _print_lines(_body(article, row, list(names), width))


def _no_copies(article: StoredArticle) -> Text:
    if article.scheme == 0:
        return Text("not compared with other articles yet: an older version stored it, and the next crawl compares it")
    return Text("no other copy found")


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(harmless(line))


def _print_wrapped(console: Printer, lines: Iterable[Text], width: int) -> None:
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
    similarity = f"similarity with its first {format_similarity(article.similarity)}"
    yield "story", f"{article.story_id}, {similarity}" if article.story_id else None
    for original in originals:
        yield "imported from", original
    yield "text sha256", article.text_sha256


def _published(article: StoredArticle, row: Record) -> str | None:
    if article.published_at is None:
        return "unknown"
    precise = f"precise to the {article.published_precision}" if article.published_precision else ""
    confidence = f"{article.published_confidence} confidence" if article.published_confidence else ""
    raw = f'"{article.published_raw}"' if article.published_raw else ""
    details = [part for part in (raw, article.published_source, precise, confidence) if part]
    return f"{row['published_at']}  ({', '.join(details)})" if details else str(row["published_at"])


_MEANING = {
    "pending": "to be fetched in the next run",
    "stored": "stored",
    "same-as": "the same article as another URL",
    "rejected": "rejected",
    "failed": "failed",
    "gone": "gone",
}
# Events of rechecks whose names need an explanation.
_EVENTS = {
    "kept": "rechecked, kept as it was",
    "removed": "its page is removed, the article is kept",
    "restored": "its page is back",
}


def print_history(session: Session, url: str) -> None:
    """Print the history of the URL and, of a source, its polling state.

    Raises:
        PantauError: no source ever named it.
    """
    url_history, sources = history(session, url), find_sources(session, url=url)
    if url_history is None and not sources:
        raise PantauError(f"{url} is unknown: no source of any outlet named it; is it spelt right?")
    lines = [line for source in sources for line in format_source(source)]
    lines += format_history(url_history, datetime.now(UTC)) if url_history else []
    for line in lines:
        print(harmless(line))


def format_source(source: SourceStatus) -> Iterator[str]:
    yield source.url
    yield f"  source    {source.kind} of {source.outlet}"
    yield f"  answered  {_time(source.checked_at) if source.checked_at else 'never'}"
    if source.changed_at:
        yield f"  changed   {_time(source.changed_at)}"
    if source.problem:
        at = f", last {_time(source.failed_at)}" if source.failed_at else ""
        yield f"  failed    {source.failures} times since then{at}: {source.problem}"


def format_history(url: History, now: datetime) -> Iterator[str]:
    """Describe a URL's state and its history, oldest event first."""
    yield url.url
    yield f"  outlet    {url.outlet}"
    yield f"  state     {_state(url)}"
    if url.article_id is not None:
        version = f", revision {url.revision}" if url.revision and url.revision > 1 else ""
        yield f"  article   {url.article_id}: {url.article_title or '(no title)'}{version}"
    if url.removed_at is not None:
        yield f"  removed   from its page, {_time(url.removed_at)}; kept here"
    if url.recheck is not None:
        yield from _format_recheck(url.recheck, now)
    for address in url.same_as:
        yield f"  same as   {address}"
    for address in url.also:
        yield f"  also at   {address}"
    if url.state == "failed" or url.next_attempt_at is not None:
        yield f"  attempts  {url.attempts} of {MAX_ATTEMPTS}; {_next(url.next_attempt_at, now)}"
    if url.article_id is None and url.title_hint:
        yield f"  title     {url.title_hint} (as its source says)"
    if url.published_hint is not None:
        yield f"  dated     {_time(url.published_hint)}"
    yield "history"
    yield f"  {_time(url.first_seen_at)}  first seen"
    yield from (f"  {_time(event.at)}  {_event(event)}" for event in url.events)


def _format_recheck(recheck: RecheckState, now: datetime) -> Iterator[str]:
    yield f"  rechecked {_time(recheck.looked_at)}"
    if recheck.missing_since is not None:
        yield f"  missing   since {_time(recheck.missing_since)}"
    if recheck.failures:
        yield (
            f"  failed    the last {recheck.failures} rechecks"
            if recheck.failures > 1
            else "  failed    the last recheck"
        )
    if recheck.due_at is None:
        yield "  next recheck only if a source reports a change"
    elif recheck.due_at <= now:
        yield "  next recheck due in the next run"
    else:
        yield f"  next recheck from {_time(recheck.due_at)} on (in {_wait(recheck.due_at, now)})"


def _state(url: History) -> str:
    meaning = _MEANING.get(url.state, url.state)
    reason = ": ".join(part for part in (url.reason, url.detail) if part)
    decided = f", {_time(url.decided_at)}" if url.decided_at else ""
    return f"{meaning} ({reason}){decided}" if reason else f"{meaning}{decided}"


def _next(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "given up"
    if at <= now:
        return "due: the next run tries again"
    return f"next try from {_time(at)} on (in {_wait(at, now)})"


def _wait(until: datetime, now: datetime) -> str:
    minutes = (until - now) // timedelta(minutes=1)
    if minutes < 2 * 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 3 * 24 else f"{hours // 24} days"


def _event(event: Event) -> str:
    parts = [_EVENTS.get(event.event, event.event)]
    if event.source_url:
        parts.append(f"by {event.source_url}")
    if reason := ": ".join(part for part in (event.reason, event.detail) if part):
        parts.append(f"({reason})")
    if event.run_id is not None:
        parts.append(f"in run {event.run_id}")
    return " ".join(parts)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
