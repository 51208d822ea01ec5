"""More like this: the articles that are most like a given one, stored or not.

The words that tell best what the example is about are looked up in the full-text index, any of them; the best ranked of
what is found are then compared with it as all articles are with the seeds (``search.seed_profile``): the example is the
only seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from database.articles import Terms, find_article
from database.schema import ArticleTerms, StoredArticle
from database.sql import chunks
from search.ast import And, Node, Or, Query, Word
from search.results import PAGE, load_articles
from search.seed_profile import Frequencies, build_profile, count_terms, load_frequencies, similarity
from search.selection import Selection, select_ranked

# The heaviest terms find what has anything in common with the example.
_LOOKED_UP = 30
# However frequent its words are, by these it is looked up.
_AT_LEAST = 5
# Either database ranks so many in some 0.1 s.
_RANKED = 5_000
# Comparing so many takes less than 0.1 s.
_COMPARED = 1_000


@dataclass(frozen=True, slots=True)
class Example:
    """What others shall be like.

    Attributes:
        terms: its words.
        article_id: which stored article it is, if any.
        story_id: that one's story, if any.
    """

    terms: Terms
    article_id: int | None = None
    story_id: int | None = None


class SimilarArticle(NamedTuple):
    """An article, and how much it is like the example: 0 to 1, as ``search.seed_profile`` measures it."""

    article: StoredArticle
    similarity: float


def load_example(session: Session, wanted: str) -> Example:
    """A stored article as an example.

    Args:
        session: of either database; it is only read.
        wanted: its number, or any address of it.

    Raises:
        UsageError: it is neither a number nor a URL.
        PantauError: there is no such article.
    """
    article = find_article(session, wanted)
    words = session.get_one(ArticleTerms, article.id)
    return Example(Terms(words.title, words.body), article.id, article.story_id)


def find_similar(
    session: Session, example: Example, selection: Selection, *, limit: int = PAGE, copies: bool = False
) -> list[SimilarArticle]:
    """The selected articles that are most like the example, best first, latest stored first of equal ones.

    The example itself is none of them, and neither are copies, of the example or of what was found already.

    Args:
        session: of either database; it is only read.
        example: of a stored article (``stored_example``), or of the terms of a document.
        selection: which articles may be found.
        limit: how many at most.
        copies: whether copies are wanted, too.
    """
    known = load_frequencies(session)
    weights = build_profile([count_terms(example.terms)], known)
    if not weights:
        return []
    stories = _candidates(session, _narrowed(selection, _telling(session, weights, known)), example)
    ranked = sorted(
        ((similarity(count_terms(terms), weights), article_id) for article_id, terms in _words(session, [*stories])),
        reverse=True,
    )
    kept = ranked if copies else _one_of_each_story(ranked, stories, example.story_id)
    values = {article_id: value for value, article_id in kept[:limit]}
    return [SimilarArticle(article, values[article.id]) for article in load_articles(session, [*values])]


def _telling(session: Session, weights: dict[str, float], known: Frequencies) -> list[str]:
    """The heaviest terms, as many as are expected to find no more articles than are ranked anyway."""
    stored = session.scalar(select(func.max(StoredArticle.id))) or 0
    terms: list[str] = []
    expected = 0.0
    for term in weights:
        expected += stored * known.holding.get(term, 1) / known.documents
        if len(terms) == _LOOKED_UP or (len(terms) >= _AT_LEAST and expected > _RANKED):
            break
        terms.append(term)
    return terms


def _narrowed(selection: Selection, terms: Sequence[str]) -> Selection:
    words = tuple(map(Word, terms))
    any_of_them: Node = Or(words) if len(words) > 1 else words[0]
    if selection.query is None:
        return replace(selection, query=Query(" OR ".join(terms), any_of_them))
    return replace(selection, query=replace(selection.query, root=And((selection.query.root, any_of_them))))


def _candidates(session: Session, selection: Selection, example: Example) -> dict[int, int | None]:
    """The ids of what may be like the example, and their stories: the best ranked of the latest stored."""
    statement = select_ranked(session, selection, StoredArticle.story_id).where(
        StoredArticle.id != (example.article_id or 0)
    )
    latest = session.execute(statement.order_by(StoredArticle.id.desc()).limit(_RANKED)).all()
    best: list[Row[Any]] = sorted(latest, key=lambda row: (-row.rank, -row.article_id))[:_COMPARED]
    return {row.article_id: row.story_id for row in best}


def _words(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Terms]]:
    for some in chunks(ids):
        query = select(ArticleTerms.article_id, ArticleTerms.title, ArticleTerms.body)
        for row in session.execute(query.where(ArticleTerms.article_id.in_(some))):
            yield row.article_id, Terms(row.title, row.body)


def _one_of_each_story(
    ranked: Sequence[tuple[float, int]], stories: dict[int, int | None], own: int | None
) -> list[tuple[float, int]]:
    told = {own}
    kept = []
    for value, article_id in ranked:
        story = stories[article_id]
        if story is None or story not in told:
            told.add(story)
            kept.append((value, article_id))
    return kept
