"""Rows of ``stories``: the articles that carry one text, and the first of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from database.articles import MatchColumns
from database.schema import Base
from database.sql import DIALECTS, among


@dataclass(frozen=True, slots=True)
class Member:
    """The columns of an article that its story depends on."""

    id: int
    outlet: str | None
    url: str | None
    text_sha256: str
    published_at: datetime | None
    published_precision: str | None
    similarity: float | None


# On the tables, like database.articles.
_STORIES, _ARTICLES = Base.metadata.tables["stories"], Base.metadata.tables["articles"]
_NEW = insert(_STORIES).returning(_STORIES.c.id)
_MEMBERS = (
    select(*(_ARTICLES.c[field.name] for field in fields(Member)))
    .where(_ARTICLES.c.story_id == bindparam("story"))
    .order_by(_ARTICLES.c.id)
)
_FIRST = select(_STORIES.c.first_id).where(_STORIES.c.id == bindparam("story"))
_SETTLE = update(_STORIES).where(_STORIES.c.id == bindparam("story"))
_MEASURE = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("article")).values(similarity=bindparam("measured"))
_ENTER = {
    dialect: update(_ARTICLES)
    .where(among(_ARTICLES.c.id, "articles", dialect))
    .values(story_id=bindparam("story"), similarity=None)
    for dialect in DIALECTS
}
_MOVE = {
    dialect: update(_ARTICLES)
    .where(among(_ARTICLES.c.story_id, "others", dialect))
    .values(story_id=bindparam("story"), similarity=None)
    for dialect in DIALECTS
}
_DELETE = {dialect: delete(_STORIES).where(among(_STORIES.c.id, "others", dialect)) for dialect in DIALECTS}


def join(session: Session, held: Sequence[MatchColumns], now: datetime) -> int | None:
    """Put the articles into one story: the oldest of theirs, or else a new one.

    Their other stories are merged into it. A single article without a story gets none (``None``).
    """
    known = sorted({article.story_id for article in held if article.story_id is not None})
    if not known and len(held) < 2:  # noqa: PLR2004 - a story has at least two articles
        return None
    connection = session.connection()
    dialect = connection.dialect.name
    story_id: int = known[0] if known else connection.execute(_NEW, {"created_at": now}).scalar_one()
    if others := known[1:]:
        connection.execute(_MOVE[dialect], {"others": others, "story": story_id})
        connection.execute(_DELETE[dialect], {"others": others})
    if entering := [article.id for article in held if article.story_id is None]:
        connection.execute(_ENTER[dialect], {"articles": entering, "story": story_id})
    return story_id


def members(session: Session, story_id: int) -> list[Member]:
    return [Member(*row) for row in session.connection().execute(_MEMBERS, {"story": story_id})]


def first_of(session: Session, story_id: int) -> int | None:
    first_id: int | None = session.connection().execute(_FIRST, {"story": story_id}).scalar_one()
    return first_id


def measure(session: Session, similarities: Mapping[int, float | None]) -> None:
    if similarities:
        rows = [{"article": article_id, "measured": measured} for article_id, measured in similarities.items()]
        session.connection().execute(_MEASURE, rows)


def settle(session: Session, story_id: int, first: Member, of: Collection[Member]) -> None:
    """Save the figures of a story with the articles ``of``, without unknown outlets."""
    values = {
        "first_id": first.id,
        "first_published_at": first.published_at,
        "articles": len(of),
        "outlets": len({article.outlet for article in of} - {None}),
    }
    session.connection().execute(_SETTLE, {"story": story_id, **values})


_NEVER = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)


class Published(Protocol):
    """The fields that order articles by publication.

    ``published_at`` of a mere day is that day's beginning.
    """

    @property
    def id(self) -> int: ...
    @property
    def outlet(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def published_precision(self) -> str | None: ...


def by_publication(article: Published) -> tuple[datetime, str, str, int]:
    """Return the sort key by publication, then outlet, then URL; unknown comes last.

    A day without a time counts as its end: an article with a time may have been earlier.
    """
    published = article.published_at or _NEVER
    if article.published_precision == "day" and article.published_at:
        published += _DAY
    return published, article.outlet or "", article.url or "", article.id
