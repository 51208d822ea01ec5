"""Import of seed documents, and their union with the pages of their articles.

An article is what its page states; documents fill the gaps, so their order of arrival does not matter. A document
without an outlet belongs to the outlet that published its text first, and moves when an earlier one turns up.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from core.models import Article
from database import articles, originals
from database.articles import Terms
from database.schema import Original
from pipelines.deduplicate import NewArticle, first_published, judge_seed
from pipelines.fingerprint import can_link
from pipelines.normalise import Normalised, index_terms, normalise
from pipelines.story_links import link
from search.seed_profile import SeedSimilarity


@dataclass(frozen=True, slots=True)
class Imported:
    """Outcome of a seed document.

    Attributes:
        what: ``joined``: its text was stored already; ``known``: its very bytes were.
    """

    article_id: int
    what: Literal["new", "joined", "known"]


def import_seed(
    session: Session, name: str, content: bytes, article: Article, now: datetime, *, look_back: int
) -> Imported:
    """Store a seed document beside its article, in the caller's transaction."""
    normalised = normalise(article)
    articles.lock(session)
    same_text = articles.find_by_text(session, normalised.text_sha256)
    digest = hashlib.sha256(content).hexdigest()
    if (earlier := originals.find(session, digest)) is not None:
        return Imported(earlier.article_id, "known")
    verdict = judge_seed(article.outlet, same_text if can_link(normalised.words) else [])
    new = isinstance(verdict, NewArticle)
    article_id = _add(session, normalised, now) if isinstance(verdict, NewArticle) else verdict.article_id
    document = _document(name, content, digest, normalised.article)
    document.article_id, document.imported_at = article_id, now
    session.add(document)
    session.flush()
    seed_similarity = SeedSimilarity()
    compose(session, article_id, seed_similarity)
    composed = settle(session, normalised.text_sha256, seed_similarity) if can_link(normalised.words) else []
    for changed in sorted({article_id, *composed}):
        link(session, changed, normalised.fingerprint, now, look_back=look_back)
    return Imported(article_id, "new" if new else "joined")


def compose(
    session: Session, article_id: int, seed_similarity: SeedSimilarity, page: Mapping[str, Any] | None = None
) -> None:
    """Compose the article of its page (``page``: new columns) and its documents."""
    article = articles.get(session, article_id)
    documents = originals.originals_of(session, [article_id])
    for original in documents:
        originals.withdraw(original, article)
    first_seen_at = article.first_seen_at
    for column, value in (page or {}).items():
        setattr(article, column, value)
    article.first_seen_at = min(article.first_seen_at, first_seen_at)
    for original in documents:
        article.outlet = article.outlet or originals.names_outlet(original)
        originals.fill_article(original, article)
    article.origin = "seed" if documents else "crawl"
    terms = index_terms(article)
    article.seed_similarity = seed_similarity.of(session, terms)
    session.flush()
    articles.change_terms(session, article_id, terms)


def settle(session: Session, text_sha256: str, seed_similarity: SeedSimilarity) -> list[int]:
    """Move documents without an outlet to the article published first.

    Returns the articles composed anew.
    """
    homes = [article.id for article in articles.find_by_text(session, text_sha256)]
    bare = [original for original in originals.originals_of(session, homes) if not originals.names_outlet(original)]
    before = {original.article_id for original in bare}
    for original in bare:
        # A date that came from the document itself must not decide where it goes.
        originals.withdraw(original, articles.get(session, original.article_id))
        session.flush()
    first = first_published([article for article in articles.find_by_text(session, text_sha256) if article.outlet])
    for original in bare:
        original.article_id = first.id if first else original.article_id
    session.flush()
    composed = sorted(before | {original.article_id for original in bare})
    for article_id in composed:
        compose(session, article_id, seed_similarity)
    return composed


def _add(session: Session, normalised: Normalised, now: datetime) -> int:
    """Add an article with nothing but a text; ``compose`` completes it."""
    article = normalised.article
    values = {
        **articles.empty_columns(articles.FIELDS),
        "outlet": article.outlet,
        "url": article.url,
        "text": article.text,
        "text_sha256": normalised.text_sha256,
        "timezone": article.timezone,
        "first_seen_at": now,
        "origin": "seed",
    }
    return articles.add(session, values, Terms())


def _document(name: str, content: bytes, digest: str, article: Article) -> Original:
    return Original(
        sha256=digest,
        # A file's name may hold bytes that are no UTF-8, and no database takes them.
        name=name.encode(errors="backslashreplace").decode().replace("\0", ""),
        content=content,
        found=originals.statements(article.outlet, articles.stated_fields(articles.columns(article))),
        gave=[],
    )
