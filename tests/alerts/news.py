"""Articles that come in, are copied and are revised, as watchlists see it."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.scheduling.boundary import Boundary
from core.text.analyser import analyse
from database import articles
from database.articles import Terms
from database.ledger import RunEnd, finish_run, start_run
from database.schema import Revision, StoredArticle
from tests.search.articles import add_article

NOW = datetime(2024, 10, 1, 5, 30, tzinfo=UTC)  # 12.30 in Jakarta
HOUR = timedelta(hours=1)
GRAIN = "Kapal gandum merapat di pelabuhan utama."


def come(session: Session, title: str, text: str = GRAIN, **values: Any) -> int:
    """An article that is stored now; further values replace what it has."""
    slug = title.replace(" ", "-").lower()
    given = {
        "url": f"https://samudra.example/{slug}",
        "published_at": NOW - HOUR,
        "published_precision": "minute",
        "first_seen_at": NOW,
        **values,
    }
    article_id = add_article(session, title, text, **given)
    session.commit()
    return article_id


def revise(session: Session, article_id: int, text: str, at: datetime = NOW) -> None:
    """Its page says something else at that moment."""
    old = session.get_one(StoredArticle, article_id, populate_existing=True)
    session.add(
        Revision(
            article_id=article_id, revision=old.revision, title=old.title, text=old.text, text_sha256=old.text_sha256,
            replaced_at=at, words_added=1, words_removed=1, title_changed=False,
        )
    )  # fmt: skip
    new = {"text": text, "text_sha256": hashlib.sha256(text.encode()).hexdigest(), "revision": old.revision + 1}
    title = analyse(old.title or "")
    session.execute(update(StoredArticle).where(StoredArticle.id == article_id).values(new))
    articles.change_terms(session, article_id, Terms(title, analyse(text)))
    session.commit()


def merge(session: Session, kept: int, other: int) -> None:
    """Two stories turn out to be one."""
    session.execute(update(StoredArticle).where(StoredArticle.story_id == other).values(story_id=kept))
    session.commit()


def crawled(session: Session, outlet: str, at: datetime) -> None:
    """A run of the outlet at that moment."""
    finish_run(session, start_run(session, outlet, Boundary(), at), RunEnd("finished"), at)
    session.commit()
