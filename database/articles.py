"""Rows of ``articles`` and ``article_terms``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from core.errors import PantauError, UsageError
from core.models import Article, Timestamp
from core.urls import identify
from database.schema import ArticleTerms, Base, StoredArticle, Url
from database.sql import DIALECTS, among

# The plain fields of an ``Article``, each in the column of its name; the others are dates or have rules of their own.
_OTHER_FIELDS = {"url", "outlet", "text", "published", "modified", "canonical_url", "timezone"}
_PLAIN_FIELDS = [field for field in fields(Article) if field.name not in _OTHER_FIELDS]
TEXT_FIELDS = tuple(field.name for field in _PLAIN_FIELDS if field.default_factory is not list)
LIST_FIELDS = tuple(field.name for field in _PLAIN_FIELDS if field.default_factory is list)
# The fields that a document can state, and their columns; a date is taken or left as a whole.
FIELDS: Mapping[str, tuple[str, ...]] = {
    **{field.name: (field.name,) for field in _PLAIN_FIELDS},
    "published": (
        "published_at", "published_raw", "published_source", "published_precision", "published_confidence",
    ),
    "modified": ("modified_at",),
}  # fmt: skip

Values = Mapping[str, Any]


class Terms(NamedTuple):
    """An article's words as ``core.text.analyser`` makes them, by place."""

    title: str = ""
    body: str = ""
    author: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class MatchColumns:
    """The columns of a stored article that deduplication and story linking need."""

    id: int
    outlet: str | None
    url: str | None
    origin: str
    text_sha256: str
    fetched_at: datetime | None
    published_at: datetime | None
    published_precision: str | None
    first_seen_at: datetime
    story_id: int | None
    similarity: float | None
    scheme: int

    @property
    def at(self) -> datetime:
        return self.published_at or self.first_seen_at


# On the tables: through the ORM each of these takes twice the time or more, and every page passes here.
_ARTICLES = Base.metadata.tables["articles"]


def _held(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*(_ARTICLES.c[field.name] for field in fields(MatchColumns))).where(condition).order_by(_ARTICLES.c.id)
    )


_TEXT = select(_ARTICLES.c.text_sha256).where(_ARTICLES.c.id == bindparam("article_id")).scalar_subquery()
_WITH_TEXT = _held(_ARTICLES.c.text_sha256 == bindparam("text_sha256"))
_WITH_TEXTS = {dialect: _held(among(_ARTICLES.c.text_sha256, "texts", dialect)) for dialect in DIALECTS}
_LIKE = _held(_ARTICLES.c.text_sha256 == _TEXT)
# Written out, as the index of such rows has it: SQLite does not use that one for a parameter.
_IS_UNLINKED = text("scheme = 0")
_UNLINKED = (
    select(_ARTICLES.c.id, _ARTICLES.c.text).where(_IS_UNLINKED).order_by(_ARTICLES.c.id).limit(bindparam("limit"))
)
_COUNT_UNLINKED = select(func.count()).select_from(_ARTICLES).where(_IS_UNLINKED)
_TEXTS = {
    dialect: select(_ARTICLES.c.text_sha256, _ARTICLES.c.text)
    .where(among(_ARTICLES.c.text_sha256, "texts", dialect))
    .order_by(_ARTICLES.c.id)
    for dialect in DIALECTS
}
_LINKED = update(_ARTICLES).where(_ARTICLES.c.id == bindparam("article_id")).values(scheme=bindparam("number"))
# "pantau" and one more in ASCII: a number that other programs on the same server are unlikely to lock.
_LOCK = select(func.pg_advisory_xact_lock(int.from_bytes(b"pantau a", "big")))
_ADD = insert(_ARTICLES).returning(_ARTICLES.c.id)
_ADD_TERMS = insert(Base.metadata.tables["article_terms"])


