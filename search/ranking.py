"""Order of hits, in tiers: no page costs more than ranking ``RANKED`` articles.

The order asked for, or for relevance the latest stored, cuts the articles into tiers; relevance orders within a tier.
Else a frequent word would rank hundreds of thousands for twenty hits.
"""

from array import array
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from threading import Lock
from typing import Any, cast

from sqlalchemy import ColumnElement, Float, Select, SQLColumnExpression, and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.schema import StoredArticle
from search.choices import Sort
from search.selection import Selection, select_columns, select_ranked

# A tier is read, ranked and cut in some 20 ms.
RANKED = 5_000
_KEPT = 32

# Where a tier begins: the value and the id of the last article of the tier before.
Edge = tuple[Any, int]
# An article: its id, its rank and its story.
RankedRow = tuple[int, float, int | None]


@dataclass(frozen=True, slots=True)
class Tier:
    """A part of the articles, in order.

    Attributes:
        ids: only a story's best, unless copies were asked for; parallel to ``ranks`` and ``stories`` (0: none).
        read: number of articles, copies included.
        end: where the next tier begins, if any.
    """

    ids: Sequence[int]
    ranks: Sequence[float]
    stories: Sequence[int]
    read: int
    end: Edge | None


class Orders:
    """Cache of the tiers read lately.

    BM25 depends on all stored articles, so a crawl may swap two hits between pages. Through one cache each shows once.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._tiers: OrderedDict[Hashable, Tier] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Tier | None:
        with self._lock:
            if key in self._tiers:
                self._tiers.move_to_end(key)
            return self._tiers.get(key)

    def keep(self, key: Hashable, tier: Tier) -> None:
        with self._lock:
            self._tiers[key] = tier
            while len(self._tiers) > self._kept:
                self._tiers.popitem(last=False)


def read_tier(
    session: Session, selection: Selection, sort: Sort, *, copies: bool, as_of: int, begin: Edge | None
) -> Tier:
    """Read the tier after ``begin``, of articles with ids up to ``as_of``."""
    statement = _select_articles(session, selection, sort)
    article_id = statement.selected_columns.article_id
    statement = statement.where(article_id <= as_of)
    if begin is not None:
        statement = statement.where(_beyond(sort, begin, article_id))
    statement = statement.order_by(*_primary(sort, article_id)).limit(RANKED + 1)
    # Neither through the ORM nor by the names of columns: for ten thousand rows either takes as long as the database.
    answer = session.connection().execute(_by_relevance(statement) if sort == "relevance" else statement)
    rows = cast("Sequence[RankedRow]", answer.all())
    ordered, end = _cut(session, rows, sort)
    kept = ordered if copies else _best_of_each_story(ordered)
    ids, ranks, stories = array("q"), array("d"), array("q")
    for article_number, rank, story in kept:
        ids.append(article_number)
        ranks.append(rank)
        stories.append(story or 0)
    return Tier(ids, ranks, stories, len(ordered), end)


def stories_before(
    session: Session, selection: Selection, sort: Sort, stories: Sequence[int], *, as_of: int, begin: Edge
) -> set[int]:
    """Return the stories with an article in a tier before ``begin``."""
    statement = select_columns(session, selection, StoredArticle.story_id).where(
        StoredArticle.id <= as_of, ~_beyond(sort, begin, StoredArticle.id), StoredArticle.story_id.in_(stories)
    )
    return set(session.scalars(statement.distinct()))


def _select_articles(session: Session, selection: Selection, sort: Sort) -> Select[Any]:
    if sort == "relevance":
        return select_ranked(session, selection, StoredArticle.story_id, StoredArticle.published_at)
    unranked = literal(0.0, Float).label("rank")
    return select_columns(session, selection, StoredArticle.id.label("article_id"), unranked, StoredArticle.story_id)


def _by_relevance(statement: Select[Any]) -> Select[Any]:
    columns = statement.subquery().c
    return select(columns.article_id, columns.rank, columns.story_id).order_by(
        columns.rank.desc(), columns.published_at.desc().nulls_last(), columns.article_id.desc()
    )


def _cut(session: Session, rows: Sequence[RankedRow], sort: Sort) -> tuple[Sequence[RankedRow], Edge | None]:
    """Drop the extra article, read to know of more; return the next tier's edge too."""
    if len(rows) <= RANKED:
        return rows, None
    if sort == "relevance":
        further, last = nsmallest(2, (article_id for article_id, _, _ in rows))
        within: Sequence[RankedRow] = [row for row in rows if row[0] != further]
    else:
        within = rows[:RANKED]
        last = within[-1][0]
    return within, (session.scalar(select(_value(sort)).where(StoredArticle.id == last)), last)


def _best_of_each_story(ordered: Sequence[RankedRow]) -> list[RankedRow]:
    seen: set[int] = set()
    best = []
    for row in ordered:
        _, _, story = row
        if story is None:
            best.append(row)
        elif story not in seen:
            seen.add(story)
            best.append(row)
    return best


def _value(sort: Sort) -> InstrumentedAttribute[Any]:
    match sort:
        case "relevance":
            return StoredArticle.id
        case "similarity":
            return StoredArticle.seed_similarity
        case _:
            return StoredArticle.published_at


def _primary(sort: Sort, article_id: ColumnElement[int]) -> list[ColumnElement[Any]]:
    value = _value(sort)
    if sort == "relevance":
        return [article_id.desc()]
    if sort == "oldest":
        return [value.asc().nulls_last(), article_id.asc()]
    return [value.desc().nulls_last(), article_id.desc()]


def _beyond(sort: Sort, edge: Edge, article_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Match articles after the edge; missing values come last."""
    last, last_id = edge
    value = _value(sort)
    if sort == "relevance":
        return article_id < last_id
    further = article_id > last_id if sort == "oldest" else article_id < last_id
    if last is None:
        return and_(value.is_(None), further)
    after = value > last if sort == "oldest" else value < last
    return or_(after, and_(value == last, further), value.is_(None))
