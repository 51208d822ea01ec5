"""Stories as pages and API show them: a page of many, and every copy with what it has otherwise than the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.text.diff import Paragraph, paragraph_diff
from core.text.words import folded_words
from database.schema import StoredArticle, Story
from search.results import load_articles
from search.stories import Member, StoryPosition, StoryView

# A notice that hundreds print again and again: the first ones tell enough, and comparing takes a millisecond a text.
_MOST_SHOWN, _MOST_COMPARED = 200, 40

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNDATED = "none"
# Outlets, articles, microseconds since 1970, number: no more digits than a date and either database take.
Cursor = Annotated[
    str,
    Field(
        pattern=rf"^([0-9]{{1,9}}\.[0-9]{{1,9}}\.(-?[0-9]{{1,16}}|{_UNDATED})\.[0-9]{{1,18}})?$",
        description="what the page before gave as `next`",
    ),
]


@dataclass(frozen=True, slots=True)
class Copy:
    """An article of a story.

    Attributes:
        own_title: whether its headline has other words than the first's.
        same_as: the earlier article that has its very text.
        differences: the paragraphs in which its text is not the first's; ``None``: too many others were compared.
    """

    member: Member
    own_title: bool
    same_as: Member | None
    differences: Sequence[Paragraph] | None


def copies(session: Session, story: StoryView) -> list[Copy]:
    """The story's articles in order of publication, the first one first; of a very large story some 200 of them."""
    shown = story.members[:_MOST_SHOWN]
    articles = load_articles(session, [member.id for member in shown])
    known: dict[str, Member] = {}
    return [
        _copy(member, article, articles[0], _like(known, member, article), compared=len(known) <= _MOST_COMPARED)
        for member, article in zip(shown, articles, strict=True)
    ]


def _like(known: dict[str, Member], member: Member, article: StoredArticle) -> Member | None:
    """Who had the text before; remembers who had it first."""
    like = known.setdefault(article.text_sha256, member)
    return None if like is member else like


def _copy(
    member: Member, article: StoredArticle, first: StoredArticle, same_as: Member | None, *, compared: bool
) -> Copy:
    own_title = folded_words(article.title or "") != folded_words(first.title or "")
    if same_as:
        return Copy(member, own_title, same_as, ())
    found = [one for one in paragraph_diff(first.text, article.text) if one.kind != "same"] if compared else None
    return Copy(member, own_title, None, found)


def cursor(place: StoryPosition | None) -> str | None:
    """The place as an address states it."""
    if place is None:
        return None
    at = place.first_published_at
    moment = _UNDATED if at is None else (at - _EPOCH) // _MICROSECOND
    return f"{place.outlets}.{place.articles}.{moment}.{place.id}"


def place(cursor: Cursor) -> StoryPosition | None:
    """Where the page that is asked for begins; ``None``: with the first story."""
    if not cursor:
        return None
    outlets, articles, moment, number = cursor.split(".")
    at = None if moment == _UNDATED else _EPOCH + int(moment) * _MICROSECOND
    return StoryPosition(int(outlets), int(articles), at, int(number))


def spread(story: StoryView) -> list[Member]:
    """Each outlet's first article, in the order in which they had it; what has no outlet is left out."""
    earliest: dict[str, Member] = {}
    for member in story.members:
        if member.outlet:
            earliest.setdefault(member.outlet, member)
    return list(earliest.values())


def latest(session: Session, *, min_outlets: int) -> datetime | None:
    """When the newest of the stories that so many outlets told began; ``None`` without any that has a date."""
    newest = select(func.max(Story.first_published_at)).where(Story.outlets >= min_outlets)
    return session.scalar(newest)
