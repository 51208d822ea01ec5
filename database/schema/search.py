"""What searching needs beside the articles."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.schema.articles import StoredArticle
from database.schema.base import Base, BigId


class ArticleTerms(Base):
    """The analysed (stemmed, folded) words of an article, in order; what the full-text indexes are built from.

    Title and body are in one index; authors and section, which words without a field do not mean, in another.
    """

    __tablename__ = "article_terms"
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text, server_default="")
    section: Mapped[str] = mapped_column(Text, server_default="")
    article: Mapped[StoredArticle] = relationship(back_populates="terms")


class Profile(Base):
    """What the seed corpus is about, as terms with weights, and how many articles have been compared with it.

    The newest one counts. ``search.seed_profile`` says what the numbers mean and how they are kept.
    """

    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    made_at: Mapped[datetime]
    seeds_sha256: Mapped[str] = mapped_column(String(64))  # of the seed texts that it was made of
    articles: Mapped[int]  # how many were stored then
    documents: Mapped[int]  # of which the frequencies were counted
    frequencies: Mapped[dict[str, Any]]  # term → documents that hold it
    weights: Mapped[dict[str, Any]]  # term → weight
    # Articles from this one on have their similarity by this profile; 0: all have.
    compared_to: Mapped[int] = mapped_column(BigInteger, default=0)


class SavedSearch(Base):
    """A search that somebody named, to come back to or to subscribe to."""

    __tablename__ = "saved_searches"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)  # what its address ends with
    title: Mapped[str] = mapped_column(Text)
    parameters: Mapped[str] = mapped_column(Text)  # a query string, as the search page takes it
    created_at: Mapped[datetime]
