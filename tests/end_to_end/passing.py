"""Letting time pass for looks at stored articles: what lies ahead comes nearer, what was done lies further back."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from database.schema import Recheck, StoredArticle


def let_pass(database_url: str, hours: float, urls: Collection[str] = ()) -> None:
    """Moves the looks at these articles (or all), and since when their pages are missing or removed."""
    span = timedelta(hours=hours)
    query = select(Recheck, StoredArticle).join(StoredArticle, StoredArticle.id == Recheck.article_id)
    engine = create_engine(database_url)
    try:
        with Session(engine) as session, session.begin():
            for look, article in session.execute(query.where(StoredArticle.url.in_(urls)) if urls else query):
                look.looked_at -= span
                look.due_at = look.due_at and look.due_at - span
                look.missing_since = look.missing_since and look.missing_since - span
                article.removed_at = article.removed_at and article.removed_at - span
    finally:
        engine.dispose()
