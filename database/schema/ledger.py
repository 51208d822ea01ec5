"""What was named, asked for and decided: the ledger of URLs, its sources and runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, BigId


class Run(Base):
    """One crawl of one outlet: when, with which boundary, how it ended, its counters."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(100), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20))  # running, finished, stopped, failed, killed
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message: Mapped[str | None] = mapped_column(Text)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)  # None: `scrapy crawl`
    requests: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # received, as they came over the wire


class Source(Base):
    """A feed, sitemap, listing page or home page that names articles, with its validators (design §4, rule 1)."""

    __tablename__ = "sources"
    __table_args__ = (
        UniqueConstraint("outlet", "url"),
        # Those without a parent make their outlet due.
        Index(
            "ix_sources_outlet_parent_id_due_at",
            "outlet",
            "parent_id",
            "due_at",
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
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
    # What the parent sitemap said of this child when its body was last read.
    listed_lastmod: Mapped[datetime | None]
    # Listings: when the last walk that came to its end began and ended, and how far back it went.
    walked_at: Mapped[datetime | None]
    walk_ended_at: Mapped[datetime | None]
    walked_since: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # last answered, changed or not
    failed_at: Mapped[datetime | None]  # last gave nothing usable
    changed_at: Mapped[datetime | None]
    status: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(Text)
    # When it is to be polled next (None: now), after how many seconds, and what that was learned from.
    due_at: Mapped[datetime | None]
    interval_s: Mapped[int | None]
    rhythm: Mapped[dict[str, Any]] = mapped_column(default=dict)  # core.scheduling.polling
    listed: Mapped[list[int]] = mapped_column(default=list)  # the ids of the newest URLs of its last reading
    retired_at: Mapped[datetime | None]  # a run that came to its end did not ask it any more


class Url(Base):
    """The ledger: one row for each identity ever named, with exactly one state (design §4, rule 3)."""

    __tablename__ = "urls"
    __table_args__ = (
        Index("ix_urls_outlet_state", "outlet", "state"),
        # The few that failed and are tried again.
        Index(
            "ix_urls_outlet_next_attempt_at",
            "outlet",
            "next_attempt_at",
            sqlite_where=text("next_attempt_at IS NOT NULL"),
            postgresql_where=text("next_attempt_at IS NOT NULL"),
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
    """A URL's history: who named it, each decision and its reason, what it became. ``scrapy explain`` prints it."""

    __tablename__ = "url_events"
    __table_args__ = (
        # A source that lists a URL at every poll is remembered once.
        Index(
            "uq_url_events_named",
            "url_id",
            "source_id",
            unique=True,
            sqlite_where=text("event = 'named'"),
            postgresql_where=text("event = 'named'"),
        ),
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
    """A young article's next look, and how its page was answered last. The row goes when no look is due any more."""

    __tablename__ = "rechecks"
    __table_args__ = (Index("ix_rechecks_outlet_due_at", "outlet", "due_at"),)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    url_id: Mapped[int] = mapped_column(ForeignKey("urls.id"), unique=True)
    outlet: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[datetime | None]  # None: only if a source says that it changed
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    looked_at: Mapped[datetime]  # the last answer
    prompted: Mapped[int] = mapped_column(default=0)  # looks in vain that a source's date had asked for
    failures: Mapped[int] = mapped_column(default=0)  # looks in a row that brought no answer
    missing_since: Mapped[datetime | None]  # the first 404 or 410 of those in a row
