"""A database that the program before stories of near copies made is brought up when a run opens."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from scrapy.settings import Settings
from sqlalchemy import MetaData, create_engine, insert, select
from sqlalchemy.orm import Session

from crawler.resources import open_resources
from database.engine import open_database, parse_url
from database.schema import StoredArticle
from database.upgrade import alembic_config
from pipelines import story_links
from pipelines.backfill import make_ready
from pipelines.fingerprint import SCHEME
from pipelines.normalise import normalise
from tests.cli.commands.running import run
from tests.pipelines.copies import corpus, day, edited, expected, found, wire
from tests.pipelines.incoming import Arrival, article

STUB = ["Simak videonya di sini."]
Printed = tuple[str, list[str], datetime | None]


def older_database(url: str, printed: Sequence[Printed], *, story: int = 0) -> None:
    """As schema 0001 kept articles; the first so many are in a story, as equal texts were."""
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        tables = MetaData()
        tables.reflect(connection, only=["articles", "stories"])
        if story:
            connection.execute(insert(tables.tables["stories"]).values(id=1, created_at=day(100)))
        for number, (name, sentences, at) in enumerate(printed, start=1):
            clean = normalise(article("\n".join(sentences)))
            row = {
                "id": number,
                "outlet": name,
                "url": f"https://{name}.test/{number}",
                "title": f"Judul {number}",
                "text": clean.article.text,
                "text_sha256": clean.text_sha256,
                "authors": [],
                "tags": [],
                "published_at": at,
                "timezone": "Asia/Jakarta",
                "first_seen_at": day(100),
                "origin": "crawl",
                "story_id": 1 if number <= story else None,
                "revision": 1,
            }
            connection.execute(insert(tables.tables["articles"]).values(row))
    engine.dispose()


def run_settings(url: str) -> Settings:
    settings = Settings()
    settings.setmodule("settings")
    settings.setdict({"DATABASE_URL": url, "WORKERS": 1})
    return settings


@pytest.mark.process
def test_a_runs_opening_finds_the_stories_of_older_articles(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = wire(1)
    printed: list[Printed] = [
        ("suara", text, day(2)),
        ("kabar", text, day(3)),
        ("warta", edited(text, 8), day(4)),
        ("antara", text[:6], day(1)),
        ("antara", STUB, day(1)),
        ("harian", wire(2), None),
    ]
    older_database(database_url, printed, story=2)
    monkeypatch.setattr(story_links, "_AT_ONCE", 4)
    with open_resources(run_settings(database_url)) as resources:
        make_ready(resources)
    engine = open_database(database_url)
    with Session(engine) as session:
        stored = session.scalars(select(StoredArticle).order_by(StoredArticle.id)).all()
        assert [one.story_id for one in stored] == [1, 1, 1, 1, None, None]
        assert {one.scheme for one in stored} == {SCHEME}
        ((first, first_published_at, members, outlets, _),) = found(session).values()
        assert (first, first_published_at, members, outlets) == (
            ("antara", "https://antara.test/4", "Judul 4"), day(1), 4, 4,
        )  # fmt: skip
    engine.dispose()


def test_an_import_finds_the_stories_of_older_articles(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [what for what in corpus() if isinstance(what, Arrival)]
    printed: list[Printed] = []
    for page in pages:
        assert isinstance(page.result, type(article()))
        published = page.result.published
        printed.append((page.outlet, page.result.text.split("\n"), published.at if published else None))
    older_database(database_url, printed)
    empty = tmp_path / "corpus"
    empty.mkdir()
    assert run(capsys, database_url, "seeds", "import", str(empty)).status == 0
    engine = open_database(database_url)
    with Session(engine) as session:
        assert set(found(session)) == expected(session.scalars(select(StoredArticle)))
    engine.dispose()
