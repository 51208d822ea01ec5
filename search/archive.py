"""The archive from Python: stored articles, typed, read-only.

    from pantau import Archive

    with Archive("sqlite:///data/pantau.db") as archive:
        for article in archive.search("rusia tiongkok", since="2024-09", limit=10):
            print(article.published_at, article.outlet, article.title)

Queries are those of ``scrapy search`` (``docs/searching.md``), with the shipped aliases.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.errors import UsageError
from core.periods import ALLOWED, read_named
from database.engine import open_database
from database.errors import translate_errors
from database.schema import StoredArticle
from search import results as search_results
from search.aliases import Aliases, load_aliases
from search.choices import Sort, Step
from search.export import export_records
from search.facets import Facet, Tally, Timeline, Value, tally
from search.query import parse_query
from search.ranking import Orders
from search.records import OUTLET_TIMES, TIMES, Article, Record, load_records
from search.results import Counts, Hit
from search.selection import Selection
from search.stories import StoryView, find_stories, stories_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArticle(Article):
    """An article found by a search; ``rank`` is comparable within that search only.

    ``copies`` counts the articles with its text, itself included, ``outlets`` their outlets.
    """

    rank: float
    snippet: str
    copies: int
    outlets: int


def as_article(row: Record) -> Article:
    return Article(**_values(row))


def as_found_articles(session: Session, hits: Sequence[Hit]) -> list[FoundArticle]:
    rows = load_records(session, [hit.article for hit in hits])
    stories = stories_of(session, (hit.article for hit in hits))
    return [_found(row, hit, stories.get(hit.article.id)) for row, hit in zip(rows, hits, strict=True)]


def parse_moment(value: str | None, zone: tzinfo = UTC) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).astimezone(zone)


def _found(row: Record, hit: Hit, story: StoryView | None) -> FoundArticle:
    copies = len(story.members) if story else 1
    outlets = len(story.outlets) if story else int(row["outlet"] is not None)
    return FoundArticle(**_values(row), rank=hit.rank, snippet=hit.snippet.text, copies=copies, outlets=outlets)


def _values(row: Record) -> dict[str, Any]:
    zone = ZoneInfo(row["timezone"])
    moments = {key: parse_moment(row[key], zone if key in OUTLET_TIMES else UTC) for key in TIMES}
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return row | moments | lists


# Hits read at a time: few, so that the first ones come at once.
_PAGE = 50

Day = str | date | datetime


class Narrowing(TypedDict, total=False):
    """Criteria that narrow a search; missing ones do not.

    Attributes:
        since: a day, month or year in Jakarta ("2024-09"), how long ago ("7d"), a ``date`` or a ``datetime``.
        until: likewise; a day, month or year is included, a moment is not.
        outlets: one name or several, like the following.
        authors: in full.
    """

    since: Day | None
    until: Day | None
    outlets: str | Sequence[str]
    sections: str | Sequence[str]
    authors: str | Sequence[str]
    languages: str | Sequence[str]


class Archive:
    """An existing database, to be read. Threads may share it."""

    def __init__(self, url: str, *, aliases: Aliases | None = None) -> None:
        """Open the database; an older one is upgraded first.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql://user@host/name``.
            aliases: by default those shipped, ``NO_ALIASES`` for none.

        Raises:
            DatabaseError: there is none, it cannot be read, or it is newer.
        """
        self._engine = open_database(url, read_only_ok=True)
        self._aliases = load_aliases() if aliases is None else aliases

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    def search(
        self,
        query: str | None = None,
        *,
        sort: Sort = "relevance",
        copies: bool = False,
        limit: int | None = None,
        **narrowing: Unpack[Narrowing],
    ) -> Iterator[FoundArticle]:
        """Find articles, read page by page as they are asked for.

        Articles stored meanwhile move nothing. Without words the newest come first. Only the best of a text's copies is
        found, unless ``copies`` are asked for.

        Raises:
            UsageError: the query or a day cannot be read.
        """
        return self._pages(self._selection(query, narrowing), sort, limit, copies=copies)

    def count(self, query: str | None = None, *, copies: bool = False, **narrowing: Unpack[Narrowing]) -> int:
        selection = self._selection(query, narrowing)
        with self._reading() as session:
            counts: Counts = search_results.count(session, selection)
        return counts.with_copies if copies else counts.total

    def facets(
        self, query: str | None = None, *, copies: bool = False, **narrowing: Unpack[Narrowing]
    ) -> Mapping[Facet, Sequence[Value]]:
        """Count hits by outlet, section, author and language, most hits first."""
        return self._tally(query, narrowing, copies=copies).facets

    def timeline(
        self,
        query: str | None = None,
        *,
        step: Step | None = None,
        copies: bool = False,
        **narrowing: Unpack[Narrowing],
    ) -> Timeline:
        """Count hits by day, week or month; by default in at most some 60 bars."""
        return self._tally(query, narrowing, copies=copies).timeline(step)

    def article(self, article_id: int) -> Article | None:
        with self._reading() as session:
            stored = session.get(StoredArticle, article_id)
            return None if stored is None else as_article(*load_records(session, [stored]))

    def stories(
        self,
        query: str | None = None,
        *,
        since: Day | None = None,
        until: Day | None = None,
        outlets: str | Sequence[str] = (),
        min_outlets: int = 2,
        limit: int | None = None,
    ) -> list[StoryView]:
        """Find stories first published in the period; most outlets first.

        One of its articles matches the query, and one is of the outlets.
        """
        selection = self._selection(query, {"since": since, "until": until, "outlets": outlets})
        with self._reading() as session:
            return find_stories(session, selection, min_outlets=min_outlets, limit=limit).items

    def records(self, query: str | None = None, **narrowing: Unpack[Narrowing]) -> Iterator[Record]:
        """Yield the articles as ``scrapy export`` writes them, in constant memory.

        Copies too, oldest stored first. Times are ``datetime`` in UTC.
        """
        return self._records(self._selection(query, narrowing))

    def _pages(self, selection: Selection, sort: Sort, limit: int | None, *, copies: bool) -> Iterator[FoundArticle]:
        orders, after, left = Orders(), None, limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            with self._reading() as session:
                results = search_results.search(
                    session, selection, limit=size, copies=copies, sort=sort, after=after, orders=orders
                )
                page = as_found_articles(session, results.hits)
            yield from page
            after, left = results.after, None if left is None else left - size
            if after is None:
                return

    def _records(self, selection: Selection) -> Iterator[Record]:
        with self._reading() as session:
            for row in export_records(session, selection):
                yield row | {key: parse_moment(row[key]) for key in TIMES}

    def _tally(self, query: str | None, narrowing: Narrowing, *, copies: bool) -> Tally:
        selection = self._selection(query, narrowing)
        with self._reading() as session:
            return tally(session, selection, copies=copies)

    def _selection(self, query: str | None, narrowing: Narrowing) -> Selection:
        now = datetime.now(UTC)
        since, until = narrowing.get("since"), narrowing.get("until")
        return Selection(
            None if query is None else parse_query(query, self._aliases),
            outlets=_several(narrowing.get("outlets", ())),
            sections=_several(narrowing.get("sections", ())),
            authors=_several(narrowing.get("authors", ())),
            languages=_several(narrowing.get("languages", ())),
            since=None if since is None else _named("since", since, now)[0],
            until=None if until is None else _named("until", until, now)[1],
        )

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with translate_errors(self._engine.url), Session(self._engine) as session:
            yield session


def _several(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _named(name: str, value: Day, now: datetime) -> tuple[datetime, datetime]:
    try:
        return read_named(value if isinstance(value, str) else value.isoformat(), now)
    except ValueError:
        raise UsageError(f"{name}={value!r}: allowed is {ALLOWED}") from None