def lock(session: Session) -> None:
    """Block other writers of articles until this transaction ends.

    Call it before looking for a text or its copies: on PostgreSQL two writers could both find an article new, or split
    a story in two. One lock for all, since only a comparison shows copies; some 300 articles a second pass it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)


def find_by_text(session: Session, text_sha256: str) -> list[MatchColumns]:
    return _all(session, _WITH_TEXT, text_sha256=text_sha256)


def find_by_texts(session: Session, texts: Sequence[str]) -> list[MatchColumns]:
    """Return the articles with these texts (SHA-256), first stored first."""
    return _all(session, _WITH_TEXTS[session.get_bind().dialect.name], texts=texts)


def find_same_text(session: Session, article_id: int) -> list[MatchColumns]:
    return _all(session, _LIKE, article_id=article_id)


def as_match_columns(article_id: int, values: Values) -> MatchColumns:
    known: dict[str, Any] = {field.name: values.get(field.name) for field in fields(MatchColumns)}
    return MatchColumns(**known | {"id": article_id})


def texts(session: Session, wanted: Sequence[str]) -> dict[str, str]:
    connection = session.connection()
    rows = connection.execute(_TEXTS[connection.dialect.name], {"texts": wanted})
    return {row.text_sha256: row.text for row in rows}


def find_unlinked(session: Session, limit: int) -> list[tuple[int, str]]:
    """Return id and text of the first articles that are not yet linked to stories."""
    return [(row.id, row.text) for row in session.connection().execute(_UNLINKED, {"limit": limit})]


def count_unlinked(session: Session) -> int:
    """Count the articles of an older program that the next crawl links to stories."""
    return session.connection().execute(_COUNT_UNLINKED).scalar_one()


def mark_linked(session: Session, article_id: int, scheme: int) -> None:
    session.connection().execute(_LINKED, {"article_id": article_id, "number": scheme})


def add(session: Session, values: Values, terms: Terms) -> int:
    connection = session.connection()
    article_id: int = connection.execute(_ADD, {"revision": 1, **values}).scalar_one()
    connection.execute(_ADD_TERMS, {"article_id": article_id, **terms._asdict()})
    return article_id


def change_terms(session: Session, article_id: int, terms: Terms) -> None:
    session.execute(update(ArticleTerms).where(ArticleTerms.article_id == article_id).values(**terms._asdict()))


def get(session: Session, article_id: int) -> StoredArticle:
    """Return the article from the database, bypassing the session's copy."""
    return session.get_one(StoredArticle, article_id, populate_existing=True)


def columns(article: Article) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(article, name) for name in FIELDS if name not in {"published", "modified"}}
    values |= dict(zip(FIELDS["published"], _stamp(article.published), strict=True))
    values["modified_at"] = article.modified.at if article.modified else None
    return values


def stated_fields(values: Values) -> dict[str, dict[str, Any]]:
    return {name: {column: values[column] for column in held} for name, held in FIELDS.items() if values[held[0]]}


def empty_columns(names: Collection[str]) -> dict[str, Any]:
    return {column: [] if column in LIST_FIELDS else None for name in names for column in FIELDS[name]}


def _stamp(stamp: Timestamp | None) -> tuple[Any, ...]:
    return (stamp.at, stamp.raw, stamp.source, stamp.precision, stamp.confidence) if stamp else (None,) * 5


def _all(session: Session, statement: Select[Any], **values: Any) -> list[MatchColumns]:
    return [MatchColumns(*row) for row in session.connection().execute(statement, values)]


# The largest id either database can give.
_MAX_ID = 2**63 - 1


def find_article(session: Session, wanted: str) -> StoredArticle:
    """Return the article with this id, or any URL of it (mobile, AMP, with tracking).

    Raises:
        UsageError: it is neither an id nor a URL.
        PantauError: there is no such article.
    """
    if wanted.isdecimal():
        article = session.get(StoredArticle, int(wanted)) if int(wanted) <= _MAX_ID else None
        if article is None:
            raise PantauError(f"there is no article {wanted}; `scrapy search` shows the ids")
        return article
    if "." not in wanted and "/" not in wanted:
        raise UsageError(f"{wanted!r} is neither an article's number nor a URL")
    return _by_url(session, wanted)


def _by_url(session: Session, url: str) -> StoredArticle:
    row = _ledger_row(session, url)
    if row is not None and row.article_id is not None:
        return session.get_one(StoredArticle, row.article_id)
    # Imported articles may have an address that no source ever named.
    article = session.scalar(select(StoredArticle).where(StoredArticle.url == url).order_by(StoredArticle.id).limit(1))
    if article is not None:
        return article
    if row is None:
        raise PantauError(f"{url} was never seen; `scrapy crawl OUTLET` fetches what an outlet lists")
    reason = f" ({row.reason})" if row.reason else ""
    raise PantauError(f"{url} is known but no article: {row.state}{reason}; `scrapy explain {url}` tells its history")


def _ledger_row(session: Session, url: str) -> Url | None:
    row = session.scalar(select(Url).where(Url.identity == identify(url)))
    seen: set[int] = set()
    while row is not None and row.article_id is None and row.same_as_id is not None and row.id not in seen:
        seen.add(row.id)
        row = session.get(Url, row.same_as_id)
    return row
