"""Stories by reach, with their articles in the order of publication."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from core.formatting import format_count, format_published
from core.paging import Page
from core.text.diff import Paragraph, paragraph_diff
from core.text.words import folded_words
from database.schema import StoredArticle, Story
from database.sql import chunks
from database.stories import by_publication
from search.results import load_articles
from search.selection import Selection, select_ids


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story. Times are UTC; ``timezone`` is the outlet's.

    Attributes:
        similarity: share of text in common with the first article; None: not compared yet.
    """

    id: int
    outlet: str | None
    url: str | None
    title: str | None
    published_at: datetime | None
    published_precision: str | None
    timezone: str
    removed_at: datetime | None
    similarity: float | None
    story_id: int


class Lag(NamedTuple):
    """Time after the story's first article; whole days where a time is unknown."""

    time: timedelta
    exact: bool


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with its articles in the order of publication."""

    id: int
    members: tuple[Member, ...]

    @property
    def first(self) -> Member:
        return self.members[0]

    @property
    def outlets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(member.outlet for member in self.members if member.outlet))

    def lag(self, member: Member) -> Lag | None:
        return _lag(self.first, member)


class StoryPosition(NamedTuple):
    """A story's sort key in the order of reach."""

    outlets: int
    articles: int
    first_published_at: datetime | None
    id: int


