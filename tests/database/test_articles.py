from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.models import Article, Timestamp
from database import articles, originals
from database.articles import Terms
from database.schema import ArticleTerms, Original

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
    return articles.add(session, columns(**fields), Terms("judul", "isi"))


def test_an_article_is_stored_with_its_words(session: Session) -> None:
    article_id = add(session, title="Judul", authors=["Rina"], published=STAMP)
    stored = articles.get(session, article_id)
    assert (stored.title, stored.authors, stored.tags, stored.revision) == ("Judul", ["Rina"], [], 1)
    assert (stored.published_at, stored.published_precision, stored.modified_at) == (NOW, "day", None)
    assert session.get_one(ArticleTerms, article_id).body == "isi"


def test_articles_are_found_by_their_text(session: Session) -> None:
    ids = [add(session), add(session, published=STAMP)]
    found = articles.find_by_text(session, "ab" * 32)
    assert [held.id for held in found] == ids
    assert [held.published_at for held in found] == [None, NOW]
    assert articles.find_same_text(session, ids[1]) == found
    assert articles.find_by_texts(session, ["cd" * 32, "ab" * 32]) == found
    assert articles.find_by_text(session, "cd" * 32) == []
    assert articles.texts(session, ["cd" * 32, "ab" * 32]) == {"ab" * 32: "isi"}


def test_an_article_without_a_date_came_out_when_it_was_first_seen(session: Session) -> None:
    earlier = Timestamp(NOW - timedelta(days=3), "11 September 2024", "css")
    add(session)
    add(session, published=earlier)
    assert [held.at for held in articles.find_by_text(session, "ab" * 32)] == [NOW, earlier.at]


def test_the_oldest_articles_are_linked_first(session: Session) -> None:
    ids = [add(session) for _ in range(3)]
    articles.mark_linked(session, ids[1], 1)
    assert articles.find_unlinked(session, 5) == [(ids[0], "isi"), (ids[2], "isi")]
    assert articles.find_unlinked(session, 1) == [(ids[0], "isi")]


def test_only_what_is_known_is_stated() -> None:
    stated = articles.stated_fields(columns(title="Judul", published=STAMP))
    assert set(stated) == {"title", "published"}
    assert stated["published"]["published_raw"] == "14 September 2024"


def test_what_a_document_gave_can_be_taken_back(session: Session) -> None:
    article = articles.get(session, add(session, title="Judul laman"))
    stated = articles.stated_fields(columns(title="Judul dokumen", published=STAMP, tags=["tani"]))
    document = Original(found=originals.statements("harian", stated), gave=[])
    originals.fill_article(document, article)
    assert (article.title, article.published_at, article.tags) == ("Judul laman", NOW, ["tani"])
    assert sorted(document.gave) == ["published", "tags"]
    originals.withdraw(document, article)
    assert (article.title, article.published_at, article.published_raw, article.tags) == ("Judul laman", None, None, [])
    assert document.gave == []
