"""A digest in every form: a page for mails and files, and lines for chats, with bars made of letters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from alerts import markup
from alerts.digest import HITS, TOP_STORIES, Digest, News, Trouble
from alerts.markup import Form
from alerts.messages import Entry
from core import formatting
from core.formatting import format_count, long_date

_BAR = 20
_HEIGHT, _STEP = 48, 16
# How much of it is written: stories, and hits of a watchlist; less where it is too long for its channel.
_SIZES = ((TOP_STORIES, HITS), (5, 3), (3, 1), (1, 0))
NOTHING_WRONG = "All outlets are well, and every message got through."


@dataclass(frozen=True, slots=True)
class _Style:
    """How lines are written."""

    form: Form
    escape: Callable[[str], str]
    head: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str], str]
    item: str
    end: str


_PLAIN = _Style("text", markup.plain, str.upper, str, str, "- ", "\n")
_MARKDOWN = _Style(
    "markdown", markup.markdown, lambda text: f"## {text}", lambda text: f"**{text}**", lambda url: f"<{url}>",
    "- ", "\n",
)  # fmt: skip
_HTML = _Style(
    "html", markup.html, lambda text: f"<b>{text}</b>", lambda text: f"<b>{text}</b>",
    lambda url: f'<a href="{markup.html(url)}">{markup.html(url)}</a>', "• ", "<br>\n",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DigestMessage:
    """A digest that is to be sent."""

    digest: Digest

    @property
    def title(self) -> str:
        """The subject."""
        return self.digest.title

    def body(self, form: Form, most: int) -> str:
        """All of it, with fewer stories and hits where there is no room for them."""
        text = ""
        for stories, hits in _SIZES:
            text = write(self.digest.cut(stories, hits), form)
            if len(text) <= most:
                break
        return text


def write(digest: Digest, form: Form) -> str:
    """The digest in this form."""
    if form == "page":
        return _template().render(
            digest=digest, chart=chart(digest.news.days) if digest.news else None, nothing_wrong=NOTHING_WRONG
        )
    style = {"text": _PLAIN, "markdown": _MARKDOWN}.get(form, _HTML)
    return style.end.join(_lines(digest, style))


def markdown_document(digest: Digest) -> str:
    """The digest as a file of its own."""
    return f"# {markup.markdown(digest.title)}\n\n{write(digest, 'markdown')}\n"


def chart(days: Sequence[tuple[date, int]]) -> Markup:
    """How many different texts there were on each day: small columns, the last one is the day's own."""
    top = max((number for _, number in days), default=0) or 1
    columns = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {:,}</title></rect>').format(
            "today" if place == len(days) - 1 else "day",
            place * _STEP,
            _HEIGHT - (height := max(round(_HEIGHT * number / top), 1)),
            _STEP - 3,
            height,
            long_date(day),
            number,
        )
        for place, (day, number) in enumerate(days)
    )
    span = f"{long_date(days[0][0])} to {long_date(days[-1][0])}"
    words = f"different texts a day, {span}: at most {top:,}, last {days[-1][1]:,}"
    return Markup(
        '<svg class="chart" role="img" viewBox="0 0 {0} {1}" width="{0}" height="{1}"><title>{2}</title>{3}</svg>'
    ).format(len(days) * _STEP, _HEIGHT, words, columns)


def bar(number: int, most: int) -> str:
    """A bar of letters; at least one for anything."""
    return "█" * max(round(_BAR * number / (most or 1)), min(number, 1))


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    # Whatever is put in is text: nothing of it becomes HTML.
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"counted": format_count, "marked": _marked}
    environment.filters |= {"clean": formatting.one_line, "day": long_date}
    return environment.get_template("digest.html")


def _marked(entry: Entry) -> tuple[Markup, Markup]:
    """Title and snippet with what matched; ``markup`` has escaped the rest."""
    title = markup.marked(entry.title, entry.highlights, "html")
    return Markup(title), Markup(markup.marked(*entry.snippet, "html"))  # noqa: S704 - escaped


def _lines(digest: Digest, style: _Style) -> Iterator[str]:
    if digest.news is not None:
        yield from _news(digest.news, style)
    if digest.trouble is not None:
        yield from _trouble(digest.trouble, style)


def _news(news: News, style: _Style) -> Iterator[str]:
    texts = format_count(news.stories, "different text")
    yield f"{format_count(news.articles, 'article')}, {texts}, {format_count(len(news.outlets), 'outlet')}."
    for hits in news.hits:
        yield from _section(f"{style.escape(hits.title)}: {format_count(hits.total, 'hit')}", style)
        for entry in hits.entries:
            yield from _entry(entry, style)
    if news.top:
        yield from _section("Top stories by reach", style)
        for story in news.top:
            yield f"{style.item}{style.strong(style.escape(story.title))}"
            outlets = f"{format_count(len(story.outlets), 'outlet')}: {style.escape(', '.join(story.outlets))}"
            yield f"  {outlets} · first {story.first}"
            if story.link:
                yield f"  {style.link(story.link)}"
    if news.outlets:
        yield from _section("Outlets", style)
        for one in news.outlets:
            numbers = f"{format_count(one.articles, 'article')}, {format_count(one.stories, 'different text')}"
            yield f"{style.item}{style.escape(one.name)}: {numbers} {bar(one.articles, news.outlets[0].articles)}"
    yield from _section("Different texts a day", style)
    most = max(number for _, number in news.days)
    for day, number in news.days:
        yield f"{style.item}{long_date(day)}: {number:,} {bar(number, most)}"


def _entry(entry: Entry, style: _Style) -> Iterator[str]:
    yield f"{style.item}{style.strong(style.escape(entry.title))}"
    yield f"  {style.escape(entry.about)}"
    yield f"  {markup.marked(*entry.snippet, style.form)}"
    if entry.link:
        yield f"  {style.link(entry.link)}"


def _trouble(trouble: Trouble, style: _Style) -> Iterator[str]:
    yield from _section("For the operator", style)
    for name, words in trouble.outlets:
        yield f"{style.item}{style.escape(f'{name}: {words}')}"
    for message in trouble.messages:
        yield f"{style.item}{style.escape(message)}"
    if not trouble.outlets and not trouble.messages:
        yield NOTHING_WRONG


def _section(title: str, style: _Style) -> Iterator[str]:
    yield ""
    yield style.head(title)
    yield ""
