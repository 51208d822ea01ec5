"""A database of the program before authors and sections could be searched."""

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import MetaData, create_engine, insert
from sqlalchemy.orm import Session

from database.engine import open_database, parse_url
from database.upgrade import alembic_config
from search.facets import tally
from search.query import parse_query
from search.results import search
from search.selection import Selection

STORED: tuple[tuple[list[str], str | None], ...] = (
    (["Eko Satrio Wibowo", "Sari"], "Luar Negeri"),
    (["Zoë O'Brien"], None),
    ([], "Ekonomi & Bisnis"),
    ([], None),
)


def older_database(url: str) -> None:
    """As schema 0002 kept articles."""
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0002")
        tables = MetaData()
        tables.reflect(connection, only=["articles", "article_terms"])
        for number, (authors, section) in enumerate(STORED, start=1):
            row = {"id": number, "text": "Isi.", "text_sha256": f"{number}", "authors": authors, "section": section}
            row |= {"timezone": "Asia/Jakarta", "first_seen_at": datetime(2024, 9, 14, tzinfo=UTC), "origin": "crawl"}
            connection.execute(insert(tables.tables["articles"]).values(row | {"tags": [], "revision": 1, "scheme": 1}))
            terms = {"article_id": number, "title": "judul", "body": "isi"}
            connection.execute(insert(tables.tables["article_terms"]).values(terms))
    engine.dispose()


def test_authors_and_sections_of_older_articles_are_found(database_url: str) -> None:
    older_database(database_url)
    engine = open_database(database_url)
    expected = {
        'author:"satrio wibowo"': [1],
        "author:obrien": [2],
        "author:zoe isi": [2],
        "section:luar section:negeri": [1],
        "section:bisnis": [3],
        "judul": [1, 2, 3, 4],
        "isi NOT author:sari": [2, 3, 4],
    }
    with Session(engine) as session:
        hits = {query: search(session, Selection(parse_query(query))).hits for query in expected}
        assert {query: sorted(hit.article.id for hit in found) for query, found in hits.items()} == expected
        assert [value.name for value in tally(session, Selection()).facets["section"]] == [
            "Ekonomi & Bisnis",
            "Luar Negeri",
        ]
    engine.dispose()
