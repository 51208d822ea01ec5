"""Articles as typed objects, made of their export records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from database.records import OUTLET_TIMES, TIMES, Record, records
from database.story_queries import Told, stories_of
from search.search import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article: the fields of the export record, typed.

    What the outlet says (``published_at``, ``modified_at``) is by its own clock, the other moments are UTC. Of a day
    without a time ``published_precision`` is "day". ``similarity`` is how much it has in common with the first article
    of its story, ``seed_similarity`` how much it is like the seed corpus. Unknown is ``None``.
    """

    id: int
    url: str | None
    canonical_url: str | None
    other_urls: tuple[str, ...]
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
    published_at: datetime | None
    published_raw: str | None
    published_source: str | None
    modified_at: datetime | None
    first_seen_at: datetime
    fetched_at: datetime | None
    origin: str
    story_id: int | None
    revision: int
    text_sha256: str
    first_in_story: bool | None
    similarity: float | None
    removed_at: datetime | None
    published_precision: str | None
    timezone: str
    seed_similarity: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Article):
    """An article that a search found.

    Attributes:
        rank: higher is better; comparable within one search only.
        snippet: the part of its text that shows best why it was found.
        copies: how many articles carry its text, itself included.
        outlets: how many outlets do.
    """

    rank: float
    snippet: str
    copies: int
    outlets: int


def typed(row: Record) -> Article:
    """The record's article."""
    return Article(**_values(row))


def found(session: Session, hits: Sequence[Hit]) -> list[Found]:
    """The articles of these hits."""
    rows = records(session, [hit.article for hit in hits])
    stories = stories_of(session, (hit.article for hit in hits))
    return [_found(row, hit, stories.get(hit.article.id)) for row, hit in zip(rows, hits, strict=True)]


def moment(value: str | None, zone: tzinfo = UTC) -> datetime | None:
    """What a record says of a time, by the clock of that zone."""
    return None if value is None else datetime.fromisoformat(value).astimezone(zone)


def _found(row: Record, hit: Hit, story: Told | None) -> Found:
    copies = len(story.members) if story else 1
    outlets = len(story.outlets) if story else int(row["outlet"] is not None)
    return Found(**_values(row), rank=hit.rank, snippet=hit.snippet.text, copies=copies, outlets=outlets)


def _values(row: Record) -> dict[str, Any]:
    """The record with moments instead of strings, and lists that stay as they are."""
    zone = ZoneInfo(row["timezone"])
    moments = {key: moment(row[key], zone if key in OUTLET_TIMES else UTC) for key in TIMES}
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return row | moments | lists
