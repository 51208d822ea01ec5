"""Articles with origins, versions and history; stories with their copies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.text.diff import Paragraph, Piece, paragraph_diff, word_diff
from database import ledger, originals, revisions
from database.articles import FIELDS
from database.ledger import History
from database.revisions import Version
from database.schema import Original, StoredArticle, Story
from search.records import load_other_urls
from search.selection import Selection
from search.similar import SimilarArticle, find_similar, load_example
from search.stories import Comparison, Member, StoryPosition, StoryView, compare_copies, stories_of
from web.errors import NotFoundError

# Only the latest versions are compared: some articles change all day, like a table of prices.
_MOST_VERSIONS = 20
_SIMILAR = 20
_ITS_PAGE, _ITS_DOCUMENT = "its page", "the seed document"
# Some notices are printed by hundreds: the first copies suffice, and comparing takes a millisecond per text.
_MOST_SHOWN, _MOST_COMPARED = 200, 40

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNDATED = "none"
# Outlets, articles, microseconds since 1970, story id; digits limited to what dates and both databases can hold.
Cursor = Annotated[
    str,
    Field(
        pattern=rf"^([0-9]{{1,9}}\.[0-9]{{1,9}}\.(-?[0-9]{{1,16}}|{_UNDATED})\.[0-9]{{1,18}})?$",
        description="what the page before gave as `next`",
    ),
]


@dataclass(frozen=True, slots=True)
class Statement:
    """A field of an article, where it was found, and notes on how."""

    name: str
    value: str | datetime | Sequence[str]
    origin: str
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A seed document of an article.

    ``gave`` names the fields taken from it; ``overruled`` are the fields that the page states differently.
    """

    name: str
    imported_at: datetime
    gave: Sequence[str]
    overruled: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Edit:
    """A version and its changes; ``paragraphs`` is ``None`` if not compared."""

    version: Version
    title: Sequence[Piece]
    paragraphs: Sequence[Paragraph] | None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with field origins, versions, story and ledger history.

    Attributes:
        text_origin: also of the fields that no document gave.
        edits: latest first.
        history: ``None`` for a seed document whose URL was not crawled.
    """

    article: StoredArticle
    text_origin: str
    statements: Sequence[Statement]
    documents: Sequence[Document]
    other_urls: Sequence[str]
    edits: Sequence[Edit]
    story: StoryView | None
    copies: Sequence[Comparison]
    history: History | None


def load_view(session: Session, article_id: int) -> ArticleView | None:
    article = session.get(StoredArticle, article_id)
    if article is None:
        return None
    documents = originals.originals_of(session, [article_id])
    story = stories_of(session, [article]).get(article_id)
    text_origin = _ITS_PAGE if article.fetched_at or not documents else _ITS_DOCUMENT
    return ArticleView(
        article=article,
        text_origin=text_origin,
        statements=list(_statements(article, documents, text_origin)),
        documents=[_document(original) for original in documents],
        other_urls=load_other_urls(session, [article])[article_id],
        edits=_edits(revisions.load_revisions(session, article_id)),
        story=story,
        copies=load_copies(session, story) if story else (),
        history=ledger.history(session, article.url) if article.url else None,
    )


def find_similar_to(session: Session, article_id: int) -> tuple[StoredArticle, list[SimilarArticle]]:
    """Return an article and the most similar ones, best first, without its copies.

    Raises:
        NotFoundError: no such article.
    """
    article = session.get(StoredArticle, article_id)
    if article is None:
        raise no_article(article_id)
    return article, find_similar(session, load_example(session, str(article_id)), Selection(), limit=_SIMILAR)


def no_article(article_id: int) -> NotFoundError:
    return NotFoundError(f"there is no article {article_id}; the search shows which there are")


def _statements(article: StoredArticle, documents: Sequence[Original], otherwise: str) -> Iterator[Statement]:
    givers = {name: original.name for original in documents for name in original.gave}
    for name, columns in FIELDS.items():
        value = getattr(article, columns[0])
        if value:
            origin = f"{_ITS_DOCUMENT} {givers[name]}" if name in givers else otherwise
            yield Statement(name, value, origin, _published_notes(article) if name == "published" else ())


def _published_notes(article: StoredArticle) -> list[str]:
    notes = (
        article.published_source and f"found in {article.published_source}",
        article.published_raw and f"written “{article.published_raw}”",
        article.published_precision and f"precise to the {article.published_precision}",
        article.published_confidence and f"{article.published_confidence} confidence",
    )
    return [note for note in notes if note]


def _document(original: Original) -> Document:
    stated: Mapping[str, Any] = original.found
    overruled = [
        (name, _plain(stated[name][FIELDS[name][0]])) for name in FIELDS if name in stated and name not in original.gave
    ]
    return Document(original.name, original.imported_at, [name for name in FIELDS if name in original.gave], overruled)


def _plain(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _edits(history: Sequence[Version]) -> list[Edit]:
    skipped = len(history) - 1 - _MOST_VERSIONS
    edits = [Edit(history[0], (), ())]
    for place, (old, new) in enumerate(pairwise(history)):
        title = word_diff(old.title or "", new.title or "") if new.title_changed else ()
        compared = place >= skipped
        edits.append(Edit(new, title, _changed_paragraphs(old.text, new.text) if compared else None))
    return edits[::-1]


def load_copies(session: Session, story: StoryView) -> list[Comparison]:
    return compare_copies(session, story, most=_MOST_SHOWN, most_texts=_MOST_COMPARED)


def format_cursor(place: StoryPosition | None) -> str | None:
    if place is None:
        return None
    at = place.first_published_at
    moment = _UNDATED if at is None else (at - _EPOCH) // _MICROSECOND
    return f"{place.outlets}.{place.articles}.{moment}.{place.id}"


def parse_cursor(cursor: Cursor) -> StoryPosition | None:
    """Read a cursor; ``None`` means the first page."""
    if not cursor:
        return None
    outlets, articles, moment, number = cursor.split(".")
    at = None if moment == _UNDATED else _EPOCH + int(moment) * _MICROSECOND
    return StoryPosition(int(outlets), int(articles), at, int(number))


def first_per_outlet(story: StoryView) -> list[Member]:
    earliest: dict[str, Member] = {}
    for member in story.members:
        if member.outlet:
            earliest.setdefault(member.outlet, member)
    return list(earliest.values())


def latest_start(session: Session, *, min_outlets: int) -> datetime | None:
    newest = select(func.max(Story.first_published_at)).where(Story.outlets >= min_outlets)
    return session.scalar(newest)


def _changed_paragraphs(old: str, new: str) -> list[Paragraph]:
    return [paragraph for paragraph in paragraph_diff(old, new) if paragraph.kind != "same"]
