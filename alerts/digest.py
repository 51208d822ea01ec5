"""A day's digest: what the outlets published, what went round, what the watchlists found; what is wrong, apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from alerts.markup import plain, web_address
from alerts.messages import Entry, entries_of
from alerts.watchlists import Watchlist
from core.formatting import format_count, long_date, long_published, long_time, one_line, shorten
from core.periods import HOME
from database.alerts import deliveries
from health import Health
from health.overview import known_outlets, overview
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
    """What an outlet published: articles, and different texts."""

    name: str
    articles: int
    stories: int


@dataclass(frozen=True, slots=True)
class TopStory:
    """A text that went through several outlets."""

    title: str
    link: str | None
    first: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """What a watchlist would have found on that day: how many different texts, and the best of them."""

    title: str
    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What was published on the day.

    Attributes:
        outlets: those that published anything, most articles first.
        days: the days up to this one, each with its different texts; the oldest first.
        top: the stories first published on the day, by reach.
    """

    articles: int
    stories: int
    outlets: tuple[OutletDay, ...]
    days: tuple[tuple[date, int], ...]
    top: tuple[TopStory, ...]
    hits: tuple[Hits, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the operator should look into now.

    Attributes:
        outlets: a line for each flag that is open, with its outlet; one for each outlet that is not crawled.
        messages: a line for each message that did not get through.
    """

    outlets: tuple[tuple[str, str], ...]
    messages: tuple[str, ...]

    @property
    def troubled(self) -> int:
        """How many outlets there is something wrong with."""
        return len({name for name, _ in self.outlets})


@dataclass(frozen=True, slots=True)
class Digest:
    """A day's digest; the parts that are not meant are ``None``."""

    day: date
    news: News | None
    trouble: Trouble | None

    @property
    def title(self) -> str:
        """The subject."""
        day = long_date(self.day)
        if self.news is None:
            wrong = self.trouble.troubled if self.trouble else 0
            return f"Pantau, {day}: {format_count(wrong, 'outlet needs', plural='outlets need')} attention"
        return f"Pantau, {day}: {format_count(self.news.articles, 'article')}"

    def cut(self, stories: int, hits: int) -> "Digest":
        """The same with so many stories at most, and so many hits for each watchlist."""
        if self.news is None:
            return self
        found = tuple(replace(one, entries=one.entries[:hits]) for one in self.news.hits)
        return replace(self, news=replace(self.news, top=self.news.top[:stories], hits=found))


def read_digest(
    session: Session,
    watchlists: Sequence[Watchlist],
    day: date,
    now: datetime,
    *,
    news: bool = True,
    operator: bool = False,
) -> Digest:
    """The digest of a day, by the clock in Jakarta.

    Args:
        session: of either database; it is only read.
        watchlists: those that are active are in it.
        day: by publication; what states no date is in no digest.
        now: aware; what is not crawled is measured by it.
        news: what was published is wanted.
        operator: what is wrong is wanted: as it is now, whatever the day.
    """
    found = _news(session, watchlists, day) if news else None
    return Digest(day, found, _trouble(session, now) if operator else None)


def yesterday(now: datetime) -> date:
    """The last whole day in Jakarta."""
    return now.astimezone(HOME).date() - _DAY


def _news(session: Session, watchlists: Sequence[Watchlist], day: date) -> News:
    meant = _on(Selection(), day)
    different, all_copies = tally(session, meant), tally(session, meant, copies=True)
    texts = {value.name: value.hits for value in different.facets["outlet"]}
    outlets = tuple(
        OutletDay(value.name, value.hits, texts.get(value.name, 0)) for value in all_copies.facets["outlet"]
    )
    hits = tuple(_hits(session, one, day) for one in watchlists if one.declared.active)
    return News(
        different.with_copies, different.total, outlets, _days(session, day, different.total), _top(session, day), hits
    )


def _on(selection: Selection, day: date, days: int = 1) -> Selection:
    start = datetime.combine(day, time(0), HOME)
    return replace(selection, since=start - (days - 1) * _DAY, until=start + _DAY)


def _days(session: Session, day: date, last: int) -> tuple[tuple[date, int], ...]:
    bars = {bar.start: bar.hits for bar in tally(session, _on(Selection(), day, DAYS)).timeline("day").bars}
    days = [day - (DAYS - 1 - place) * _DAY for place in range(DAYS)]
    return tuple((one, last if one == day else bars.get(one, 0)) for one in days)


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


def _hits(session: Session, watchlist: Watchlist, day: date) -> Hits:
    found = search(session, _on(watchlist.selection, day), limit=HITS)
    articles = [hit.article for hit in found.hits]
    return Hits(watchlist.declared.title, found.total, entries_of(session, watchlist.query, articles))


def _trouble(session: Session, now: datetime) -> Trouble:
    states = overview(session, known_outlets(session), now)
    wrong = tuple((state.name, words) for state in states for words in _wrong(state.health))
    return Trouble(wrong, tuple(_waiting(deliveries.told(session))))


def _wrong(health: Health) -> Iterator[str]:
    if health.condition == "not crawled":
        yield health.words
    for flag in health.flags:
        yield f"{shorten(one_line(flag.words), _WORDS)} (since {long_time(flag.raised_at, HOME.key)})"


def _waiting(told: Mapping[tuple[str, str], deliveries.Told]) -> list[str]:
    """The messages that did not get through so far, a line for each."""
    return [
        f"{message.watch} to {message.channel}: {format_count(message.attempts, 'attempt')}, again "
        f"{long_time(message.next_attempt_at, HOME.key)}: {plain(message.problem or 'not known why')}"
        for one in told.values()
        for message in one.waiting
        if message.state == "failed"
    ]
