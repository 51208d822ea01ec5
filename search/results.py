"""Search for articles: hits page by page, and their number."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import UsageError
from database.schema import StoredArticle
from database.sql import chunks
from search.choices import Sort
from search.ranking import Edge, Orders, Tier, read_tier, stories_before
from search.selection import Selection, select_columns
from search.snippet import Snippet, Span, highlights, snippet

PAGE = 20
_ARTICLES = select(StoredArticle)


class CursorError(UsageError):
    """A cursor that this program did not make."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found by a search.

    Attributes:
        rank: comparable within one answer only; 0 where it does not decide the order.
        title_highlights: spans (start, end).
    """

    article: StoredArticle
    rank: float
    title_highlights: tuple[Span, ...]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, and their number in all.

    Attributes:
        total: hits; only the best of a text's copies counts.
        with_copies: matching articles.
        exact: False: there are more (see ``count``).
        after: cursor of the next page, if any.
    """

    total: int
    with_copies: int
    exact: bool
    hits: list[Hit]
    after: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Number of hits, and of articles with the copies among them."""

    total: int
    with_copies: int


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Start of a page: after the first ``shown`` hits of the tier at ``edge``."""

    as_of: int
    edge: Edge | None
    shown: int
    last: int
    total: int
    with_copies: int
    exact: bool


def search(
    session: Session,
    selection: Selection,
    *,
    limit: int | None = PAGE,
    copies: bool = False,
    sort: Sort = "relevance",
    after: str | None = None,
    orders: Orders | None = None,
) -> Results:
    """Return a page of the selected articles, as stored when the first page was read.

    By relevance: best rank, then newest, then latest stored (beyond ``RANKED``: see ``search.ranking``); without words
    the newest. Undated ones come last. A story's first article is its only hit, unless ``copies`` are asked for.

    ``after`` is the cursor of the page before, with all other arguments the same. Shared ``orders`` keep the order.

    Raises:
        CursorError: ``after`` cannot be read.
    """
    sort = "newest" if sort == "relevance" and not _ranks(selection) else sort
    reader = _Reader(session, selection, sort, copies=copies, orders=orders)
    begin = _read_cursor(after, sort) if after else reader.begin()
    page, following = reader.page(begin, limit)
    articles = load_articles(session, [article_id for article_id, _ in page])
    phrases = selection.query.phrases() if selection.query else []
    hits = [_hit(article, rank, phrases) for article, (_, rank) in zip(articles, page, strict=True)]
    return Results(begin.total, begin.with_copies, begin.exact, hits, _write_cursor(following) if following else None)


def count(session: Session, selection: Selection) -> Counts:
    """Count the hits exactly: a second for frequent words in a large archive."""
    # An article without a story is alone: no story has a number below zero.
    story = func.coalesce(StoredArticle.story_id, -StoredArticle.id)
    total, with_copies = session.execute(
        select_columns(session, selection, func.count(story.distinct()), func.count())
    ).one()
    return Counts(total, with_copies)


def load_articles(session: Session, ids: Sequence[int]) -> list[StoredArticle]:
    by_id: dict[int, StoredArticle] = {}
    for batch in chunks(ids):
        by_id |= {article.id: article for article in session.scalars(_ARTICLES.where(StoredArticle.id.in_(batch)))}
    return [by_id[article_id] for article_id in ids]


