from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.items import Article, Timestamp
from database import articles, originals, stories
from database.schema import ArticleTerms, Original, StoredArticle, Story

NOW = datetime(2024, 9, 14, 6, tzinfo=UTC)
STAMP = Timestamp(NOW, "14 September 2024", "css", "day", "medium")


def columns(**fields: Any) -> dict[str, Any]:
    article = Article(**({"url": None, "outlet": None, "title": None, "text": ""} | fields))
    common = {
        "text": "isi",
        "text_sha256": "ab" * 32,
        "timezone": "Asia/Jakarta",
        "first_seen_at": NOW,
        "origin": "crawl",
    }
    return articles.columns(article) | common


def add(session: Session, **fields: Any) -> int:
    return articles.add(session, columns(**fields), "judul", "isi")


def story_of(session: Session, *article_ids: int) -> list[int | None]:
    query = select(StoredArticle.story_id).where(StoredArticle.id.in_(article_ids)).order_by(StoredArticle.id)
    return list(session.scalars(query))


def test_an_article_is_stored_with_its_words(session: Session) -> None:
    article_id = add(session, title="Judul", authors=["Rina"], published=STAMP)
    stored = articles.get(session, article_id)
    assert (stored.title, stored.authors, stored.tags, stored.revision) == ("Judul", ["Rina"], [], 1)
    assert (stored.published_at, stored.published_precision, stored.modified_at) == (NOW, "day", None)
    assert session.get_one(ArticleTerms, article_id).body == "isi"


def test_articles_are_found_by_their_text(session: Session) -> None:
    ids = [add(session), add(session, published=STAMP)]
    found = articles.with_text(session, "ab" * 32)
    assert [held.id for held in found] == ids
    assert [held.published_at for held in found] == [None, NOW]
    assert articles.with_text(session, "cd" * 32) == []


def test_only_what_is_known_is_stated() -> None:
    stated = articles.stated(columns(title="Judul", published=STAMP))
    assert set(stated) == {"title", "published"}
    assert stated["published"]["published_raw"] == "14 September 2024"


def test_one_article_makes_no_story(session: Session) -> None:
    assert stories.join(session, [add(session)], NOW) is None


def test_a_third_copy_joins_the_story(session: Session) -> None:
    first, second, third = add(session), add(session), add(session)
    story = stories.join(session, [first, second], NOW)
    assert stories.join(session, [third, first], NOW) == story
    assert story_of(session, first, second, third) == [story] * 3


def test_two_stories_become_one(session: Session) -> None:
    ids = [add(session) for _ in range(4)]
    older, younger = stories.join(session, ids[:2], NOW), stories.join(session, ids[2:], NOW)
    assert older != younger
    assert stories.join(session, [ids[1], ids[2]], NOW) == older
    assert story_of(session, *ids) == [older] * 4
    assert session.scalar(select(func.count()).select_from(Story)) == 1


def test_what_a_document_gave_can_be_taken_back(session: Session) -> None:
    article = articles.get(session, add(session, title="Judul laman"))
    stated = articles.stated(columns(title="Judul dokumen", published=STAMP, tags=["tani"]))
    document = Original(found=originals.found("harian", stated), gave=[])
    originals.give(document, article)
    assert (article.title, article.published_at, article.tags) == ("Judul laman", NOW, ["tani"])
    assert sorted(document.gave) == ["published", "tags"]
    originals.take_back(document, article)
    assert (article.title, article.published_at, article.published_raw, article.tags) == ("Judul laman", None, None, [])
    assert document.gave == []
