import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.errors import DatabaseError, UsageError
from database.engine import open_database
from pantau import Archive
from search import archive
from search.archive import FoundArticle
from search.query import QueryError
from search.records import KEYS, Article
from tests.database.made_stories import TEN, add_copy, add_story
from tests.search.articles import ARTICLES, JAKARTA, add_article, add_articles

NOON = datetime(2024, 9, 1, 5, tzinfo=UTC)


@pytest.fixture
def opened(engine: Engine, database_url: str) -> Iterator[Archive]:
    with Session(engine) as session:
        add_articles(session)
    with Archive(database_url) as opened:
        yield opened


def ids(articles: Iterator[FoundArticle]) -> list[int]:
    return [article.id for article in articles]


def test_what_is_found_is_typed(opened: Archive) -> None:
    (one,) = opened.search("kunjungan Erdogan")
    assert (one.id, one.outlet, one.authors, one.copies, one.outlets) == (16, "lentera", (), 1, 1)
    assert one.published_at == datetime(2024, 9, 6, 16, tzinfo=JAKARTA)
    assert one.published_at.tzinfo == JAKARTA
    assert one.snippet == "Presiden Turki Erdogan tiba untuk kunjungan kenegaraan."
    assert one.rank > 0
    with pytest.raises(FrozenInstanceError):
        one.title = "Lain"  # type: ignore[misc]


def test_an_article_has_the_fields_of_its_record() -> None:
    assert [field.name for field in fields(Article)] == list(KEYS)


def test_pages_follow_each_other(opened: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_PAGE", 7)
    assert sorted(ids(opened.search())) == list(range(1, len(ARTICLES) + 1))
    assert ids(opened.search(limit=17)) == ids(opened.search())[:17]
    assert ids(opened.search(limit=0)) == []


def test_no_page_is_read_before_it_is_asked_for(opened: Archive, engine: Engine) -> None:
    found = opened.search("rusia")
    first = next(found)
    with Session(engine) as session:
        add_article(session, "Rusia", "Rusia.")
        session.commit()
    assert len({first.id, *ids(found)}) == 5


def test_a_search_can_be_narrowed_and_sorted(opened: Archive) -> None:
    assert ids(opened.search("rusia", outlets="samudra", sort="oldest")) == [7, 9, 10]
    assert ids(opened.search("rusia", outlets=["samudra", "cakrawala"], since="2024-09-09", sort="newest")) == [
        26,
        22,
        9,
    ]
    assert ids(opened.search(since=date(2024, 9, 30), until=date(2024, 9, 30))) == [41]
    nine = datetime(2024, 9, 9, 9, tzinfo=JAKARTA)
    assert ids(opened.search(since=nine, until=nine + timedelta(minutes=1))) == [9]


def test_counts_facets_and_timeline_agree_with_the_list(opened: Archive) -> None:
    hits = len(ids(opened.search("rusia")))
    assert opened.count("rusia") == hits == 5
    facets = opened.facets("rusia")
    assert {value.name: value.hits for value in facets["outlet"]} == {"samudra": 3, "cakrawala": 2}
    timeline = opened.timeline("rusia", step="week")
    assert sum(bar.hits for bar in timeline.bars) + timeline.undated == hits


def test_copies_are_one_hit_unless_all_are_wanted(engine: Engine, database_url: str) -> None:
    with Session(engine) as session:
        add_story(session, [add_copy(session, outlet, TEN) for outlet in ("kota", "lentera", "kota")])
    with Archive(database_url) as opened:
        (one,) = opened.search("pelabuhan")
        assert (one.copies, one.outlets) == (3, 2)
        assert (opened.count("pelabuhan"), opened.count("pelabuhan", copies=True)) == (1, 3)
        assert len(ids(opened.search("pelabuhan", copies=True))) == 3
        (story,) = opened.stories("pelabuhan", outlets="kota", since="2024")
        assert (story.id, len(story.members)) == (one.story_id, 3)
        assert opened.stories(min_outlets=3) == []


def test_one_article_can_be_asked_for(engine: Engine, database_url: str) -> None:
    with Session(engine) as session:
        values = {"timezone": "Asia/Makassar", "published_at": NOON, "fetched_at": NOON, "authors": ["Ani"]}
        number = add_article(session, "Judul", "Teks.", **values)
        session.commit()
    with Archive(database_url) as opened:
        article = opened.article(number)
        assert article
        assert (article.published_at, article.fetched_at, article.authors) == (NOON, NOON, ("Ani",))
        assert article.published_at
        assert article.published_at.tzinfo == ZoneInfo("Asia/Makassar")
        assert opened.article(number + 1) is None


def test_records_are_all_articles_with_moments_in_utc(opened: Archive) -> None:
    rows = list(opened.records("rusia"))
    assert [row["id"] for row in rows] == [7, 9, 10, 22, 26]
    assert tuple(rows[0]) == KEYS
    assert rows[0]["published_at"] == datetime(2024, 9, 7, 0, tzinfo=UTC)
    assert rows[0]["published_at"].tzinfo is UTC
    assert rows[2]["published_at"] is None


def test_wrong_questions_are_refused_at_once(opened: Archive) -> None:
    with pytest.raises(QueryError, match="column 1"):
        opened.search("(rusia")
    with pytest.raises(UsageError, match="since='kemarin': allowed is a day"):
        opened.count("rusia", since="kemarin")


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="there is no database"):
        Archive(f"sqlite:///{tmp_path}/tiada.db")
    with pytest.raises(DatabaseError, match="no database URL"):
        Archive("arsip.db")


def test_a_database_that_breaks_is_told(tmp_path: Path) -> None:
    file = tmp_path / "arsip.db"
    open_database(f"sqlite:///{file}").dispose()
    with Archive(f"sqlite:///{file}") as opened:
        with sqlite3.connect(file) as connection:
            connection.execute("ALTER TABLE articles RENAME TO tiada")
        connection.close()
        with pytest.raises(DatabaseError, match="no such table"):
            list(opened.search())


@pytest.mark.process
def test_the_package_imports_nothing_by_itself() -> None:
    code = (
        "import sys, database; print('sqlalchemy' in sys.modules); from pantau import Archive; print(Archive.__name__)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout == "False\nArchive\n"
