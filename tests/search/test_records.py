import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Url
from search.records import KEYS, load_records
from search.results import load_articles
from tests.database.made_stories import TEN, add_copy, add_story
from tests.search.articles import add_article

DESIGN_KEYS = [
    "id", "url", "canonical_url", "other_urls", "outlet", "title", "text", "summary", "authors", "section", "tags",
    "image_url", "language", "dateline", "credit", "published_at", "published_raw", "published_source", "modified_at",
    "first_seen_at", "fetched_at", "origin", "story_id", "revision", "text_sha256",
    "first_in_story", "similarity", "removed_at", "published_precision", "timezone", "seed_similarity",
]  # fmt: skip
NOON = datetime(2024, 9, 1, 5, tzinfo=UTC)


def one_record(session: Session, article_id: int) -> dict[str, Any]:
    session.flush()
    return load_records(session, load_articles(session, [article_id]))[0]


def add_url(session: Session, url: str, article_id: int) -> None:
    session.add(Url(identity=url, url=url, outlet="samudra", state="stored", first_seen_at=NOON, article_id=article_id))


def test_a_record_has_the_designs_keys_in_order(session: Session) -> None:
    row = one_record(session, add_article(session, "Judul", "Teks."))
    assert list(row) == list(KEYS) == DESIGN_KEYS


def test_times_carry_the_right_zones(session: Session) -> None:
    zone = ZoneInfo("Asia/Makassar")
    article_id = add_article(
        session, "Judul", "Teks.", timezone="Asia/Makassar", published_at=NOON.astimezone(zone), modified_at=NOON,
        first_seen_at=NOON, fetched_at=NOON,
    )  # fmt: skip
    row = one_record(session, article_id)
    assert row["published_at"] == row["modified_at"] == "2024-09-01T13:00:00+08:00"
    assert row["first_seen_at"] == row["fetched_at"] == "2024-09-01T05:00:00+00:00"


def test_unknown_is_null_and_lists_are_lists(session: Session) -> None:
    row = one_record(session, add_article(session, None, "Teks.", authors=["Ani", "Budi"]))
    assert (row["authors"], row["tags"], row["other_urls"]) == (["Ani", "Budi"], [], [])
    assert [key for key, value in row.items() if value is None] == [
        "url", "canonical_url", "title", "summary", "section", "image_url", "language", "dateline", "credit",
        "published_at", "published_raw", "published_source", "modified_at", "fetched_at", "story_id",
        "first_in_story", "similarity", "removed_at", "published_precision", "seed_similarity",
    ]  # fmt: skip
    assert json.loads(json.dumps(row)) == row


def test_a_story_s_records_name_its_first(session: Session) -> None:
    first = add_copy(session, "lentera", TEN)
    copy = add_copy(session, "samudra", TEN + timedelta(hours=1), removed_at=NOON)
    story_id = add_story(session, [copy, first], {copy: 2 / 3})
    rows = [one_record(session, article_id) for article_id in (first, copy)]
    keys = ("story_id", "first_in_story", "similarity", "removed_at")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (story_id, True, 1.0, None),
        (story_id, False, 0.6667, "2024-09-01T05:00:00+00:00"),
    ]


def test_other_urls_leave_out_the_articles_own(session: Session) -> None:
    article_id = add_article(session, "Judul", "Teks.", url="https://a.example/1")
    other_id = add_article(session, "Lain", "Lain.")
    for url, owner in (("https://a.example/1", article_id), ("https://m.a.example/1", article_id), ("b", other_id)):
        add_url(session, url, owner)
    assert one_record(session, article_id)["other_urls"] == ["https://m.a.example/1"]
    assert one_record(session, other_id)["other_urls"] == ["b"]


def test_many_records_take_one_question_for_urls_and_one_for_stories(session: Session) -> None:
    ids = [add_article(session, None, f"Teks {number}.", url=f"u{number}") for number in range(50)]
    for article_id in ids:
        add_url(session, f"m{article_id}", article_id)
    for one, other in zip(ids[::2], ids[1::2], strict=True):
        add_story(session, [one, other])
    articles: list[StoredArticle] = load_articles(session, ids)
    statements: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert [row["other_urls"] for row in load_records(session, articles)] == [[f"m{article_id}"] for article_id in ids]
    assert len(statements) == 2
