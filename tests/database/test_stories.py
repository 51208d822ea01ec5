from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Article
from database import articles, stories
from database.articles import MatchColumns, Terms
from database.schema import StoredArticle, Story

NOW = datetime(2024, 9, 14, 6, tzinfo=UTC)


def add(session: Session, outlet: str | None = "harian", **fields: Any) -> int:
    values = {
        **articles.columns(Article(url=None, outlet=outlet, title=None, text="isi")),
        "outlet": outlet,
        "text": "isi",
        "text_sha256": "ab" * 32,
        "timezone": "Asia/Jakarta",
        "first_seen_at": NOW,
        "origin": "crawl",
    }
    return articles.add(session, values | fields, Terms("judul", "isi"))


def held(session: Session, *article_ids: int) -> list[MatchColumns]:
    return [article for article in articles.find_by_text(session, "ab" * 32) if article.id in article_ids]


def join(session: Session, *article_ids: int) -> int | None:
    return stories.join(session, held(session, *article_ids), NOW)


def story_of(session: Session, *article_ids: int) -> list[int | None]:
    return [article.story_id for article in held(session, *article_ids)]


def test_one_article_makes_no_story(session: Session) -> None:
    assert join(session, add(session)) is None


def test_a_third_copy_joins_the_story(session: Session) -> None:
    first, second, third = add(session), add(session), add(session)
    story = join(session, first, second)
    assert join(session, third, first) == story
    assert join(session, third) == story
    assert story_of(session, first, second, third) == [story] * 3


def test_two_stories_become_the_older_one(session: Session) -> None:
    ids = [add(session) for _ in range(4)]
    older, younger = join(session, *ids[:2]), join(session, *ids[2:])
    assert older != younger
    stories.measure(session, dict.fromkeys(ids, 0.5))
    assert join(session, ids[1], ids[2]) == older
    assert story_of(session, *ids) == [older] * 4
    assert session.scalar(select(func.count()).select_from(Story)) == 1
    # Those that moved were measured with another first.
    assert [article.similarity for article in held(session, *ids)] == [0.5, 0.5, None, None]


def test_a_story_counts_its_articles_and_known_outlets(session: Session) -> None:
    ids = [add(session, "suara", published_at=NOW), add(session, "harian"), add(session, "harian"), add(session, None)]
    story_id = join(session, *ids)
    assert story_id is not None
    assert stories.first_of(session, story_id) is None
    members = stories.members(session, story_id)
    stories.settle(session, story_id, members[0], members)
    story = session.get_one(Story, story_id)
    assert (story.first_id, story.first_published_at, story.articles, story.outlets) == (ids[0], NOW, 4, 2)
    assert stories.first_of(session, story_id) == ids[0]


def test_similarities_are_written_to_their_articles(session: Session) -> None:
    first, second, third = add(session), add(session), add(session)
    stories.measure(session, {second: 0.25, first: 1.0})
    stories.measure(session, {})
    found = select(StoredArticle.similarity).order_by(StoredArticle.id)
    assert list(session.scalars(found)) == [1.0, 0.25, None]
    assert third
