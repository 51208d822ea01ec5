"""A day's digest: articles, top stories, watchlists' hits, and problems."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from sqlalchemy.orm import Session

from alerts import markup
from alerts.markup import Form, plain, web_address
from alerts.messages import Entry, build_entries
from alerts.watchlists import Watchlist
from core import formatting
from core.formatting import format_count, long_date, long_published, long_time, one_line, shorten
from core.periods import HOME
from database.alerts import deliveries
from health.overview import OutletHealth, load_outlet_names, load_outlet_states
from search.facets import tally
from search.results import search
from search.selection import Selection
from search.stories import find_stories

DAYS = 14
_DAY = timedelta(days=1)
TOP_STORIES = 10
HITS = 5
_TITLE = 200
_WORDS = 600


@dataclass(frozen=True, slots=True)
class OutletDay:
    """Number of articles and of different texts of an outlet."""

    name: str
    articles: int
    stories: int


@dataclass(frozen=True, slots=True)
class TopStory:
    """A text carried by several outlets."""

    title: str
    link: str | None
    first: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchlistHits:
    """A watchlist's hits of the day, and the best ones."""

    title: str
    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class News:
    """Publications of the day.

    Attributes:
        outlets: most articles first.
        days: different texts on each day up to this one, the oldest first.
        top: the stories begun on the day, by reach.
    """

    articles: int
    stories: int
    outlets: tuple[OutletDay, ...]
    days: tuple[tuple[date, int], ...]
    top: tuple[TopStory, ...]
    hits: tuple[WatchlistHits, ...]


@dataclass(frozen=True, slots=True)
class Problems:
    """Problems for the operator, as they are now.

    Attributes:
        outlets: outlet and text of each open flag, and of each outlet not crawled.
        messages: a line for each message not sent.
    """

    outlets: tuple[tuple[str, str], ...]
    messages: tuple[str, ...]

    @property
    def outlet_count(self) -> int:
        return len({name for name, _ in self.outlets})


@dataclass(frozen=True, slots=True)
class Digest:
    """A day's digest; parts not asked for are ``None``."""

    day: date
    news: News | None
    problems: Problems | None

    @property
    def title(self) -> str:
        day = long_date(self.day)
        if self.news is None:
            wrong = self.problems.outlet_count if self.problems else 0
            return f"Pantau, {day}: {format_count(wrong, 'outlet needs', plural='outlets need')} attention"
        return f"Pantau, {day}: {format_count(self.news.articles, 'article')}"

    def cut(self, stories: int, hits: int) -> "Digest":
        if self.news is None:
            return self
        shortened = tuple(
            replace(watchlist_hits, entries=watchlist_hits.entries[:hits]) for watchlist_hits in self.news.hits
        )
        return replace(self, news=replace(self.news, top=self.news.top[:stories], hits=shortened))


def read_digest(
    session: Session,
    watchlists: Sequence[Watchlist],
    day: date,
    now: datetime,
    *,
    news: bool = True,
    operator: bool = False,
) -> Digest:
    """Read the digest of a day, by the clock in Jakarta; undated articles are in none.

    ``operator`` includes problems as they are now, of any day.
    """
    publications = _news(session, watchlists, day) if news else None
    return Digest(day, publications, _read_problems(session, now) if operator else None)


def yesterday(now: datetime) -> date:
    return now.astimezone(HOME).date() - _DAY


def _news(session: Session, watchlists: Sequence[Watchlist], day: date) -> News:
    meant = _on(Selection(), day)
    different, all_copies = tally(session, meant), tally(session, meant, copies=True)
    texts = {value.name: value.hits for value in different.facets["outlet"]}
    outlets = tuple(
        OutletDay(value.name, value.hits, texts.get(value.name, 0)) for value in all_copies.facets["outlet"]
    )
    hits = tuple(_hits(session, watchlist, day) for watchlist in watchlists if watchlist.declared.active)
    return News(
        different.with_copies, different.total, outlets, _days(session, day, different.total), _top(session, day), hits
    )


def _on(selection: Selection, day: date, days: int = 1) -> Selection:
    start = datetime.combine(day, time(0), HOME)
    return replace(selection, since=start - (days - 1) * _DAY, until=start + _DAY)


def _days(session: Session, day: date, last: int) -> tuple[tuple[date, int], ...]:
    bars = {bar.start: bar.hits for bar in tally(session, _on(Selection(), day, DAYS)).timeline("day").bars}
    days = [day - (DAYS - 1 - place) * _DAY for place in range(DAYS)]
    return tuple((bar_day, last if bar_day == day else bars.get(bar_day, 0)) for bar_day in days)


def _top(session: Session, day: date) -> tuple[TopStory, ...]:
    stories = find_stories(session, _on(Selection(), day), min_outlets=2, limit=TOP_STORIES).items
    return tuple(
        TopStory(
            shorten(one_line(story.first.title or "(no title)"), _TITLE),
            web_address(story.first.url),
            long_published(story.first),
            story.outlets,
        )
        for story in stories
    )


