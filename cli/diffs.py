"""How moments, stories and differences are written for people, on a terminal and elsewhere. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from rich.text import Text
from sqlalchemy.orm import Session

from cli.console import harmless
from core.formatting import format_count, format_published, format_similarity, iso_time
from core.text.diff import Paragraph, Piece, cut_unchanged, paragraph_diff, word_diff
from core.text.words import folded_words
from database.revisions import Version
from search.records import Record, copy_record
from search.results import load_articles
from search.stories import Member, StoryView, format_lag

# Words by which somebody who has the text before him finds a paragraph.
_BEGINNING = 12
_STYLES = {"same": "", "added": "green", "removed": "red strike"}
_MARKS = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "-"}


def difference(paragraphs: Iterable[Paragraph], *, colours: bool, whole: bool = True) -> list[Text]:
    """The paragraphs that differ, a line each: "+" only the new text has it, "-" only the old one, "~" it changed.

    Unless ``whole``, of those that only the old text has the beginning will do.
    """
    return [
        Text(f"{_SIGNS[one.kind]} ").append_text(
            word_difference(cut_unchanged(one.pieces), colours=colours)
            if one.kind == "changed"
            else Text(_only(one, whole=whole), _STYLES[one.kind] if colours else "")
        )
        for one in paragraphs
        if one.kind != "same"
    ]


def _only(paragraph: Paragraph, *, whole: bool) -> str:
    words = harmless(paragraph.pieces[0].text).split()
    cut = not whole and paragraph.kind == "removed" and len(words) > _BEGINNING
    return " ".join([*words[:_BEGINNING], f"… ({len(words)} words)"] if cut else words)


def word_difference(pieces: Iterable[Piece], *, colours: bool) -> Text:
    """What was removed and added, in colours, or marked as [-removed-] and {+added+}."""
    shown = Text()
    for piece in pieces:
        words = piece.text.rstrip()
        before, after = ("", "") if colours else _MARKS[piece.kind]
        shown.append(f"{before}{harmless(words)}{after}", _STYLES[piece.kind] if colours else "")
        shown.append(piece.text[len(words) :])
    shown.rstrip()
    return shown


_INDENT = "       "


def copies(session: Session, story: StoryView, article_id: int, *, colours: bool) -> Iterator[Text]:
    """The story's articles in order of publication, with what each has otherwise than the first; a line each."""
    articles = load_articles(session, [member.id for member in story.members])
    known = {articles[0].text_sha256: story.first.id}
    for member, article in zip(story.members, articles, strict=True):
        yield Text(_entry(story, member, article_id), "bold" if colours else "")
        if folded_words(article.title or "") != folded_words(articles[0].title or ""):
            yield Text(f"{_INDENT}“{harmless(article.title or '(no title)')}”")
        like = known.setdefault(article.text_sha256, article.id)
        if like == article.id:
            differing = paragraph_diff(articles[0].text, article.text)
            yield from _indented(difference(differing, colours=colours, whole=False))
        elif like != story.first.id:
            yield Text(f"{_INDENT}the same text as {like}")


def copy_records(session: Session, story: StoryView) -> list[Record]:
    """The story's articles in order of publication, with the paragraphs that differ from the first's."""
    articles = load_articles(session, [member.id for member in story.members])
    return [
        copy_record(story, member) | {"differences": _plain(paragraph_diff(articles[0].text, article.text))}
        for member, article in zip(story.members, articles, strict=True)
    ]


def versions(history: Sequence[Version], timezone: str, *, colours: bool) -> Iterator[Text]:
    """An article's versions, oldest first, each with what it changed; a line each."""
    unchanged = "; no change was seen since" if len(history) == 1 else ""
    yield Text(f"revision {history[0].revision}, {_seen(history[0], timezone)}{unchanged}", "bold" if colours else "")
    for old, new in pairwise(history):
        yield Text(f"revision {new.revision}, {_seen(new, timezone)}: {_summary(new)}", "bold" if colours else "")
        if new.title_changed:
            yield from _indented([_headline(old.title, new.title, colours=colours)])
        yield from _indented(difference(paragraph_diff(old.text, new.text), colours=colours))


def version_records(history: Sequence[Version]) -> list[Record]:
    """An article's versions, oldest first, with the paragraphs that each changed. Times are UTC."""
    before = [history[0], *history]
    return [_version_record(old, new) for old, new in zip(before, history, strict=False)]


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
        {"kind": one.kind, "pieces": [{"kind": piece.kind, "text": piece.text.rstrip()} for piece in one.pieces]}
        for one in paragraphs
        if one.kind != "same"
    ]
