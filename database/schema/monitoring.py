"""What monitoring remembers: its rounds, each outlet's days, what is wrong with outlets, what sources may have lost."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from database.schema.base import Base, BigId


class Round(Base):
    """One run of ``scrapy monitor`` over all outlets that were due, and the report that it left."""

    __tablename__ = "rounds"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # while it is running: when its report was last kept
    # running, finished, stopped, failed, killed; its index counts rounds without a look at their long rows
    state: Mapped[str] = mapped_column(String(20), index=True)
    message: Mapped[str | None] = mapped_column(Text)
    totals: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the report: database.rounds.totals
    # health.round_report.RoundReport; the last column, for SQLite would read it on the way to those after it
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)


class OutletDay(Base):
    """What was measured of an outlet on one day, by Jakarta's clock: the sums of its runs that ended on it."""

    __tablename__ = "outlet_days"
    outlet: Mapped[str] = mapped_column(String(100), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    measures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # health.measures


class Flag(Base):
    """Something that is wrong with an outlet, from when it was noticed until it was seen to be well again."""

    __tablename__ = "flags"
    __table_args__ = (
        # One open flag of a kind at a time.
        Index(
            "uq_flags_open",
            "outlet",
            "kind",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
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
    """A flag that a message to the operator tells of: that it was raised, or that it was cleared, each once."""

    __tablename__ = "delivery_flags"
    flag_id: Mapped[int] = mapped_column(ForeignKey("flags.id"), primary_key=True)
    change: Mapped[str] = mapped_column(String(10), primary_key=True)  # raised, cleared
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)


class Gap(Base):
    """A source listed nothing that it had listed at the poll before: articles in between may have been missed."""

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
    """What a host of an outlet said last to every crawler: its robots.txt, and its certificate's end if it ended."""

    __tablename__ = "hosts"
    outlet: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    robots_sha256: Mapped[str | None] = mapped_column(String(64))
    robots_forbids: Mapped[bool]  # whether it forbids the outlet's own sources, or everything
    checked_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]  # when the robots.txt was last seen to be another one
