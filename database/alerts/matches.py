"""Queries for watchlists' matches and messages, as pages and API show them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.paging import Page, page_of
from database.schema import Delivery, DeliveryMatch, StoredArticle, WatchMatch


@dataclass(frozen=True, slots=True)
class Match:
    """An article that a watchlist reported, or is to report.

    ``delivered`` channels took it; ``waiting`` did not yet.
    """

    id: int
    watch: str
    found_at: datetime
    article: StoredArticle
    delivered: int
    waiting: int


def find_matches(session: Session, watch: str, *, limit: int, after: int | None = None) -> Page[Match, int]:
    """Find a page of a watchlist's matches, the latest first.

    Articles stored before it began are left out.
    """
    reported = (WatchMatch.watch == watch, WatchMatch.told)
    total = session.scalars(select(func.count()).select_from(WatchMatch).where(*reported)).one()
    query = select(WatchMatch).where(*reported).order_by(WatchMatch.id.desc()).limit(limit + 1)
    rows = session.scalars(query if after is None else query.where(WatchMatch.id < after)).all()
    page = page_of(rows, total, limit, lambda row: row.id)
    return Page(_with_articles(session, page.items), total, page.after)


def load_latest_matches(session: Session, watches: Collection[str], *, limit: int) -> list[Match]:
    """Return the latest matches; an article found by several watchlists repeats."""
    query = select(WatchMatch).where(WatchMatch.watch.in_(list(watches)), WatchMatch.told)
    return _with_articles(session, session.scalars(query.order_by(WatchMatch.id.desc()).limit(limit)).all())


def count_matches(session: Session) -> dict[str, int]:
    query = select(WatchMatch.watch, func.count()).where(WatchMatch.told).group_by(WatchMatch.watch)
    return {row[0]: row[1] for row in session.execute(query)}


def load_deliveries(session: Session, watch: str, *, limit: int) -> Sequence[Delivery]:
    query = select(Delivery).where(Delivery.watch == watch).order_by(Delivery.id.desc()).limit(limit)
    return session.scalars(query).all()


def _with_articles(session: Session, rows: Sequence[WatchMatch]) -> list[Match]:
    """Load articles apart: joined, SQLite would sort the matches with their texts."""
    ids = {match.article_id for match in rows}
    articles = {
        article.id: article for article in session.scalars(select(StoredArticle).where(StoredArticle.id.in_(ids)))
    }
    sent = _deliveries(session, [match.id for match in rows])
    return [Match(row.id, row.watch, row.found_at, articles[row.article_id], *sent.get(row.id, (0, 0))) for row in rows]


def _deliveries(session: Session, match_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    sent = func.count().filter(Delivery.state == "sent")
    query = (
        select(DeliveryMatch.match_id, sent, func.count() - sent)
        .join(Delivery, Delivery.id == DeliveryMatch.delivery_id)
        .where(DeliveryMatch.match_id.in_(match_ids))
        .group_by(DeliveryMatch.match_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}
