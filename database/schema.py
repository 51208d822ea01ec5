"""The tables. Only Alembic (``database/migrations``) creates and changes them.

Migrations also make the full-text indexes of ``article_terms``, since no ORM describes them.
"""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from database.types import UtcDateTime

# How a run or a round ends by itself. ``killed`` is set by the next one, which finds it dead.
EndState = Literal["finished", "stopped", "failed"]
RunState = Literal["running", "finished", "stopped", "failed", "killed"]

# SQLite gives automatic row ids to INTEGER keys only.
BigId = BigInteger().with_variant(Integer, "sqlite")


def _partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own convention
        datetime: UtcDateTime,
        list[str]: JSON,
        list[int]: JSON,
        dict[str, Any]: JSON,
    }


class Story(Base):
    """Articles that carry one text, identical or changed.

    ``first_id`` was published first, not crawled first.
    """

    __tablename__ = "stories"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    created_at: Mapped[datetime]
    first_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id", use_alter=True), index=True)
    first_published_at: Mapped[datetime | None] = mapped_column(index=True)
    articles: Mapped[int] = mapped_column(default=0)
    outlets: Mapped[int] = mapped_column(default=0)


class StoredArticle(Base):
    """An article. Instants are UTC; ``timezone`` is the outlet's, for display."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_outlet_published_at", "outlet", "published_at"),
        # Articles of an older program: empty most of the time, so that queries for them cost nothing.
        _partial_index("ix_articles_unlinked", "id", where="scheme = 0"),
        # The columns that lists, counts and facets need of every hit: SQLite would have to read a page for each
        # article's text. (PostgreSQL keeps long texts elsewhere anyway, and bounds an index's rows.)
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
        # For the order by seed similarity, likewise. (PostgreSQL reads an index in exactly the order asked for, or
        # sorts everything; its ix_articles_alike and ix_articles_newest are made by migrations.)
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
    # Share of text in common with the story's first article: 1.0 is the same text.
    similarity: Mapped[float | None] = mapped_column(Double)
    revision: Mapped[int] = mapped_column(default=1)
    # The page answered 404 or 410 twice, a day apart; the article is kept.
    removed_at: Mapped[datetime | None]
    # The scheme of fingerprints by which it was put into its story; 0: not yet.
    scheme: Mapped[int] = mapped_column(default=0)
    # Similarity to the seed corpus (search.seed_profile), 0 to 1; None: no seeds, or not yet compared.
    seed_similarity: Mapped[float | None] = mapped_column(Double)
    terms: Mapped["ArticleTerms"] = relationship(back_populates="article", cascade="all, delete-orphan")


class Revision(Base):
    """A replaced version of an article, and what its successor changed."""

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
    """The bytes of an imported seed document.

    ``found``: the article fields that it states; ``gave``: names of the fields that its article took from it. The
    article's own page counts more.
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
    """A text's shingles, once for each period in which it was published."""

    __tablename__ = "fingerprints"
    __table_args__ = (UniqueConstraint("text_sha256", "period"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    text_sha256: Mapped[str] = mapped_column(String(64))
    period: Mapped[int]
    shingles: Mapped[bytes] = mapped_column(LargeBinary)  # pipelines.fingerprint's packed form


class Band(Base):
    """One MinHash value of a fingerprint; texts that share some may be copies.

    Clustered by period, so that the rows in use lie together.
    """

    __tablename__ = "bands"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own convention
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # signed, 32 bits
    fingerprint_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)


class Run(Base):
    """One crawl of one outlet: time, boundary, end and counters."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(100), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20))  # RunState
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message: Mapped[str | None] = mapped_column(Text)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)  # None: `scrapy crawl`
    requests: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # received, as they came over the wire


class Source(Base):
    """A feed, sitemap, listing or home page that names articles (design §4, rule 1)."""

    __tablename__ = "sources"
    __table_args__ = (
        UniqueConstraint("outlet", "url"),
        # Sources without a parent make their outlet due.
        _partial_index(
            "ix_sources_outlet_parent_id_due_at", "outlet", "parent_id", "due_at", where="retired_at IS NULL"
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))  # feed, sitemap, listing, home
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"), index=True)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[str | None] = mapped_column(String(64))
    # The date that the parent sitemap gave when its body was last read.
    listed_lastmod: Mapped[datetime | None]
    # Listings: when the last complete walk began and ended, and how far back it went.
    walked_at: Mapped[datetime | None]
    walk_ended_at: Mapped[datetime | None]
    walked_since: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # last answered, changed or not
    failed_at: Mapped[datetime | None]  # last gave nothing usable
    changed_at: Mapped[datetime | None]
    status: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(Text)
    # When it is to be polled next (None: now), the interval in seconds, and the state it was learned from.
    due_at: Mapped[datetime | None]
    interval_s: Mapped[int | None]
    rhythm: Mapped[dict[str, Any]] = mapped_column(default=dict)  # core.scheduling.polling
    listed: Mapped[list[int]] = mapped_column(default=list)  # ids of the newest URLs of its last reading
    retired_at: Mapped[datetime | None]  # when a complete run no longer polled it


class Url(Base):
    """The ledger: one row for each identity ever named (design §4, rule 3)."""

    __tablename__ = "urls"
    __table_args__ = (
        Index("ix_urls_outlet_state", "outlet", "state"),
        # The few that failed and are tried again.
        _partial_index(
            "ix_urls_outlet_next_attempt_at", "outlet", "next_attempt_at", where="next_attempt_at IS NOT NULL"
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    identity: Mapped[str] = mapped_column(Text, unique=True)  # core.urls.identify
    url: Mapped[str] = mapped_column(Text)  # as first named, can be fetched
    outlet: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))  # pending, stored, same-as, rejected, failed, gone
    reason: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[str | None] = mapped_column(Text)
    title_hint: Mapped[str | None] = mapped_column(Text)
    published_hint: Mapped[datetime | None]
    published_hint_raw: Mapped[str | None] = mapped_column(Text)
    published_hint_source: Mapped[str | None] = mapped_column(String(40))
    published_hint_precision: Mapped[str | None] = mapped_column(String(10))
    published_hint_confidence: Mapped[str | None] = mapped_column(String(10))
    modified_hint: Mapped[datetime | None]
    # The boundary that admitted it: a later run that finishes the work must not measure it by its own.
    admitted_since: Mapped[datetime | None]
    admitted_until: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("urls.id"), index=True)


class UrlEvent(Base):
    """A URL's history: who named it, and each decision with its reason."""

    __tablename__ = "url_events"
    __table_args__ = (
        # A source that lists a URL at every poll is recorded once.
        _partial_index("uq_url_events_named", "url_id", "source_id", where="event = 'named'", unique=True),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_id: Mapped[int] = mapped_column(ForeignKey("urls.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(20))  # named, or the state that it entered
    reason: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[str | None] = mapped_column(Text)


class Recheck(Base):
    """A young article's next recheck and last answer; deleted after the last one."""

    __tablename__ = "rechecks"
    __table_args__ = (Index("ix_rechecks_outlet_due_at", "outlet", "due_at"),)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    url_id: Mapped[int] = mapped_column(ForeignKey("urls.id"), unique=True)
    outlet: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[datetime | None]  # None: only if a source says that it changed
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    looked_at: Mapped[datetime]  # the last answer
    prompted: Mapped[int] = mapped_column(default=0)  # rechecks on a source's date that found nothing new
    failures: Mapped[int] = mapped_column(default=0)  # rechecks in a row without an answer
    missing_since: Mapped[datetime | None]  # the first 404 or 410 in a row


class ArticleTerms(Base):
    """An article's analysed (stemmed, folded) words in order, for full-text indexes.

    One index for title and body, one for author and section, which need a field.
    """

    __tablename__ = "article_terms"
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text, server_default="")
    section: Mapped[str] = mapped_column(Text, server_default="")
    article: Mapped[StoredArticle] = relationship(back_populates="terms")


class Profile(Base):
    """The seed corpus as weighted terms; the newest row counts."""

    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    made_at: Mapped[datetime]
    seeds_sha256: Mapped[str] = mapped_column(String(64))  # of the seed texts that it was made of
    articles: Mapped[int]  # how many were stored then
    documents: Mapped[int]  # of which the frequencies were counted
    frequencies: Mapped[dict[str, Any]]  # term → documents that hold it
    weights: Mapped[dict[str, Any]]  # term → weight
    # Articles with this id or a higher one are compared with this profile; 0: all are.
    compared_to: Mapped[int] = mapped_column(BigInteger, default=0)


class SavedSearch(Base):
    """A named search, to return to or to subscribe to."""

    __tablename__ = "saved_searches"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)  # what its address ends with
    title: Mapped[str] = mapped_column(Text)
    parameters: Mapped[str] = mapped_column(Text)  # a query string, as the search page takes it
    created_at: Mapped[datetime]


class Round(Base):
    """One run of ``scrapy monitor`` over all due outlets, and its report."""

    __tablename__ = "rounds"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # while it is running: when its report was last kept
    # RunState; its index counts rounds without reading their long rows
    state: Mapped[str] = mapped_column(String(20), index=True)
    message: Mapped[str | None] = mapped_column(Text)
    totals: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the report: database.rounds.totals
    # health.round_report.RoundReport; the last column, for SQLite would read it on the way to those after it
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)


class OutletDay(Base):
    """An outlet's measures on one day (Jakarta): sums of the runs that ended on it."""

    __tablename__ = "outlet_days"
    outlet: Mapped[str] = mapped_column(String(100), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    measures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # health.measures


class Flag(Base):
    """A problem of an outlet, from its first notice to its end."""

    __tablename__ = "flags"
    __table_args__ = (
        # One open flag of a kind at a time.
        _partial_index("uq_flags_open", "outlet", "kind", where="cleared_at IS NULL", unique=True),
        Index("ix_flags_raised_at", "raised_at"),
        Index("ix_flags_outlet", "outlet"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(Text)  # for the operator, as things are now
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the figures behind the words
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # when it was last found to be so
    cleared_at: Mapped[datetime | None]


class DeliveryFlag(Base):
    """The message that reported a flag's raising or clearing, each once per channel."""

    __tablename__ = "delivery_flags"
    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id"), primary_key=True)
    change: Mapped[str] = mapped_column(String(10), primary_key=True)  # raised, cleared
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)


class Gap(Base):
    """Articles that may have been missed between two polls of a source."""

    __tablename__ = "gaps"
    __table_args__ = (Index("ix_gaps_outlet_found_at", "outlet", "found_at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(100))
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    found_at: Mapped[datetime]
    since: Mapped[datetime]  # the newest that it had listed before
    until: Mapped[datetime]  # the oldest that it lists now
    estimate: Mapped[int]  # articles that came and went unseen
    recovered: Mapped[int] = mapped_column(default=0)  # found in other sources since
    closed_at: Mapped[datetime | None]  # another source reached back beyond ``since``


class HostState(Base):
    """A host's last robots.txt, as seen by the outlet's crawls."""

    __tablename__ = "hosts"
    outlet: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    robots_sha256: Mapped[str | None] = mapped_column(String(64))
    robots_forbids: Mapped[bool]  # whether it forbids the outlet's own sources, or everything
    checked_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]  # when the robots.txt was last seen to be another one


class Watch(Base):
    """The state of a watchlist's search. Undeclared and inactive ones keep their row."""

    __tablename__ = "watches"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    criteria: Mapped[str] = mapped_column(Text)  # its query and filters, to notice that they changed
    # The last article that was searched; None: it begins anew when it is active again.
    checked_to: Mapped[int | None] = mapped_column(BigInteger)
    checked_at: Mapped[datetime]


class WatchMatch(Base):
    """An article that a watchlist found, once for all.

    ``told`` is false for matches before the watchlist or its criteria began: their next revision is no news.
    """

    __tablename__ = "watch_matches"
    __table_args__ = (UniqueConstraint("watch", "article_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    watch: Mapped[str] = mapped_column(String(100))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    found_at: Mapped[datetime]
    told: Mapped[bool]


class Delivery(Base):
    """One message to one channel; ``sending`` is committed before it goes out.

    A row in this state was left by a run that ended just then.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("watch", "channel", "kind", "day"),
        _partial_index("ix_deliveries_open", "next_attempt_at", where="state <> 'sent'"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    watch: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(Text)  # as the watchlist's file has it: ${NAME} for what is secret
    kind: Mapped[str] = mapped_column(String(10))  # matches, digest, operator, flags
    day: Mapped[date | None]  # of a digest: which one it is of
    state: Mapped[str] = mapped_column(String(10))  # pending, sending, failed, sent
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)


class DeliveryMatch(Base):
    """A match that a delivery reports."""

    __tablename__ = "delivery_matches"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("watch_matches.id"), primary_key=True, index=True)