def find_stories(
    session: Session,
    selection: Selection,
    *,
    min_outlets: int,
    limit: int | None = None,
    after: StoryPosition | None = None,
) -> Page[StoryView, StoryPosition]:
    """Find stories: most outlets first, then most articles, then newest.

    A story's first article is of the selection's period (never undated), one matches the query, and one is of the
    outlets. ``after``: stories after this position, even if its own has moved.
    """
    matching = (
        select(Story.outlets, Story.articles, Story.first_published_at, Story.id, func.count().over().label("total"))
        .where(Story.outlets >= min_outlets, *_narrowed(session, selection))
        .subquery()
    )
    order = (
        matching.c.outlets.desc(), matching.c.articles.desc(), matching.c.first_published_at.desc().nulls_last(),
        matching.c.id.desc(),
    )  # fmt: skip
    following = select(matching) if after is None else select(matching).where(_after(matching, after))
    rows = session.execute(following.order_by(*order).limit(None if limit is None else limit + 1)).all()
    page = rows[:limit]
    stories = load_stories(session, [row.id for row in page])
    return Page(
        total=rows[0].total if rows else session.scalar(select(func.count()).select_from(matching)) or 0,
        items=[stories[row.id] for row in page if row.id in stories],
        after=StoryPosition(*page[-1][:4]) if len(page) < len(rows) else None,
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """An article of a story, compared with the first.

    Attributes:
        own_title: True for a headline of other words.
        same_as: an earlier article with the same text.
        differences: paragraphs unlike the first's; None: not compared.
    """

    member: Member
    own_title: bool
    same_as: Member | None
    differences: Sequence[Paragraph] | None


def compare_copies(
    session: Session, story: StoryView, *, most: int | None = None, most_texts: int | None = None
) -> list[Comparison]:
    """Compare a story's articles with the first, in order of publication.

    ``most`` bounds the articles, ``most_texts`` the texts compared by paragraph (a millisecond each).
    """
    members = story.members[:most]
    articles = load_articles(session, [member.id for member in members])
    first = articles[0]
    earliest: dict[str, Member] = {}
    comparisons = []
    for member, article in zip(members, articles, strict=True):
        own_title = folded_words(article.title or "") != folded_words(first.title or "")
        earlier = earliest.setdefault(article.text_sha256, member)
        differences: Sequence[Paragraph] | None = ()
        if earlier is member:
            compared = most_texts is None or len(earliest) <= most_texts
            differences = _differing(first.text, article.text) if compared else None
        comparisons.append(Comparison(member, own_title, None if earlier is member else earlier, differences))
    return comparisons


def _differing(first: str, other: str) -> list[Paragraph]:
    return [paragraph for paragraph in paragraph_diff(first, other) if paragraph.kind != "same"]


def stories_of(session: Session, articles: Iterable[StoredArticle]) -> dict[int, StoryView]:
    story_ids = {article.id: article.story_id for article in articles if article.story_id is not None}
    stories = load_stories(session, sorted(set(story_ids.values())))
    return {article_id: stories[story_id] for article_id, story_id in story_ids.items() if story_id in stories}


def load_stories(session: Session, story_ids: Sequence[int]) -> dict[int, StoryView]:
    """Load stories by number, without merged ones."""
    columns = (getattr(StoredArticle, field.name) for field in fields(Member))
    query = select(*columns).order_by(StoredArticle.story_id)
    rows = [row for ids in chunks(story_ids) for row in session.execute(query.where(StoredArticle.story_id.in_(ids)))]
    stories = groupby((Member(*row) for row in rows), key=lambda member: member.story_id)
    return {story_id: StoryView(story_id, tuple(sorted(members, key=by_publication))) for story_id, members in stories}


def _narrowed(session: Session, selection: Selection) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if selection.since is not None:
        clauses.append(Story.first_published_at >= selection.since)
    if selection.until is not None:
        clauses.append(Story.first_published_at < selection.until)
    if selection.outlets:
        clauses.append(_with(StoredArticle.outlet.in_(selection.outlets)))
    if selection.query is not None:
        matching = select_ids(session, Selection(selection.query)).subquery()
        clauses.append(_with(StoredArticle.id.in_(select(matching.c.article_id))))
    return clauses


def _after(matching: Subquery, place: StoryPosition) -> ColumnElement[bool]:
    """Match later stories; spelled out, since a missing date compares with nothing."""
    outlets, articles, at, number = (
        matching.c.outlets,
        matching.c.articles,
        matching.c.first_published_at,
        matching.c.id,
    )
    if place.first_published_at is None:
        later = and_(at.is_(None), number < place.id)
    else:
        same = and_(at == place.first_published_at, number < place.id)
        later = or_(at < place.first_published_at, at.is_(None), same)
    fewer = or_(articles < place.articles, and_(articles == place.articles, later))
    return or_(outlets < place.outlets, and_(outlets == place.outlets, fewer))


def _with(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Story.id.in_(select(StoredArticle.story_id).where(StoredArticle.story_id.is_not(None), condition))


def _lag(first: Member, member: Member) -> Lag | None:
    if first.published_at is None or member.published_at is None:
        return None
    if "day" in {first.published_precision, member.published_precision}:
        return Lag(max(_day(member.published_at, member) - _day(first.published_at, first), timedelta()), exact=False)
    return Lag(member.published_at - first.published_at, exact=True)


def _day(at: datetime, member: Member) -> date:
    return at.astimezone(ZoneInfo(member.timezone)).date()


_DAYS, _HOURS, _MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# From two days on hours are hard to read.
_MANY_HOURS = timedelta(hours=48)


def format_reach(story: StoryView) -> str:
    copies = format_count(len(story.members), "copy", plural="copies")
    return f"{copies} in {format_count(len(story.outlets), 'outlet')}" if story.outlets else copies


def format_origin(story: StoryView) -> str:
    return f"first: {story.first.outlet or 'unknown outlet'}, {format_published(story.first)}"


def format_lag(story: StoryView, member: Member) -> str:
    """Format a lag: "+1 h 20 min", "+2 d" without a time of day, "0" for the first."""
    if member is story.first:
        return "0"
    after = story.lag(member)
    if after is None:
        return "undated"
    if not after.exact:
        return f"+{after.time.days} d" if after.time else "same day"
    return f"+{_duration(after.time)}"


def _duration(time: timedelta) -> str:
    if time >= _MANY_HOURS:
        parts = ((time // _DAYS, "d"), (time % _DAYS // _HOURS, "h"))
    else:
        parts = ((time // _HOURS, "h"), (time % _HOURS // _MINUTES, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
