"""Databases full of made-up articles, as after a crawl but made in minutes.

Triggers and indexes are dropped, the rows written, and the indexes made at the end; rows refer to rows that exist.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, text

from benchmarks.archive_of_words import Archive, Made
from core.errors import PantauError
from core.text.analyser import analyse
from database.engine import open_database, parse_url
from database.errors import translate_errors
from database.schema import Base
from pipelines.fingerprint import SCHEME

# Bytes of a database for an article, and what making its indexes takes on top; measured, rounded up.
BYTES_AN_ARTICLE, BYTES_MEANWHILE = 7_500, 2_500

_CHUNK = 5_000
_TABLES = Base.metadata.tables
_DROPPED = """
    SELECT type, name, sql FROM sqlite_master
    WHERE type IN ('index', 'trigger') AND tbl_name IN ('articles', 'article_terms') AND sql IS NOT NULL
    ORDER BY type
"""
_DROPPED_POSTGRESQL = """
    SELECT 'index', indexname, indexdef FROM pg_indexes
    WHERE tablename IN ('articles', 'article_terms') AND indexdef NOT LIKE 'CREATE UNIQUE%'
"""
_SETTLE_STORIES = """
    UPDATE stories SET first_id = stories.id, articles = told.articles, outlets = told.outlets, first_published_at = at
    FROM (
        SELECT story_id, count(*) AS articles, count(DISTINCT outlet) AS outlets, min(published_at) AS at
        FROM articles WHERE story_id IS NOT NULL GROUP BY story_id
    ) AS told
    WHERE stories.id = told.story_id
"""
_archive: Archive | None = None


def database_file(folder: Path, archive: Archive) -> Path:
    """Return the archive's SQLite database in the folder, made if missing.

    Raises:
        PantauError: the folder cannot be made, or has no room for it.
    """
    path = folder / f"archive-{archive.size}.db"
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PantauError(f"{folder}: {error.strerror}: choose another folder with --databases") from error
        _check_room(folder, archive.size)
        unfinished = path.with_suffix(".unfinished")
        remove(unfinished)
        _make(f"sqlite:///{unfinished}", archive)
        unfinished.rename(path)
        remove(unfinished)
    return path


@contextmanager
def postgresql(url: str, archive: Archive, *, keep: bool) -> Iterator[tuple[str, str]]:
    """Return the URL of the archive's database on the server, and its version.

    It is made if missing.

    Raises:
        PantauError: the URL cannot be read or names another kind of database, or the server does not answer.
    """
    name = f"pantau_search_{archive.size}"
    address = parse_url(url)
    with (
        translate_errors(address),
        closing(create_engine(address, isolation_level="AUTOCOMMIT").connect()) as connection,
    ):
        server = f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"
        there = connection.scalar(text("SELECT true FROM pg_database WHERE datname = :name"), {"name": name})
        own = address.set(database=name).render_as_string(hide_password=False)
        try:
            if not there:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
                _make(own, archive)
            yield own, server
        except BaseException:
            keep = keep and bool(there)
            raise
        finally:
            if not keep:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def remove(path: Path) -> None:
    """Remove the database and the files beside it."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    shutil.rmtree(f"{path}.locks", ignore_errors=True)


def _check_room(folder: Path, size: int) -> None:
    needed = size * (BYTES_AN_ARTICLE + BYTES_MEANWHILE)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PantauError(
            f"a database of {size:,} articles takes {needed / 1e9:.1f} GB while it is made, and {folder} has "
            f"{free / 1e9:.1f} GB: choose another folder with --databases, or smaller --sizes"
        )


def _make(url: str, archive: Archive) -> None:
    began = time.monotonic()
    engine = open_database(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
        engine.dispose()  # what is connected already is not in a hurry
    fill(engine, archive)
    engine.dispose()
    print(f"{archive.size:,} articles made in {time.monotonic() - began:.0f} s", file=sys.stderr)


def _hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")


def fill(engine: Engine, archive: Archive) -> None:
    """Put the articles into an empty database."""
    global _archive  # noqa: PLW0603 - the workers get it by being forked
    _archive = archive
    with engine.begin() as connection:
        dropped = connection.execute(text(_DROPPED if _sqlite(connection) else _DROPPED_POSTGRESQL)).all()
        for kind, name, _ in dropped:
            connection.exec_driver_sql(f"DROP {kind} {name}")
    chunks = [(start, min(start + _CHUNK, archive.size)) for start in range(0, archive.size, _CHUNK)]
    with get_context("fork").Pool(os.cpu_count()) as pool:
        for made in pool.imap(_rows, chunks):
            with engine.begin() as connection:
                _write(connection, *made)
    with engine.begin() as connection:
        if _sqlite(connection):
            for index in ("article_index", "article_label_index"):
                connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
        for _, _, sql in dropped:
            connection.exec_driver_sql(sql)
        connection.exec_driver_sql(_SETTLE_STORIES)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _rows(chunk: tuple[int, int]) -> tuple[list[dict[str, Any]], ...]:
    assert _archive is not None
    made = list(_archive.articles(*chunk))
    return [_story(one) for one in made if one.story == one.index], list(map(_article, made)), list(map(_terms, made))


def _write(connection: Connection, stories: Iterable[Any], articles: Iterable[Any], terms: Iterable[Any]) -> None:
    for table, rows in (("stories", list(stories)), ("articles", list(articles)), ("article_terms", list(terms))):
        if rows:
            connection.execute(insert(_TABLES[table]), rows)


def _story(one: Made) -> dict[str, Any]:
    return {"id": one.index + 1, "created_at": one.stored_at}


def _article(one: Made) -> dict[str, Any]:
    return {
        "id": one.index + 1,
        "outlet": one.outlet,
        "url": f"https://{one.outlet}.example/{one.index}",
        "title": one.title,
        "text": one.text,
        "text_sha256": hashlib.sha256(one.words.encode()).hexdigest(),
        "authors": one.authors,
        "section": one.section,
        "tags": [],
        "language": one.language,
        "published_at": one.published_at,
        "published_precision": None if one.published_at is None else "second",
        "timezone": "Asia/Jakarta",
        "first_seen_at": one.stored_at,
        "fetched_at": one.stored_at,
        "origin": "crawl",
        "story_id": None if one.story is None else one.story + 1,
        "similarity": one.similarity,
        "revision": 1,
        "scheme": SCHEME,
        "seed_similarity": one.seed_similarity,
    }


def _terms(one: Made) -> dict[str, Any]:
    return {
        "article_id": one.index + 1,
        "title": one.title.lower(),
        "body": one.words,
        "author": analyse("\n".join(one.authors)),
        "section": analyse(one.section),
    }
