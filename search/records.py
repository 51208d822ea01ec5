"""The record of an article outside the database: same keys, same order.

``Article`` declares them once, for exports, ``pantau.Archive``, the API and Parquet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.schema import StoredArticle, Story, Url
from search.stories import Member, StoryView

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article, typed. Unknown is ``None``.

    ``published_at`` and ``modified_at`` are in the outlet's zone, other times in UTC. A text behind a type is the API's
    description. New fields go to the end: exported keys keep their order.
    """

    id: int
    url: str | None
    canonical_url: str | None
    other_urls: Annotated[tuple[str, ...], "further addresses that it is known by"]
    outlet: str | None
    title: str | None
    text: str
    summary: str | None
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    language: str | None
    dateline: str | None
    credit: str | None
    published_at: Annotated[datetime | None, "by the outlet's clock; a day without a time is at 00:00"]
    published_raw: Annotated[str | None, "as its page has it"]
    published_source: Annotated[str | None, "where in its page that stood"]
    modified_at: datetime | None
    first_seen_at: datetime
    fetched_at: datetime | None
    origin: Annotated[str, "crawl or seed"]
    story_id: int | None
    revision: Annotated[int, "1 is what was found first"]
    text_sha256: str
    first_in_story: bool | None
    similarity: Annotated[float | None, "how much of both texts is common to it and the first of its story"]
    removed_at: Annotated[datetime | None, "when its page was found gone"]
    published_precision: Annotated[str | None, "day: no time of day is known"]
    timezone: Annotated[str, "the outlet's"]
    seed_similarity: Annotated[float | None, "how much it is like the seed corpus, 0 to 1"]


# Each key's type, and its description in the API.
TYPES: Mapping[str, Any] = get_type_hints(Article)
DESCRIPTIONS: Mapping[str, str] = {
    key: hint.__metadata__[0]
    for key, hint in get_type_hints(Article, include_extras=True).items()
    if hasattr(hint, "__metadata__")
}
KEYS = tuple(TYPES)
COPY_KEYS = ("id", "url", "outlet", "title", "published_at", "lag", "similarity")
TIMES = frozenset(key for key, kind in TYPES.items() if datetime in {kind, *get_args(kind)})
# By the outlet's clock; all other times are ours.
OUTLET_TIMES = frozenset({"published_at", "modified_at"})


def load_records(session: Session, articles: Sequence[StoredArticle]) -> list[Record]:
    """Load the articles' records, each a JSON-ready mapping with exactly ``KEYS``.

    Times are ISO 8601 with an offset, zones as in ``Article``. A day without a time is at 00:00, with
    ``published_precision`` "day".
    """
    urls, firsts = load_other_urls(session, articles), _firsts(session, articles)
    return [_record(article, urls[article.id], firsts.get(article.story_id)) for article in articles]


def copy_record(story: StoryView, member: Member) -> Record:
    """Return an article as a part of its story, with exactly ``COPY_KEYS``.

    ``lag``: seconds after the first article, ``None`` if a date or time of day is unknown.
    """
    lag = story.lag(member)
    values = {
        "published_at": _moment(member.published_at, ZoneInfo(member.timezone)),
        "lag": round(lag.time.total_seconds()) if lag and lag.exact else None,
        "similarity": _rounded(member.similarity),
    }
    return {key: values[key] if key in values else getattr(member, key) for key in COPY_KEYS}


def load_other_urls(session: Session, articles: Sequence[StoredArticle]) -> Mapping[int, list[str]]:
    own = {article.id: article.url for article in articles}
    others: dict[int, list[str]] = {article_id: [] for article_id in own}
    for row in session.scalars(select(Url).where(Url.article_id.in_(own)).order_by(Url.id)):
        if row.article_id is not None and row.url != own[row.article_id]:
            others[row.article_id].append(row.url)
    return others


def _firsts(session: Session, articles: Sequence[StoredArticle]) -> Mapping[int | None, int | None]:
    story_ids = {article.story_id for article in articles if article.story_id is not None}
    if not story_ids:
        return {}
    return {row[0]: row[1] for row in session.execute(select(Story.id, Story.first_id).where(Story.id.in_(story_ids)))}


def _record(article: StoredArticle, others: list[str], first_id: int | None) -> Record:
    zone = ZoneInfo(article.timezone)
    derived = {
        "other_urls": others,
        "first_in_story": None if first_id is None else article.id == first_id,
        "similarity": _rounded(article.similarity),
        "seed_similarity": _rounded(article.seed_similarity),
    }
    return {key: derived[key] if key in derived else _value(article, key, zone) for key in KEYS}


def _value(article: StoredArticle, key: str, zone: ZoneInfo) -> Any:
    value = getattr(article, key)
    if key in OUTLET_TIMES:
        return _moment(value, zone)
    return _moment(value, UTC) if key in TIMES else value


def _moment(at: datetime | None, zone: tzinfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat()


def _rounded(similarity: float | None) -> float | None:
    return None if similarity is None else round(similarity, 4)
