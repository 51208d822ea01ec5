"""Messages about matches and changed flags, in every form."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from alerts.markup import Form, html, markdown, marked, plain, web_address
from alerts.watchlists import Watchlist
from core.formatting import format_count, long_published, long_time, one_line, shorten
from core.periods import HOME
from database.schema import StoredArticle
from health.flags import FlagView, load_open_flags
from search.ast import Query
from search.results import load_articles
from search.snippet import Snippet, Span, highlights, snippet
from search.stories import StoryView, stories_of

LISTED = 20
_TITLE = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a message.

    Attributes:
        about: place and time of publication, and number of outlets with its story.
        link: safe in every form; ``None`` if it has none on the web.
    """

    title: str
    highlights: tuple[Span, ...]
    about: str
    snippet: Snippet
    link: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """Message about a watchlist's new matches.

    ``total`` counts the articles; ``entries`` are the first. ``hint`` says how to see the others.
    """

    heading: str
    total: int
    entries: tuple[Entry, ...]
    hint: str

    @property
    def title(self) -> str:
        return f"{plain(self.heading)}: {format_count(self.total, 'new article')}"

    def body(self, form: Form, most: int) -> str:
        """Return the articles there is room for (one at least), or the hint."""
        text = self.hint
        for shown in range(len(self.entries), 0, -1):
            text = _WRITERS[form](self, self.entries[:shown])
            if len(text) <= most:
                break
        return text

    def rest(self, shown: int) -> str | None:
        return f"and {self.total - shown:,} more: {self.hint}" if self.total > shown else None


def write_alert(session: Session, watchlist: Watchlist, article_ids: Sequence[int]) -> Alert:
    """Write about these articles; each stands for all copies of its text."""
    entries = build_entries(session, watchlist.query, load_articles(session, article_ids[:LISTED]))
    hint = f"scrapy watch test {shlex.quote(watchlist.name)} --limit 100"
    return Alert(watchlist.declared.title, len(article_ids), entries, hint)


def build_entries(session: Session, query: Query, articles: Sequence[StoredArticle]) -> tuple[Entry, ...]:
    stories = stories_of(session, articles)
    return tuple(_entry(article, stories.get(article.id), query) for article in articles)


def _entry(article: StoredArticle, story: StoryView | None, query: Query) -> Entry:
    phrases = query.phrases()
    title = shorten(one_line(article.title or "(no title)"), _TITLE)
    when = long_published(article)
    about = [article.outlet or "unknown outlet", when, *_copies(article, story)]
    return Entry(
        title,
        highlights(title, phrases),
        " · ".join(about),
        snippet(article.text, phrases),
        web_address(article.url),
    )


def _copies(article: StoredArticle, story: StoryView | None) -> list[str]:
    """Format "also in 4 outlets, first: antara"."""
    if story is None:
        return []
    others = [outlet for outlet in story.outlets if outlet != article.outlet]
    first = story.first.outlet if story.first.id != article.id else None
    parts = [f"also in {format_count(len(others), 'outlet')}"] if others else []
    return [", ".join([*parts, f"first: {first}"] if first else parts)] if parts or first else []


def _text(alert: Alert, entries: Sequence[Entry]) -> str:
    parts = [
        "\n".join(filter(None, (plain(entry.title), plain(entry.about), plain(entry.snippet.text), entry.link)))
        for entry in entries
    ]
    return "\n\n".join([*parts, *filter(None, [alert.rest(len(entries))])])


def _markdown(alert: Alert, entries: Sequence[Entry]) -> str:
    parts = []
    for entry in entries:
        lines = [f"**{markdown(entry.title)}**", markdown(entry.about), marked(*entry.snippet, "markdown")]
        parts.append("\n".join([*lines, f"<{entry.link}>"] if entry.link else lines))
    rest = alert.rest(len(entries))
    return "\n\n".join([*parts, *([markdown(rest)] if rest else [])])


def _html(alert: Alert, entries: Sequence[Entry]) -> str:
    parts = []
    for entry in entries:
        title = marked(entry.title, entry.highlights, "html")
        link = f'<a href="{html(entry.link)}">{title}</a>' if entry.link else title
        parts.append(f"<p>{link}<br>{html(entry.about)}<br>{marked(*entry.snippet, 'html')}</p>")
    rest = alert.rest(len(entries))
    return "\n".join([*parts, *([f"<p>{html(rest)}</p>"] if rest else [])])


