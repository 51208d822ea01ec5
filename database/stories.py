"""Stories: which articles carry one text."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Story


def join(session: Session, article_ids: Collection[int], now: datetime) -> int | None:
    """Puts the articles into one story: the oldest one that any of them is in, else a new one.

    Stories that are joined by this become one. A single article needs no story and gets none (``None``).
    """
    if len(article_ids) < 2:  # noqa: PLR2004 - a story is told at least twice
        return None
    query = select(StoredArticle.story_id).where(StoredArticle.id.in_(article_ids), StoredArticle.story_id.is_not(None))
    known = sorted({story_id for story_id in session.scalars(query) if story_id is not None})
    story_id = known[0] if known else _new(session, now)
    _merge(session, known[1:], story_id)
    session.execute(update(StoredArticle).where(StoredArticle.id.in_(article_ids)).values(story_id=story_id))
    return story_id


def _new(session: Session, now: datetime) -> int:
    return session.scalars(insert(Story).values(created_at=now).returning(Story.id)).one()


def _merge(session: Session, others: Collection[int], story_id: int) -> None:
    if others:
        session.execute(update(StoredArticle).where(StoredArticle.story_id.in_(others)).values(story_id=story_id))
        session.execute(delete(Story).where(Story.id.in_(others)))
