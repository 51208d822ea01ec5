"""More like this: find the articles most similar to a given one, stored or not.

The index finds articles with its most distinctive terms; the best are compared with it as with a sole seed.
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

# The heaviest terms find all that has much in common with the example.
_LOOKED_UP = 30
# Looked up in any case, however frequent the terms are.
_AT_LEAST = 5
# Either database ranks this many in some 0.1 s.
_RANKED = 5_000
# Comparing this many takes less than 0.1 s.
_COMPARED = 1_000


@dataclass(frozen=True, slots=True)
class Example:
    """An article or document to find similar ones for; a document has no ids."""

    terms: Terms
    article_id: int | None = None
    story_id: int | None = None


class SimilarArticle(NamedTuple):
    """An article and its similarity to the example, 0 to 1."""

    article: StoredArticle
    similarity: float


def load_example(session: Session, wanted: str) -> Example:
    """Load a stored article as an example, by number or any of its addresses.

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
    """Find the selected articles most similar to the example, best first.

    Of equal ones the latest stored comes first. The example is left out, and copies unless asked for.
    """
    frequencies = load_frequencies(session)
    weights = build_profile([count_terms(example.terms)], frequencies)
    if not weights:
        return []
    stories = _candidates(session, _narrowed(selection, _lookup_terms(session, weights, frequencies)), example)
    ranked = sorted(
        ((similarity(count_terms(terms), weights), article_id) for article_id, terms in _words(session, [*stories])),
        reverse=True,
    )
    kept = ranked if copies else _one_of_each_story(ranked, stories, example.story_id)
    values = {article_id: value for value, article_id in kept[:limit]}
    return [SimilarArticle(article, values[article.id]) for article in load_articles(session, [*values])]


def _lookup_terms(session: Session, weights: dict[str, float], frequencies: Frequencies) -> list[str]:
    stored = session.scalar(select(func.max(StoredArticle.id))) or 0
    terms: list[str] = []
    expected = 0.0
    for term in weights:
        expected += stored * frequencies.holding.get(term, 1) / frequencies.documents
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
    statement = select_ranked(session, selection, StoredArticle.story_id).where(
        StoredArticle.id != (example.article_id or 0)
    )
    latest = session.execute(statement.order_by(StoredArticle.id.desc()).limit(_RANKED)).all()
    best: list[Row[Any]] = sorted(latest, key=lambda row: (-row.rank, -row.article_id))[:_COMPARED]
    return {row.article_id: row.story_id for row in best}


def _words(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Terms]]:
    for batch in chunks(ids):
        query = select(ArticleTerms.article_id, ArticleTerms.title, ArticleTerms.body)
        for row in session.execute(query.where(ArticleTerms.article_id.in_(batch))):
            yield row.article_id, Terms(row.title, row.body)


def _one_of_each_story(
    ranked: Sequence[tuple[float, int]], stories: dict[int, int | None], own: int | None
) -> list[tuple[float, int]]:
    seen = {own}
    kept = []
    for value, article_id in ranked:
        story = stories[article_id]
        if story is None or story not in seen:
            seen.add(story)
            kept.append((value, article_id))
    return kept
