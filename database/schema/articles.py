"""What was stored: articles, their earlier versions, the seed documents they came from, the stories they tell."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.base import Base, BigId

if TYPE_CHECKING:
    from database.schema.search import ArticleTerms


class Story(Base):
    """The articles that carry one text, as it is or changed, with what its members make of it.

    ``first_id`` is the member that was published first, not the one that was crawled first.
    """

    __tablename__ = "stories"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    created_at: Mapped[datetime]
    first_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", use_alter=True), index=True)
    first_published_at: Mapped[datetime | None] = mapped_column(index=True)
    articles: Mapped[int] = mapped_column(default=0)
    outlets: Mapped[int] = mapped_column(default=0)


class StoredArticle(Base):
    """An article. Instants are UTC; ``timezone`` is the outlet's, in which they are shown."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_outlet_published_at", "outlet", "published_at"),
        # Those that an older program stored: empty most of the time, so that asking costs nothing.
        Index("ix_articles_unlinked", "id", sqlite_where=text("scheme = 0"), postgresql_where=text("scheme = 0")),
        # What lists, counts and facets need of every article found, without reading its text: SQLite would have to turn
        # to a page of its own for each. (PostgreSQL keeps long texts elsewhere anyway, and bounds an index's rows.)
        Index(
            "ix_articles_found",
            "id",
            "story_id",
            "published_at",
            "outlet",
            "section",
            "language",
            "origin",
            "seed_similarity",
            "authors",
        ).ddl_if(dialect="sqlite"),
        # What is most like the seeds of everything, likewise. (PostgreSQL reads an index in the very order asked for or
        # sorts all there is; its ix_articles_alike and ix_articles_newest are made by migrations.)
        Index("ix_articles_alike", "seed_similarity", "id", "story_id", "published_at").ddl_if(dialect="sqlite"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str | None] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(Text)
    canonical_url: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(String(64), index=True)
    summary: Mapped[str | None] = mapped_column(Text)
    authors: Mapped[list[str]] = mapped_column(default=list)
    section: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(default=list)
    image_url: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(10))
    dateline: Mapped[str | None] = mapped_column(Text)
    credit: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_raw: Mapped[str | None] = mapped_column(Text)
    published_source: Mapped[str | None] = mapped_column(String(40))
    published_precision: Mapped[str | None] = mapped_column(String(10))
    published_confidence: Mapped[str | None] = mapped_column(String(10))
    modified_at: Mapped[datetime | None]
    timezone: Mapped[str] = mapped_column(String(40))
    first_seen_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    origin: Mapped[str] = mapped_column(String(10))  # crawl, seed
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"), index=True)
    # How much of both texts is common to this article and the story's first: 1.0 is the same text.
    similarity: Mapped[float | None] = mapped_column(Double)
    revision: Mapped[int] = mapped_column(default=1)
    # The page answered 404 or 410 twice, a day apart; what it said is kept.
    removed_at: Mapped[datetime | None]
    # The scheme of fingerprints by which it was put into its story; 0: not yet.
    scheme: Mapped[int] = mapped_column(default=0)
    # How much it is like the seed corpus (search.seed_profile), 0 to 1; None while there is none, or not yet compared.
    seed_similarity: Mapped[float | None] = mapped_column(Double)
    terms: Mapped["ArticleTerms"] = relationship(back_populates="article", cascade="all, delete-orphan")


class Revision(Base):
    """A version of an article that was replaced, and what its successor changed; the current one is in ``articles``."""

    __tablename__ = "revisions"
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(String(64))
    modified_at: Mapped[datetime | None]  # as its page stated
    fetched_at: Mapped[datetime | None]  # when this version was first seen
    replaced_at: Mapped[datetime]  # when its successor was
    words_added: Mapped[int]
    words_removed: Mapped[int]
    title_changed: Mapped[bool]


class Original(Base):
    """The bytes of an imported seed document, kept beside the cleaned text.

    ``found`` holds the article fields that the document itself states, ``gave`` the names of those that its article
    has from it: what the article's own page states counts more, whichever came first.
    """

    __tablename__ = "originals"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    imported_at: Mapped[datetime]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gave: Mapped[list[str]] = mapped_column(default=list)


class Fingerprint(Base):
    """A text's shingles, once for every period in which articles with this text were published."""

    __tablename__ = "fingerprints"
    __table_args__ = (UniqueConstraint("text_sha256", "period"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    text_sha256: Mapped[str] = mapped_column(String(64))
    period: Mapped[int]
    shingles: Mapped[bytes] = mapped_column(LargeBinary)  # pipelines.fingerprint's packed form


class Band(Base):
    """One value of a fingerprint's MinHash: texts that share one in neighbouring periods may be copies.

    Clustered by period, so that what is written and asked today lies together, however much is stored.
    """

    __tablename__ = "bands"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own convention
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # signed, 32 bits
    fingerprint_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
