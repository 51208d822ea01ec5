"""Reading what watchlists found and told, for whoever wants to look it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.schema import Delivery, DeliveryMatch, StoredArticle, WatchMatch


@dataclass(frozen=True, slots=True)
class Match:
    """An article of which a watchlist told, or is to tell.

    Attributes:
        delivered: to how many channels; ``waiting`` are the channels that have not taken it yet.
    """

    id: int
    found_at: datetime
    article: StoredArticle
    delivered: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Matches:
    """Some matches of a watchlist, the latest first, and how many there are in all.

    Attributes:
        after: what ``find_matches`` takes to go on; ``None`` at the end.
    """

    total: int
    matches: list[Match]
    after: int | None


def find_matches(session: Session, watch: str, *, limit: int, after: int | None = None) -> Matches:
    """What a watchlist found and told, the latest first; what was there before it began is not among it.

    Args:
        session: of either database; it is only read.
        watch: the watchlist's name.
        limit: how many at most.
        after: only those before this one.
    """
    told = (WatchMatch.watch == watch, WatchMatch.told)
    total = session.scalars(select(func.count()).select_from(WatchMatch).where(*told)).one()
    wanted = select(WatchMatch).where(*told).order_by(WatchMatch.id.desc()).limit(limit + 1)
    rows = session.scalars(wanted if after is None else wanted.where(WatchMatch.id < after)).all()
    # Not joined: SQLite would sort the matches with their texts.
    ids = [match.article_id for match in rows[:limit]]
    articles = {one.id: one for one in session.scalars(select(StoredArticle).where(StoredArticle.id.in_(ids)))}
    sent = _deliveries(session, [match.id for match in rows[:limit]])
    found = [
        Match(match.id, match.found_at, articles[match.article_id], *sent.get(match.id, (0, 0)))
        for match in rows[:limit]
    ]
    return Matches(total, found, rows[limit - 1].id if len(rows) > limit else None)


def match_counts(session: Session) -> dict[str, int]:
    """How many matches each watchlist has told, or is to tell."""
    query = select(WatchMatch.watch, func.count()).where(WatchMatch.told).group_by(WatchMatch.watch)
    return {row[0]: row[1] for row in session.execute(query)}


def deliveries(session: Session, watch: str, *, limit: int) -> Sequence[Delivery]:
    """A watchlist's last messages, the latest first."""
    query = select(Delivery).where(Delivery.watch == watch).order_by(Delivery.id.desc()).limit(limit)
    return session.scalars(query).all()


def _deliveries(session: Session, match_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """How many messages with each match were sent, and how many were not."""
    sent = func.count().filter(Delivery.state == "sent")
    query = (
        select(DeliveryMatch.match_id, sent, func.count() - sent)
        .join(Delivery, Delivery.id == DeliveryMatch.delivery_id)
        .where(DeliveryMatch.match_id.in_(match_ids))
        .group_by(DeliveryMatch.match_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}
