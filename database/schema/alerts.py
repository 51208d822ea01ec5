"""What watchlists found, and what became of telling it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, BigId


class Watch(Base):
    """How far a watchlist has looked. What is not declared, or not active, keeps its row and its history."""

    __tablename__ = "watches"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    criteria: Mapped[str] = mapped_column(Text)  # its query and filters, to notice that they changed
    # Articles up to this one were looked at; None: it begins anew when it is active again.
    checked_to: Mapped[int | None] = mapped_column(BigInteger)
    checked_at: Mapped[datetime]


class WatchMatch(Base):
    """An article that a watchlist found, once and for all.

    One that is not ``told`` matched before the watchlist began, or began to ask for something else: its next revision
    is no news.
    """

    __tablename__ = "watch_matches"
    __table_args__ = (UniqueConstraint("watch", "article_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    watch: Mapped[str] = mapped_column(String(100))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    found_at: Mapped[datetime]
    told: Mapped[bool]


class Delivery(Base):
    """One message to one channel, and what became of it.

    ``sending`` is committed before a message goes out: whoever finds it was left by a run that ended just then.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("watch", "channel", "kind", "day"),
        Index(
            "ix_deliveries_open",
            "next_attempt_at",
            sqlite_where=text("state <> 'sent'"),
            postgresql_where=text("state <> 'sent'"),
        ),
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
    """A match that a delivery tells of."""

    __tablename__ = "delivery_matches"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("watch_matches.id"), primary_key=True, index=True)
