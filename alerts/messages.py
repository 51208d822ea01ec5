"""The message that tells of a watchlist's matches, in every form that a channel may want."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from alerts.markup import Form, html, markdown, marked, plain, web_address
from alerts.watchlists import Watchlist
from core.formatting import format_count, long_published, one_line, shorten
from database.schema import StoredArticle
from search.ast import Query
from search.results import load_articles
from search.snippet import Snippet, Span, highlights, snippet
from search.stories import StoryView, stories_of

LISTED = 20
_TITLE = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a message tells of it.

    Attributes:
        about: where and when it was published, and how far its story went.
        link: its address, fit for every form; ``None``: it has none of the web.
    """

    title: str
    highlights: tuple[Span, ...]
    about: str
    snippet: Snippet
    link: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """What a watchlist found.

    Attributes:
        total: how many articles there are to tell of; ``entries`` are the first of them.
        hint: how to see the others.
    """

    heading: str
    total: int
    entries: tuple[Entry, ...]
    hint: str

    @property
    def title(self) -> str:
        """The subject."""
        return f"{plain(self.heading)}: {format_count(self.total, 'new article')}"

    def body(self, form: Form, most: int) -> str:
        """The articles, as many as there is room for (one at least); the hint if there is none."""
        text = self.hint
        for shown in range(len(self.entries), 0, -1):
            text = _WRITERS[form](self, self.entries[:shown])
            if len(text) <= most:
                break
        return text

    def rest(self, shown: int) -> str | None:
        """What is said of those that are not listed."""
        return f"and {self.total - shown:,} more: {self.hint}" if self.total > shown else None


def alert(session: Session, watchlist: Watchlist, article_ids: Sequence[int]) -> Alert:
    """The message that tells of these articles as they are now; each stands for all copies of its text."""
    entries = entries_of(session, watchlist.query, load_articles(session, article_ids[:LISTED]))
    hint = f"scrapy watch test {shlex.quote(watchlist.name)} --limit 100"
    return Alert(watchlist.declared.title, len(article_ids), entries, hint)


def entries_of(session: Session, query: Query, articles: Sequence[StoredArticle]) -> tuple[Entry, ...]:
    """The articles as a message tells of them, each with what of it answers the query."""
    told = stories_of(session, articles)
    return tuple(_entry(article, told.get(article.id), query) for article in articles)


def _entry(article: StoredArticle, story: StoryView | None, query: Query) -> Entry:
    phrases = query.wanted()
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
    """How far the article's story went: "also in 4 outlets, first: antara"."""
    if story is None:
        return []
    others = [outlet for outlet in story.outlets if outlet != article.outlet]
    first = story.first.outlet if story.first.id != article.id else None
    parts = [f"also in {format_count(len(others), 'outlet')}"] if others else []
    return [", ".join([*parts, f"first: {first}"] if first else parts)] if parts or first else []


def _text(alert: Alert, entries: Sequence[Entry]) -> str:
    parts = [
        "\n".join(filter(None, (plain(one.title), plain(one.about), plain(one.snippet.text), one.link)))
        for one in entries
    ]
    return "\n\n".join([*parts, *filter(None, [alert.rest(len(entries))])])


def _markdown(alert: Alert, entries: Sequence[Entry]) -> str:
    parts = []
    for one in entries:
        lines = [f"**{markdown(one.title)}**", markdown(one.about), marked(*one.snippet, "markdown")]
        parts.append("\n".join([*lines, f"<{one.link}>"] if one.link else lines))
    rest = alert.rest(len(entries))
    return "\n\n".join([*parts, *([markdown(rest)] if rest else [])])


def _html(alert: Alert, entries: Sequence[Entry]) -> str:
    parts = []
    for one in entries:
        title = marked(one.title, one.highlights, "html")
        link = f'<a href="{html(one.link)}">{title}</a>' if one.link else title
        parts.append(f"<p>{link}<br>{html(one.about)}<br>{marked(*one.snippet, 'html')}</p>")
    rest = alert.rest(len(entries))
    return "\n".join([*parts, *([f"<p>{html(rest)}</p>"] if rest else [])])


_WRITERS: dict[Form, Callable[[Alert, Sequence[Entry]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "html": _html,
    "page": _html,
}
