"""How moments, stories and differences are written for people, on a terminal and elsewhere. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from rich.text import Text

from core.text.diff import Paragraph, Piece, brief
from crawler.console import harmless
from database.story_queries import Member, Told

_DAYS, _HOURS, _MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# From two days on nobody counts hours.
_MANY_HOURS = timedelta(hours=48)
_DAY = len("2024-09-01")
# Words by which somebody who has the text before him finds a paragraph.
_BEGINNING = 12
_STYLES = {"same": "", "added": "green", "removed": "red strike"}
_MARKS = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "-"}


class Dated(Protocol):
    """What of an article tells when it was published."""

    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102 - as in database.schema, like the rest
    @property
    def published_precision(self) -> str | None: ...  # noqa: D102
    @property
    def timezone(self) -> str: ...  # noqa: D102


def published(article: Dated) -> str:
    """When it was published, by the outlet's clock: "2024-09-01 10:00 WIB"; only the day if no more is known."""
    if article.published_at is None:
        return "undated"
    shown = moment(article.published_at, article.timezone)
    return shown[:_DAY] if article.published_precision == "day" else shown


def moment(at: datetime, timezone: str) -> str:
    """By the clock of that zone: "2024-09-01 10:00 WIB"."""
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M %Z}"


def removed(at: datetime, timezone: str) -> str:
    """That its page is gone, by the clock of that zone."""
    return f"removed from its page on {moment(at, timezone)}; kept here"


def counted(number: int, thing: str, *, plural: str | None = None) -> str:
    """A number and what it counts: "1 outlet", "1,200 outlets"."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"


def reach(story: Told) -> str:
    """How far a story went: "5 copies in 4 outlets"; an article counts as a copy of itself."""
    copies = counted(len(story.members), "copy", plural="copies")
    return f"{copies} in {counted(len(story.outlets), 'outlet')}" if story.outlets else copies


def origin(story: Told) -> str:
    """Who had it first: "first: antara, 2024-09-14 10:00 WIB"."""
    return f"first: {story.first.outlet or 'unknown outlet'}, {published(story.first)}"


def lag(story: Told, member: Member) -> str:
    """How long after the first: "+1 h 20 min"; "0" for the first; in days where a time of day is unknown."""
    if member is story.first:
        return "0"
    after = story.lag(member)
    if after is None:
        return "undated"
    if not after.exact:
        return f"+{after.time.days} d" if after.time else "same day"
    return f"+{_duration(after.time)}"


def _duration(time: timedelta) -> str:
    if time >= _MANY_HOURS:
        parts = ((time // _DAYS, "d"), (time % _DAYS // _HOURS, "h"))
    else:
        parts = ((time // _HOURS, "h"), (time % _HOURS // _MINUTES, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def likeness(similarity: float | None) -> str:
    """A similarity in per cent; 100 % is the same text, and nothing else is."""
    if similarity is None:
        return "not compared"
    return "100 %" if similarity == 1 else f"{min(round(100 * similarity), 99)} %"


def difference(paragraphs: Iterable[Paragraph], *, colours: bool, whole: bool = True) -> list[Text]:
    """The paragraphs that differ, a line each: "+" only the new text has it, "-" only the old one, "~" it changed.

    Unless ``whole``, of those that only the old text has the beginning will do.
    """
    return [
        Text(f"{_SIGNS[one.kind]} ").append_text(
            word_difference(brief(one.pieces), colours=colours)
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
