"""The archive from Python: everything that is stored, typed, for reading only.

    from database import Archive

    with Archive("sqlite:///data/pantau.db") as archive:
        for found in archive.search("rusia tiongkok", since="2024-09", limit=10):
            print(found.published_at, found.outlet, found.title)

Queries are those of ``scrapy search`` (see ``search.query``), with the shipped aliases.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self, TypedDict, Unpack

from sqlalchemy.orm import Session

from core.errors import UsageError
from core.periods import ALLOWED, read_named
from database.engine import open_database
from database.export import exported
from database.failures import told
from database.records import TIMES, Record, records
from database.schema import StoredArticle
from database.story_queries import Told, find_stories
from database.typed import Article, Found, found, moment, typed
from search import search as searching
from search.aliases import Aliases, load_aliases
from search.query import parse_query
from search.search import Counts
from search.selection import Selection
from search.tally import Facet, Step, Tally, Timeline, Value, tally
from search.tiers import Orders, Sort

# Hits read at a time: few enough that the first ones come at once.
_PAGE = 50

Day = str | date | datetime


class Narrowing(TypedDict, total=False):
    """What narrows a search; what is not given does not.

    Attributes:
        since: published then or later. A day, month or year by Jakarta's clock ("2024-09"), how long ago ("7d"), a
            ``date`` or a ``datetime``.
        until: published before the end of that day, month or year, or before that moment.
        outlets: one name or several, like the following.
        sections: as outlets call them.
        authors: in full.
        languages: codes, e.g. "id".
    """

    since: Day | None
    until: Day | None
    outlets: str | Sequence[str]
    sections: str | Sequence[str]
    authors: str | Sequence[str]
    languages: str | Sequence[str]


class Archive:
    """A database that exists, to be read. It may be shared by threads; ``close`` it, or use it in a ``with``."""

    def __init__(self, url: str, *, aliases: Aliases | None = None) -> None:
        """Open it; an older one is upgraded first.

        Args:
            url: ``sqlite:///FILE`` or ``postgresql://user@host/name``.
            aliases: names that mean the same; those shipped if not given, ``NO_ALIASES`` for none.

        Raises:
            DatabaseError: there is none, it cannot be read, or it is newer than this program.
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
        """Close its connections."""
        self._engine.dispose()

    def search(
        self,
        query: str | None = None,
        *,
        sort: Sort = "relevance",
        copies: bool = False,
        limit: int | None = None,
        **narrowing: Unpack[Narrowing],
    ) -> Iterator[Found]:
        """The articles found, read page by page as they are asked for; what is stored meanwhile moves nothing.

        Args:
            query: in the query language; all articles if not given.
            sort: the order; without words the newest come first.
            copies: whether every copy of a text is listed, or only the best.
            limit: how many at most.
            narrowing: see ``Narrowing``.

        Raises:
            UsageError: the query or a day cannot be read.
        """
        return self._pages(self._selection(query, narrowing), sort, limit, copies=copies)

    def count(self, query: str | None = None, *, copies: bool = False, **narrowing: Unpack[Narrowing]) -> int:
        """How many ``search`` finds, exactly."""
        selection = self._selection(query, narrowing)
        with self._reading() as session:
            counts: Counts = searching.count(session, selection)
        return counts.with_copies if copies else counts.total

    def facets(
        self, query: str | None = None, *, copies: bool = False, **narrowing: Unpack[Narrowing]
    ) -> Mapping[Facet, Sequence[Value]]:
        """How many are of which outlet, section, author and language; those of most hits first."""
        return self._tally(query, narrowing, copies=copies).facets

    def timeline(
        self,
        query: str | None = None,
        *,
        step: Step | None = None,
        copies: bool = False,
        **narrowing: Unpack[Narrowing],
    ) -> Timeline:
        """How many were published when, by day, week or month (by what makes some sixty bars, if nothing is said)."""
        return self._tally(query, narrowing, copies=copies).timeline(step)

    def article(self, article_id: int) -> Article | None:
        """The article with this number, if there is one."""
        with self._reading() as session:
            stored = session.get(StoredArticle, article_id)
            return None if stored is None else typed(*records(session, [stored]))

    def stories(
        self,
        query: str | None = None,
        *,
        since: Day | None = None,
        until: Day | None = None,
        outlets: str | Sequence[str] = (),
        min_outlets: int = 2,
        limit: int | None = None,
    ) -> list[Told]:
        """The stories first published in the period, of which an article is found and one is of the outlets.

        Those with the most outlets come first.
        """
        selection = self._selection(query, {"since": since, "until": until, "outlets": outlets})
        with self._reading() as session:
            return find_stories(session, selection, min_outlets=min_outlets, limit=limit).stories

    def records(self, query: str | None = None, **narrowing: Unpack[Narrowing]) -> Iterator[Record]:
        """The articles as ``scrapy export`` writes them, copies too, oldest stored first, in constant memory.

        All moments are ``datetime`` in UTC, so that ``pandas.DataFrame(archive.records("…"))`` has columns of moments.
        """
        return self._records(self._selection(query, narrowing))

    def _pages(self, selection: Selection, sort: Sort, limit: int | None, *, copies: bool) -> Iterator[Found]:
        orders, after, left = Orders(), None, limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            with self._reading() as session:
                results = searching.search(
                    session, selection, limit=size, copies=copies, sort=sort, after=after, orders=orders
                )
                page = found(session, results.hits)
            yield from page
            after, left = results.after, None if left is None else left - size
            if after is None:
                return

    def _records(self, selection: Selection) -> Iterator[Record]:
        with self._reading() as session:
            for row in exported(session, selection):
                yield row | {key: moment(row[key]) for key in TIMES}

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
        with told(self._engine.url), Session(self._engine) as session:
            yield session


def _several(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _named(name: str, value: Day, now: datetime) -> tuple[datetime, datetime]:
    try:
        return read_named(value if isinstance(value, str) else value.isoformat(), now)
    except ValueError:
        raise UsageError(f"{name}={value!r}: allowed is {ALLOWED}") from None
