"""All that is known of an article: where each field comes from, its versions, its story, its way through the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from core.text.diff import Paragraph, Piece, paragraph_diff, word_diff
from database import ledger, originals, revisions
from database.articles import FIELDS
from database.ledger import History
from database.revisions import Version
from database.schema import Original, StoredArticle
from search.records import load_other_urls
from search.selection import Selection
from search.similar import SimilarArticle, find_similar, load_example
from search.stories import StoryView, stories_of
from web.errors import NotFoundError
from web.queries.stories import Copy, copies

# The latest versions of an article that changes all day, like a table of prices.
_MOST_COMPARED = 20
_ALIKE = 20
_ITS_PAGE, _ITS_DOCUMENT = "its page", "the seed document"


@dataclass(frozen=True, slots=True)
class Statement:
    """A field of an article, and where it was found.

    Attributes:
        notes: what else is known of how it was found.
    """

    name: str
    value: str | datetime | Sequence[str]
    origin: str
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A seed document of an article.

    Attributes:
        gave: the names of the fields that the article has from it.
        overruled: what it says otherwise than the article's page, which counts more: names and values.
    """

    name: str
    imported_at: datetime
    gave: Sequence[str]
    overruled: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Edit:
    """A version, and what it changed in the one before it; ``paragraphs`` is ``None`` for one that is not compared."""

    version: Version
    title: Sequence[Piece]
    paragraphs: Sequence[Paragraph] | None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of an article.

    Attributes:
        text_origin: where its text, and what no document gave, was found.
        edits: latest first; the last one is what was found first.
        history: what the ledger knows of its address; ``None`` for a document without one that was crawled.
    """

    article: StoredArticle
    text_origin: str
    statements: Sequence[Statement]
    documents: Sequence[Document]
    other_urls: Sequence[str]
    edits: Sequence[Edit]
    story: StoryView | None
    copies: Sequence[Copy]
    history: History | None


def known(session: Session, article_id: int) -> Known | None:
    """All that is known of the article; ``None`` if there is none of this number."""
    article = session.get(StoredArticle, article_id)
    if article is None:
        return None
    documents = originals.originals_of(session, [article_id])
    story = stories_of(session, [article]).get(article_id)
    text_origin = _ITS_PAGE if article.fetched_at or not documents else _ITS_DOCUMENT
    return Known(
        article=article,
        text_origin=text_origin,
        statements=list(_statements(article, documents, text_origin)),
        documents=[_document(original) for original in documents],
        other_urls=load_other_urls(session, [article])[article_id],
        edits=_edits(revisions.history(session, article_id)),
        story=story,
        copies=copies(session, story) if story else (),
        history=ledger.history(session, article.url) if article.url else None,
    )


def alike(session: Session, article_id: int) -> tuple[StoredArticle, list[SimilarArticle]]:
    """An article, and those that are most like it, the most alike first; without its own copies.

    Raises:
        NotFoundError: there is no such article.
    """
    article = session.get(StoredArticle, article_id)
    if article is None:
        raise no_article(article_id)
    return article, find_similar(session, load_example(session, str(article_id)), Selection(), limit=_ALIKE)


def no_article(article_id: int) -> NotFoundError:
    """What is said where an article of that number is asked for, and there is none."""
    return NotFoundError(f"there is no article {article_id}; the search shows which there are")


def _statements(article: StoredArticle, documents: Sequence[Original], otherwise: str) -> Iterator[Statement]:
    """The fields that are known, in the order of ``FIELDS``."""
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
    skipped = len(history) - 1 - _MOST_COMPARED
    edits = [Edit(history[0], (), ())]
    for place, (old, new) in enumerate(pairwise(history)):
        title = word_diff(old.title or "", new.title or "") if new.title_changed else ()
        compared = place >= skipped
        found = [one for one in paragraph_diff(old.text, new.text) if one.kind != "same"] if compared else None
        edits.append(Edit(new, title, found))
    return edits[::-1]