_WRITERS: dict[Form, Callable[[Alert, Sequence[Entry]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "html": _html,
    "page": _html,
}


LISTED_FLAGS = 50
# Of a subject.
_NAMED = 5
_WORDS = 600
_OVER = "No longer so:"


@dataclass(frozen=True, slots=True)
class FlagsMessage:
    """Message to the operator about changed flags, as they are now.

    ``outlets`` have an open flag, ``recovered`` none any more.
    """

    raised: tuple[str, ...]
    cleared: tuple[str, ...]
    outlets: tuple[str, ...]
    recovered: tuple[str, ...]
    left_out: int = 0

    @property
    def title(self) -> str:
        parts = []
        if self.outlets:
            parts.append(f"{_need(len(self.outlets))} attention: {_names(self.outlets)}")
        if self.recovered:
            parts.append(f"{format_count(len(self.recovered), 'outlet')} recovered: {_names(self.recovered)}")
        return "; ".join(parts) or f"{format_count(len(self.cleared), 'flag')} cleared"

    def body(self, form: Form, most: int) -> str:
        """Return as many flags as there is room for (one at least)."""
        text = ""
        for shown in range(min(len(self.raised) + len(self.cleared), LISTED_FLAGS), 0, -1):
            text = _FLAG_WRITERS[form](self.cut(shown))
            if len(text) <= most:
                break
        return text

    def cut(self, shown: int) -> "FlagsMessage":
        """Keep this number of flags; open ones come first."""
        raised, cleared = self.raised[:shown], self.cleared[: max(shown - len(self.raised), 0)]
        left_out = len(self.raised) + len(self.cleared) - len(raised) - len(cleared)
        return replace(self, raised=raised, cleared=cleared, left_out=left_out)

    @property
    def rest(self) -> str | None:
        return f"and {self.left_out:,} more: scrapy outlets health" if self.left_out else None


def write_flags_message(session: Session, flags: Sequence[FlagView]) -> FlagsMessage:
    raised = [flag for flag in flags if flag.cleared_at is None]
    cleared = [flag for flag in flags if flag.cleared_at is not None]
    outlets = {flag.outlet for flag in cleared}
    return FlagsMessage(
        raised=tuple(map(_flag_line, raised)),
        cleared=tuple(map(_flag_line, cleared)),
        outlets=tuple(dict.fromkeys(flag.outlet for flag in raised)),
        recovered=tuple(sorted(outlets - load_open_flags(session, outlets).keys())),
    )


def _flag_line(flag: FlagView) -> str:
    words = shorten(one_line(flag.words), _WORDS)
    if flag.cleared_at is None:
        return f"{flag.outlet}: {words}"
    return f"{flag.outlet}: {words} ({_at(flag.raised_at)} to {_at(flag.cleared_at)})"


def _at(instant: datetime) -> str:
    return long_time(instant, HOME.key)


def _need(outlets: int) -> str:
    return format_count(outlets, "outlet needs", plural="outlets need")


def _names(outlets: Sequence[str]) -> str:
    more = len(outlets) - _NAMED
    return ", ".join(map(plain, outlets[:_NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _flag_lines(message: FlagsMessage, write: Callable[[str], str]) -> str:
    raised, cleared = ([f"- {write(line)}" for line in lines] for lines in (message.raised, message.cleared))
    parts = [raised, [_OVER, *cleared] if cleared else [], [write(message.rest)] if message.rest else []]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _flags_html(message: FlagsMessage) -> str:
    parts = [f"<p>{html(line)}</p>" for line in message.raised]
    if message.cleared:
        parts += [f"<p>{_OVER}</p>", *(f"<p>{html(line)}</p>" for line in message.cleared)]
    return "\n".join([*parts, *([f"<p>{html(message.rest)}</p>"] if message.rest else [])])


_FLAG_WRITERS: dict[Form, Callable[[FlagsMessage], str]] = {
    "text": partial(_flag_lines, write=plain),
    "markdown": partial(_flag_lines, write=markdown),
    "html": _flags_html,
    "page": _flags_html,
}
