"""The record in which articles leave the database (design §9): the same keys in the same order, always all of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Story, Url
from search.stories import Member, StoryView

Record = dict[str, Any]

KEYS = (
    "id", "url", "canonical_url", "other_urls", "outlet", "title", "text", "summary", "authors", "section", "tags",
    "image_url", "language", "dateline", "credit", "published_at", "published_raw", "published_source", "modified_at",
    "first_seen_at", "fetched_at", "origin", "story_id", "revision", "text_sha256", "first_in_story", "similarity",
    "removed_at", "published_precision", "timezone", "seed_similarity",
)  # fmt: skip
COPY_KEYS = ("id", "url", "outlet", "title", "published_at", "lag", "similarity")
# What the outlet says is shown in its own zone, what we did in UTC.
OUTLET_TIMES = frozenset({"published_at", "modified_at"})
_OUR_TIMES = frozenset({"first_seen_at", "fetched_at", "removed_at"})
TIMES = OUTLET_TIMES | _OUR_TIMES


def load_records(session: Session, articles: Sequence[StoredArticle]) -> list[Record]:
    """The articles' records, each a JSON-ready mapping with exactly ``KEYS``.

    Times are ISO 8601 with an offset: ``published_at`` and ``modified_at`` in the outlet's zone, ``first_seen_at``,
    ``fetched_at`` and ``removed_at`` in UTC. Lists are lists, unknown is ``None``. A publication day without a time is
    at 00:00, and ``published_precision`` says so. ``first_in_story`` and ``similarity`` are ``None`` without a story.
    Other URLs and stories are one question each for all articles.
    """
    urls, firsts = load_other_urls(session, articles), _firsts(session, articles)
    return [_record(article, urls[article.id], firsts.get(article.story_id)) for article in articles]


def copy_record(story: StoryView, member: Member) -> Record:
    """An article as a part of its story, with exactly ``COPY_KEYS``.

    ``lag`` is how many seconds after the story's first article it was published, ``None`` where a date or a time of day
    is unknown; ``similarity`` is 1.0 for the first one's own text.
    """
    lag = story.lag(member)
    values = {
        "published_at": _moment(member.published_at, ZoneInfo(member.timezone)),
        "lag": round(lag.time.total_seconds()) if lag and lag.exact else None,
        "similarity": _rounded(member.similarity),
    }
    return {key: values[key] if key in values else getattr(member, key) for key in COPY_KEYS}


def load_other_urls(session: Session, articles: Sequence[StoredArticle]) -> Mapping[int, list[str]]:
    """For every article the further addresses that the ledger knows it by, in the order in which they were seen."""
    own = {article.id: article.url for article in articles}
    found: dict[int, list[str]] = {article_id: [] for article_id in own}
    for row in session.scalars(select(Url).where(Url.article_id.in_(own)).order_by(Url.id)):
        if row.article_id is not None and row.url != own[row.article_id]:
            found[row.article_id].append(row.url)
    return found


def _firsts(session: Session, articles: Sequence[StoredArticle]) -> Mapping[int | None, int | None]:
    """The first article of each story that one of the articles is in."""
    story_ids = {article.story_id for article in articles if article.story_id is not None}
    if not story_ids:
        return {}
    return {row[0]: row[1] for row in session.execute(select(Story.id, Story.first_id).where(Story.id.in_(story_ids)))}


def _record(article: StoredArticle, others: list[str], first_id: int | None) -> Record:
    zone = ZoneInfo(article.timezone)
    known = {
        "other_urls": others,
        "first_in_story": None if first_id is None else article.id == first_id,
        "similarity": _rounded(article.similarity),
        "seed_similarity": _rounded(article.seed_similarity),
    }
    return {key: known[key] if key in known else _value(article, key, zone) for key in KEYS}


def _value(article: StoredArticle, key: str, zone: ZoneInfo) -> Any:
    value = getattr(article, key)
    if key in OUTLET_TIMES:
        return _moment(value, zone)
    return _moment(value, UTC) if key in _OUR_TIMES else value


def _moment(at: datetime | None, zone: tzinfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat()


def _rounded(similarity: float | None) -> float | None:
    return None if similarity is None else round(similarity, 4)