def _hits(session: Session, watchlist: Watchlist, day: date) -> WatchlistHits:
    results = search(session, _on(watchlist.selection, day), limit=HITS)
    articles = [hit.article for hit in results.hits]
    return WatchlistHits(watchlist.declared.title, results.total, build_entries(session, watchlist.query, articles))


def _read_problems(session: Session, now: datetime) -> Problems:
    states = load_outlet_states(session, load_outlet_names(session), now)
    wrong = tuple((state.name, words) for state in states for words in _wrong(state.health))
    return Problems(wrong, tuple(_waiting(deliveries.load_delivery_status(session))))


def _wrong(health: OutletHealth) -> Iterator[str]:
    if health.condition == "not crawled":
        yield health.words
    for flag in health.flags:
        yield f"{shorten(one_line(flag.words), _WORDS)} (since {long_time(flag.raised_at, HOME.key)})"


def _waiting(statuses: Mapping[tuple[str, str], deliveries.DeliveryStatus]) -> list[str]:
    return [
        f"{message.watch} to {message.channel}: {format_count(message.attempts, 'attempt')}, again "
        f"{long_time(message.next_attempt_at, HOME.key)}: {plain(message.problem or 'not known why')}"
        for status in statuses.values()
        for message in status.waiting
        if message.state == "failed"
    ]


_BAR = 20
_HEIGHT, _STEP = 48, 16
# Numbers of stories, and of a watchlist's hits; smaller ones if the digest is too long for its channel.
_SIZES = ((TOP_STORIES, HITS), (5, 3), (3, 1), (1, 0))
NOTHING_WRONG = "All outlets are well, and every message was sent."


@dataclass(frozen=True, slots=True)
class _Style:
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
    """A digest to be sent."""

    digest: Digest

    @property
    def title(self) -> str:
        return self.digest.title

    def body(self, form: Form, most: int) -> str:
        text = ""
        for stories, hits in _SIZES:
            text = write(self.digest.cut(stories, hits), form)
            if len(text) <= most:
                break
        return text


def write(digest: Digest, form: Form) -> str:
    if form == "page":
        return _template().render(
            digest=digest, chart=chart(digest.news.days) if digest.news else None, nothing_wrong=NOTHING_WRONG
        )
    style = {"text": _PLAIN, "markdown": _MARKDOWN}.get(form, _HTML)
    return style.end.join(_lines(digest, style))


def markdown_document(digest: Digest) -> str:
    return f"# {markup.markdown(digest.title)}\n\n{write(digest, 'markdown')}\n"


def chart(days: Sequence[tuple[date, int]]) -> Markup:
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
    return "█" * max(round(_BAR * number / (most or 1)), min(number, 1))


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    # All values are escaped as text.
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"counted": format_count, "marked": _marked}
    environment.filters |= {"clean": formatting.one_line, "day": long_date}
    return environment.get_template("digest.html")


def _marked(entry: Entry) -> tuple[Markup, Markup]:
    title = markup.marked(entry.title, entry.highlights, "html")
    return Markup(title), Markup(markup.marked(*entry.snippet, "html"))  # noqa: S704 - escaped


def _lines(digest: Digest, style: _Style) -> Iterator[str]:
    if digest.news is not None:
        yield from _news_lines(digest.news, style)
    if digest.problems is not None:
        yield from _problem_lines(digest.problems, style)


def _news_lines(news: News, style: _Style) -> Iterator[str]:
    texts = format_count(news.stories, "different text")
    yield f"{format_count(news.articles, 'article')}, {texts}, {format_count(len(news.outlets), 'outlet')}."
    for hits in news.hits:
        yield from _section(f"{style.escape(hits.title)}: {format_count(hits.total, 'hit')}", style)
        for entry in hits.entries:
            yield from _entry_lines(entry, style)
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
        for outlet in news.outlets:
            numbers = f"{format_count(outlet.articles, 'article')}, {format_count(outlet.stories, 'different text')}"
            yield f"{style.item}{style.escape(outlet.name)}: {numbers} {bar(outlet.articles, news.outlets[0].articles)}"
    yield from _section("Different texts a day", style)
    most = max(number for _, number in news.days)
    for day, number in news.days:
        yield f"{style.item}{long_date(day)}: {number:,} {bar(number, most)}"


def _entry_lines(entry: Entry, style: _Style) -> Iterator[str]:
    yield f"{style.item}{style.strong(style.escape(entry.title))}"
    yield f"  {style.escape(entry.about)}"
    yield f"  {markup.marked(*entry.snippet, style.form)}"
    if entry.link:
        yield f"  {style.link(entry.link)}"


def _problem_lines(problems: Problems, style: _Style) -> Iterator[str]:
    yield from _section("For the operator", style)
    for name, words in problems.outlets:
        yield f"{style.item}{style.escape(f'{name}: {words}')}"
    for message in problems.messages:
        yield f"{style.item}{style.escape(message)}"
    if not problems.outlets and not problems.messages:
        yield NOTHING_WRONG


def _section(title: str, style: _Style) -> Iterator[str]:
    yield ""
    yield style.head(title)
    yield ""
