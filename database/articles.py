"""Rows of ``articles`` and ``article_terms``: written with their words, found by their text, completed by seeds."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from crawler.items import Article, Timestamp
from database.schema import ArticleTerms, Base, StoredArticle

# What a document can state of itself, and the columns that hold it; a date stands or falls as a whole.
FIELDS: Mapping[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in (
            "title", "summary", "authors", "section", "tags", "image_url", "language", "dateline", "credit",
        )
    },
    "published": (
        "published_at", "published_raw", "published_source", "published_precision", "published_confidence",
    ),
    "modified": ("modified_at",),
}  # fmt: skip

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """What decides whether a stored article is the one at hand."""

    id: int
    outlet: str | None
    origin: str
    fetched_at: datetime | None
    published_at: datetime | None
    story_id: int | None


# On the tables: through the ORM each of these takes twice the time or more, and every page passes here.
_ARTICLES = Base.metadata.tables["articles"]
_HELD = (
    select(*(_ARTICLES.c[field.name] for field in fields(Held)))
    .where(_ARTICLES.c.text_sha256 == bindparam("text_sha256"))
    .order_by(_ARTICLES.c.id)
)
_LOCK = text("SELECT pg_advisory_xact_lock(n) FROM unnest(CAST(:numbers AS bigint[])) AS n")
_ADD = insert(_ARTICLES).returning(_ARTICLES.c.id)
_ADD_TERMS = insert(Base.metadata.tables["article_terms"])


def lock(session: Session, keys: Iterable[str]) -> None:
    """Makes whoever asks for one of the same keys (texts, addresses) next wait until this transaction ends.

    On PostgreSQL two writers could otherwise both find the same article new; SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        numbers = sorted({_lock_number(key) for key in keys})
        session.execute(_LOCK, {"numbers": numbers})


def with_text(session: Session, text_sha256: str) -> list[Held]:
    """The articles that have this text, first stored first."""
    return [Held(*row) for row in session.connection().execute(_HELD, {"text_sha256": text_sha256})]


def add(session: Session, values: Values, title_terms: str, body_terms: str) -> int:
    """Stores an article with its words; gives its id."""
    connection = session.connection()
    article_id: int = connection.execute(_ADD, {"revision": 1, **values}).scalar_one()
    connection.execute(_ADD_TERMS, {"article_id": article_id, "title": title_terms, "body": body_terms})
    return article_id


def change_terms(session: Session, article_id: int, title: str, body: str) -> None:
    """Puts other words in place of an article's."""
    words = {"title": title, "body": body}
    session.execute(update(ArticleTerms).where(ArticleTerms.article_id == article_id).values(**words))


def get(session: Session, article_id: int) -> StoredArticle:
    """The article as the database has it now, whatever the session remembers."""
    return session.get_one(StoredArticle, article_id, populate_existing=True)


def columns(article: Article) -> dict[str, Any]:
    """The columns of everything that an article states, unknown ones as ``None`` or empty; no url, outlet or text."""
    values: dict[str, Any] = {name: getattr(article, name) for name in FIELDS if name not in {"published", "modified"}}
    values |= dict(zip(FIELDS["published"], _stamp(article.published), strict=True))
    values["modified_at"] = article.modified.at if article.modified else None
    return values


def stated(values: Values) -> dict[str, dict[str, Any]]:
    """The fields that are known, each with its columns."""
    return {name: {column: values[column] for column in held} for name, held in FIELDS.items() if values[held[0]]}


def blank(names: Collection[str]) -> dict[str, Any]:
    """The columns of these fields as they are when unknown."""
    return {column: [] if column in {"authors", "tags"} else None for name in names for column in FIELDS[name]}


def _stamp(stamp: Timestamp | None) -> tuple[Any, ...]:
    return (stamp.at, stamp.raw, stamp.source, stamp.precision, stamp.confidence) if stamp else (None,) * 5


def _lock_number(key: str) -> int:
    # PostgreSQL names such a lock by a signed 64-bit number.
    return int.from_bytes(hashlib.sha256(f"pantau article {key}".encode()).digest()[:8], signed=True)