class _Reader:
    def __init__(
        self, session: Session, selection: Selection, sort: Sort, *, copies: bool, orders: Orders | None
    ) -> None:
        self._session, self._selection, self._sort, self._copies = session, selection, sort, copies
        self._orders = orders or Orders()

    def begin(self) -> _Cursor:
        as_of = self._session.scalar(select(func.max(StoredArticle.id))) or 0
        first = self._tier(as_of, None)
        return _Cursor(as_of, None, 0, 0, len(first.ids), first.read, first.end is None)

    def page(self, begin: _Cursor, limit: int | None) -> tuple[list[tuple[int, float]], _Cursor | None]:
        hits: list[tuple[int, float]] = []
        for place, article_id, rank in self._from(begin):
            if len(hits) == limit:
                edge, shown = place
                numbers = (begin.total, begin.with_copies, begin.exact)
                return hits, _Cursor(begin.as_of, edge, shown, hits[-1][0], *numbers)
            hits.append((article_id, rank))
        return hits, None

    def _from(self, begin: _Cursor) -> Iterator[tuple[tuple[Edge | None, int], int, float]]:
        """Yield each hit from there on: (its tier's edge, place in it), id, rank."""
        edge: Edge | None = begin.edge
        tier = self._tier(begin.as_of, edge)
        start = _place_after(tier, begin)
        while True:
            for first in range(start, len(tier.ids), PAGE):
                places = range(first, min(first + PAGE, len(tier.ids)))
                shown_before = self._stories_before([tier.stories[place] for place in places], begin.as_of, edge)
                for place in places:
                    if tier.stories[place] not in shown_before:
                        yield (edge, place), tier.ids[place], tier.ranks[place]
            if tier.end is None:
                return
            edge, start = tier.end, 0
            tier = self._tier(begin.as_of, edge)

    def _stories_before(self, stories: Sequence[int], as_of: int, edge: Edge | None) -> set[int]:
        numbers = sorted({story for story in stories if story})
        if self._copies or edge is None or not numbers:
            return set()
        return stories_before(self._session, self._selection, self._sort, numbers, as_of=as_of, begin=edge)

    def _tier(self, as_of: int, edge: Edge | None) -> Tier:
        key = (self._selection, self._sort, self._copies, as_of, edge)
        tier = self._orders.get(key)
        if tier is None:
            tier = read_tier(self._session, self._selection, self._sort, copies=self._copies, as_of=as_of, begin=edge)
            self._orders.keep(key, tier)
        return tier


def _ranks(selection: Selection) -> bool:
    return selection.query is not None and bool(selection.query.phrases())


def _place_after(tier: Tier, cursor: _Cursor) -> int:
    if not 0 < cursor.shown <= len(tier.ids) or tier.ids[cursor.shown - 1] == cursor.last:
        return cursor.shown
    return next((place + 1 for place, article_id in enumerate(tier.ids) if article_id == cursor.last), cursor.shown)


def _write_cursor(cursor: _Cursor) -> str:
    value, number = cursor.edge or (None, None)
    at = value.isoformat() if isinstance(value, datetime) else value
    fields = [cursor.as_of, at, number, cursor.shown, cursor.last, cursor.total, cursor.with_copies, int(cursor.exact)]
    return base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode().rstrip("=")


def _read_cursor(text: str, sort: Sort) -> _Cursor:
    try:
        fields: list[Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        as_of, at, number, *rest, exact = fields
        value = None if at is None else _edge_value(at, sort)
        shown, last, total, with_copies = map(_whole, rest)
        edge = None if number is None else (value, _whole(number))
        return _Cursor(_whole(as_of), edge, shown, last, total, with_copies, bool(exact))
    except (ValueError, TypeError, OverflowError) as error:
        raise CursorError(f"unknown page {text[:40]!r}: start again with the first page") from error


def _edge_value(at: Any, sort: Sort) -> datetime | float | int:
    match sort:
        case "relevance":
            return _whole(at)
        case "similarity":
            return float(at)
        case _:
            return datetime.fromisoformat(at).astimezone(UTC)


def _whole(number: Any) -> int:
    if not isinstance(number, int) or not 0 <= number < 2**63:
        raise ValueError(number)
    return number


def _hit(article: StoredArticle, rank: float, phrases: list[tuple[str, ...]]) -> Hit:
    return Hit(article, rank, highlights(article.title or "", phrases), snippet(article.text, phrases))
