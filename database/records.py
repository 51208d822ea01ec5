"""The record in which articles leave the database (design §9): the same keys in the same order, always all of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Url

Record = dict[str, Any]

KEYS = (
    "id", "url", "canonical_url", "other_urls", "outlet", "title", "text", "summary", "authors", "section", "tags",
    "image_url", "language", "dateline", "credit", "published_at", "published_raw", "published_source", "modified_at",
    "first_seen_at", "fetched_at", "origin", "story_id", "revision", "text_sha256",
)  # fmt: skip
# What the outlet says is shown in its own zone, what we did in UTC.
_OUTLET_TIMES = frozenset({"published_at", "modified_at"})
_OUR_TIMES = frozenset({"first_seen_at", "fetched_at"})


def records(session: Session, articles: Sequence[StoredArticle]) -> list[Record]:
    """The articles' records; their other URLs come from the ledger in one question for all of them."""
    urls = other_urls(session, articles)
    return [record(article, urls[article.id]) for article in articles]


def record(article: StoredArticle, others: Iterable[str] = ()) -> Record:
    """An article as a JSON-ready mapping with exactly ``KEYS``.

    Times are ISO 8601 with an offset: ``published_at`` and ``modified_at`` in the outlet's zone, ``first_seen_at`` and
    ``fetched_at`` in UTC. Lists are lists, unknown is ``None``. A publication day without a time is at 00:00.
    """
    zone = ZoneInfo(article.timezone)
    return {key: list(others) if key == "other_urls" else _value(article, key, zone) for key in KEYS}


def other_urls(session: Session, articles: Sequence[StoredArticle]) -> Mapping[int, list[str]]:
    """For every article the further addresses that the ledger knows it by, in the order in which they were seen."""
    own = {article.id: article.url for article in articles}
    found: dict[int, list[str]] = {article_id: [] for article_id in own}
    for row in session.scalars(select(Url).where(Url.article_id.in_(own)).order_by(Url.id)):
        if row.article_id is not None and row.url != own[row.article_id]:
            found[row.article_id].append(row.url)
    return found


def _value(article: StoredArticle, key: str, zone: ZoneInfo) -> Any:
    value = getattr(article, key)
    if key in _OUTLET_TIMES:
        return _moment(value, zone)
    return _moment(value, UTC) if key in _OUR_TIMES else value


def _moment(at: datetime | None, zone: tzinfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat()
