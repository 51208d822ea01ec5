"""Finding articles: which they are, how many, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from database.schema import StoredArticle
from database.search.compile import matches
from database.search.snippet import Snippet, Span, highlights, snippet
from database.search.tree import Query

_ARTICLES = select(StoredArticle)
# SQLite allows 32,766 parameters in a statement.
_BATCH = 1_000


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
    """The best hits, and how many articles match in all."""

    total: int
    hits: list[Hit]


def search(session: Session, selection: Selection, *, limit: int | None = None) -> Results:
    """The articles selected: best rank first, then newest, then latest stored; undated ones last among equals.

    The number and the list come from one statement, so they agree whatever is stored meanwhile.

    Args:
        session: of either database; it is only read.
        selection: which articles.
        limit: how many hits at most (at least 1); all if not given.
    """
    chosen = selected(session, selection)
    rank = chosen.selected_columns.rank
    ranked = chosen.add_columns(func.count().over().label("total")).order_by(
        rank.desc(), StoredArticle.published_at.desc().nulls_last(), StoredArticle.id.desc()
    )
    rows = session.execute(ranked.limit(limit)).all()
    articles = load(session, [row.article_id for row in rows])
    phrases = selection.query.wanted() if selection.query else []
    hits = [_hit(article, row.rank, phrases) for article, row in zip(articles, rows, strict=True)]
    return Results(rows[0].total if rows else 0, hits)


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
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
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
