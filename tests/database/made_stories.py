"""Made-up stories, as they stand in the database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Story
from database.stories import by_publication
from pipelines.fingerprint import SCHEME
from tests.search.articles import add_article

TEN = datetime(2024, 9, 14, 3, tzinfo=UTC)  # 10:00 in Jakarta


def add_story(session: Session, article_ids: list[int], similarities: dict[int, float] | None = None) -> int:
    """Puts stored articles into a story; those whose similarity is not given have the same text as the first."""
    articles = [session.get_one(StoredArticle, article_id, populate_existing=True) for article_id in article_ids]
    first = min(articles, key=by_publication)
    story = Story(
        created_at=TEN,
        first_id=first.id,
        first_published_at=first.published_at,
        articles=len(articles),
        outlets=len({article.outlet for article in articles} - {None}),
    )
    session.add(story)
    session.flush()
    for article_id in article_ids:
        values = {"story_id": story.id, "similarity": (similarities or {}).get(article_id, 1.0)}
        session.execute(update(StoredArticle).where(StoredArticle.id == article_id).values(**values))
    session.commit()
    return story.id


def add_copy(
    session: Session, outlet: str | None, at: datetime | None, title: str = "Rusia Kirim Gandum", **values: Any
) -> int:
    """Stores an article about grain; further values replace what it has."""
    text = values.pop("text", "Gandum dari Rusia tiba di pelabuhan. Menteri pertanian menyambutnya.")
    url = f"https://{outlet or 'tanpa'}.example/{title.replace(' ', '-').lower()}"
    given = {"url": url, "published_precision": "minute", "scheme": SCHEME, **values}
    return add_article(session, title, text, outlet=outlet, published_at=at, **given)
