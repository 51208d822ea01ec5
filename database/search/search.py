"""Finding articles: which they are, how many, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.lists import chunks
from database.schema import StoredArticle
from database.search.compile import matches
from database.search.snippet import Snippet, Span, highlights, snippet
from database.search.tree import Query

_ARTICLES = select(StoredArticle)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles are meant; what is not given does not narrow it.

    Attributes:
        query: the words they hold.
        outlets: names; one of them.
        since: published at this aware moment or later.
        until: published before this aware moment. An article without a date is in no period.
    """

    query: Query | None = None
    outlets: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found.

    Attributes:
        rank: higher is better; comparable within one answer only.
        title_highlights: spans (start, end) of its title that match.
        snippet: the part of its text that shows best why it was found.
    """

    article: StoredArticle
    rank: float
    title_highlights: tuple[Span, ...]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Results:
    """The best hits, how many there are in all, and how many articles match, be they copies of each other or not."""

    total: int
    with_copies: int
    hits: list[Hit]


def search(session: Session, selection: Selection, *, limit: int | None = None, copies: bool = False) -> Results:
    """The articles selected: best rank first, then newest, then latest stored; undated ones last among equals.

    Of the articles of one story only the first in this order is a hit, unless ``copies`` are wanted. The numbers and
    the list come from one statement, so they agree whatever is stored meanwhile.

    Args:
        session: of either database; it is only read.
        selection: which articles.
        limit: how many hits at most (at least 1); all if not given.
        copies: whether every article is a hit.
    """
    rows = session.execute(_best(selected(session, selection), copies=copies).limit(limit)).all()
    articles = load(session, [row.article_id for row in rows])
    phrases = selection.query.wanted() if selection.query else []
    hits = [_hit(article, row.rank, phrases) for article, row in zip(articles, rows, strict=True)]
    return Results(rows[0].total, rows[0].with_copies, hits) if rows else Results(0, 0, [])


def _best(chosen: Select[int, float], *, copies: bool) -> Select[Any]:
    """The articles chosen, or the best of each story, in order; with how many they are, and how many were chosen."""
    rank, published_at, total = chosen.selected_columns.rank, StoredArticle.published_at, func.count().over()
    if copies:
        listed: Select[Any] = chosen.add_columns(total.label("total"), total.label("with_copies"))
        return listed.order_by(*_order(rank, published_at, StoredArticle.id))
    # An article without a story is alone: no story has a number below zero.
    story = func.coalesce(StoredArticle.story_id, -StoredArticle.id)
    place = func.row_number().over(partition_by=story, order_by=_order(rank, published_at, StoredArticle.id))
    found = chosen.add_columns(published_at, place.label("place"), total.label("with_copies")).subquery().c
    listed = select(found.article_id, found.rank, total.label("total"), found.with_copies).where(found.place == 1)
    return listed.order_by(*_order(found.rank, found.published_at, found.article_id))


def _order(*columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> list[ColumnElement[Any]]:
    """Highest rank first, then newest, undated last, then latest stored."""
    return [column.desc().nulls_last() for column in columns]


def selected(session: Session, selection: Selection) -> Select[int, float]:
    """The statement of ``article_id`` and ``rank`` of the articles meant: what lists, counts and exports."""
    if selection.query is None:
        statement: Select[int, float] = select(StoredArticle.id.label("article_id"), literal(0.0).label("rank"))
    else:
        found = matches(selection.query.root, session.get_bind().dialect.name).subquery()
        statement = select(found.c.article_id, found.c.rank).join(StoredArticle, StoredArticle.id == found.c.article_id)
    return statement.where(*_narrowed(selection))


def load(session: Session, ids: Sequence[int]) -> list[StoredArticle]:
    """The articles with these ids, in this order."""
    by_id: dict[int, StoredArticle] = {}
    for batch in chunks(ids):
        by_id |= {article.id: article for article in session.scalars(_ARTICLES.where(StoredArticle.id.in_(batch)))}
    return [by_id[article_id] for article_id in ids]


def _narrowed(selection: Selection) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if selection.outlets:
        clauses.append(StoredArticle.outlet.in_(selection.outlets))
    if selection.since is not None:
        clauses.append(StoredArticle.published_at >= selection.since)
    if selection.until is not None:
        clauses.append(StoredArticle.published_at < selection.until)
    return clauses


def _hit(article: StoredArticle, rank: float, phrases: list[tuple[str, ...]]) -> Hit:
    return Hit(article, rank, highlights(article.title or "", phrases), snippet(article.text, phrases))
