"""The seed corpus as weighted terms, kept in ``profiles``, and how similar each article is to it.

The newest profile counts, and only that is kept. Whoever stores an article holds ``articles.lock`` and compares it
with the newest; whoever makes a profile holds it, too, and notes which articles were stored before. So every article
is either compared when it is stored or among those that are compared afterwards, newest first. That may be broken
off at any time, and several may share it.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, filterfalse
from math import fsum, log, sqrt
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from database import articles
from database.articles import Terms
from database.schema import ArticleTerms, Base, Original, Profile, StoredArticle
from search.stopwords import everyday_terms

# More tell what else the seeds mention: on real pages 200 set seeds further apart from other news than 500 did.
BEST = 200
# Kept of a similarity and a weight, so that they are the same on every machine.
DIGITS = 6
_TITLE_COUNTS = 3


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many articles terms stand.

    Attributes:
        documents: of how many articles that was counted.
        holding: term → how many of them hold it; a term that is missing counts as one.
    """

    documents: int
    holding: Mapping[str, int]

    def idf(self, term: str) -> float:
        """How well the term tells texts apart: ln(1 + N / df)."""
        return log(1 + self.documents / self.holding.get(term, 1))


def count_terms(terms: Terms) -> Counter[str]:
    """How often each term that tells something stands in an article."""
    words = [*(terms.title.split() * _TITLE_COUNTS), *terms.body.split()]
    counts = Counter(filterfalse(everyday_terms().__contains__, words))
    for figure in [*filter(str.isdecimal, counts)]:
        del counts[figure]
    return counts


def build_profile(texts: Iterable[Counter[str]], frequencies: Frequencies) -> dict[str, float]:
    """What these texts (``count_terms`` of each) are about: term → weight, heaviest first, lengths 1.

    Empty where they have no terms, or nothing was counted. The order of the texts does not matter.
    """
    vectors = [_unit({term: _weight(tf) * frequencies.idf(term) for term, tf in counts.items()}) for counts in texts]
    parts: defaultdict[str, list[float]] = defaultdict(list)
    for vector in vectors:
        for term, weight in vector.items():
            parts[term].append(weight)
    total = {term: round(fsum(weights), DIGITS) for term, weights in parts.items()}
    best = sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:BEST]
    return {term: round(weight, DIGITS) for term, weight in _unit(dict(best)).items()}


def similarity(counts: Mapping[str, int], weights: Mapping[str, float]) -> float:
    """How much an article (``count_terms``) is like what the weights (``profile``) say: 0 to 1."""
    squares = fsum(map(_square, counts.values()))
    if not squares:
        return 0.0
    product = fsum([_weight(counts[term]) * weights[term] for term in counts.keys() & weights.keys()])
    return min(round(product / sqrt(squares), DIGITS), 1.0)


@cache
def _weight(tf: int) -> float:
    return 1 + log(tf)


@cache
def _square(tf: int) -> float:
    return _weight(tf) ** 2


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = sqrt(fsum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()} if length else {}


# The newest articles tell how frequent a term is now; so many are counted in one or two seconds.
COUNTED = 20_000
# Rarer terms count as standing in one article, which is what makes the difference between them small.
_MOST_FREQUENCIES = 50_000
_LEAST_FREQUENT = 2
# Where no profile is kept, so many are counted while somebody waits.
_COUNTED_AT_ONCE = 2_000
_GROWN = 2

_NEWEST = select(func.max(Profile.id))
_NEWER = select(Profile.id, Profile.weights).where(
    Profile.id == _NEWEST.scalar_subquery(), Profile.id != bindparam("known")
)
_SET = (
    update(Base.metadata.tables["articles"])
    .where(StoredArticle.id == bindparam("article_id"))
    .values(seed_similarity=bindparam("value"))
)


class SeedSimilarity:
    """How much one article after another is like the seeds; it keeps the newest profile's weights."""

    def __init__(self) -> None:
        self._id = 0
        self._weights: Mapping[str, float] = {}
        self._asked_in: SessionTransaction | None = None

    def of(self, session: Session, terms: Terms) -> float | None:
        """The article's similarity to the seeds, 0 to 1; ``None`` while there is no profile of them.

        Args:
            session: in a transaction that holds ``articles.lock``: no newer profile can come before it ends.
            terms: the article's, as they are stored.
        """
        transaction = session.get_transaction()
        if transaction is None or transaction is not self._asked_in:
            newer = session.connection().execute(_NEWER, {"known": self._id}).first()
            if newer is not None:
                self._id, self._weights = newer
            self._asked_in = session.get_transaction()
        return similarity(count_terms(terms), self._weights) if self._id else None


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """A profile that is to be kept: its columns, and the newest there was when it was made (0: none)."""

    values: Mapping[str, Any]
    after: int


def draft_profile(session: Session, now: datetime) -> ProfileDraft | None:
    """The profile of the seeds as they are now; ``None`` where there is none to make.

    That is: no seed is stored, or the kept one was made of the same seeds and the archive is not twice as large since.
    """
    seeds = _seeds(session)
    kept = session.execute(
        select(Profile.id, Profile.seeds_sha256, Profile.articles).order_by(Profile.id.desc())
    ).first()
    stored = session.scalar(select(func.count()).select_from(StoredArticle)) or 0
    digest = _digest(seeds)
    if not seeds or (kept and kept.seeds_sha256 == digest and stored < _GROWN * kept.articles):
        return None
    counted = _count(session, COUNTED)
    values = {
        "made_at": now,
        "seeds_sha256": digest,
        "articles": stored,
        "documents": counted.documents,
        "frequencies": counted.holding,
        "weights": build_profile(map(count_terms, seeds), counted),
    }
    return ProfileDraft(values, kept.id if kept else 0)


def replace_profile(session: Session, made: ProfileDraft) -> bool:
    """Puts the profile in place of the one before; all articles stored so far are then to be compared with it.

    False: another one came in between, and this was not kept.
    """
    articles.lock(session)
    if (session.scalar(_NEWEST) or 0) != made.after:
        return False
    beyond = (session.scalar(select(func.max(StoredArticle.id))) or 0) + 1
    session.execute(insert(Profile).values(**made.values, compared_to=beyond))
    # After the insert: SQLite would give the id of a last row that is gone once more.
    session.execute(delete(Profile).where(Profile.id <= made.after))
    return True


def count_outdated(session: Session) -> int:
    """How many articles are still to be compared with the newest profile."""
    compared = select(Profile.compared_to).where(Profile.id == _NEWEST.scalar_subquery()).scalar_subquery()
    return session.scalar(select(func.count()).select_from(StoredArticle).where(StoredArticle.id < compared)) or 0


def update_similarities(session: Session, limit: int) -> int:
    """Compares the next ``limit`` articles with the newest profile, newest first; gives how many. Zero: none is left.

    Every call is a transaction's worth of work, so that being killed loses one at most.
    """
    articles.lock(session)
    newest = session.execute(
        select(Profile.id, Profile.weights, Profile.compared_to).where(Profile.id == _NEWEST.scalar_subquery())
    ).first()
    if newest is None:
        return 0
    rows = session.execute(_next(newest.compared_to, limit)).all()
    found = [(row, similarity(count_terms(Terms(row.title, row.body)), newest.weights)) for row in rows]
    changed = [{"article_id": row.id, "value": value} for row, value in found if row.seed_similarity != value]
    if changed:
        session.connection().execute(_SET, changed)
    down_to = rows[-1].id if len(rows) == limit else 0
    if newest.compared_to != down_to:
        session.execute(update(Profile).where(Profile.id == newest.id).values(compared_to=down_to))
    return len(rows)


def load_frequencies(session: Session) -> Frequencies:
    """In how many articles terms stand: as counted for the newest profile, or in the newest articles."""
    newest = select(Profile.documents, Profile.frequencies).where(Profile.id == _NEWEST.scalar_subquery())
    row = session.execute(newest).first()
    return Frequencies(row.documents, row.frequencies) if row else _count(session, _COUNTED_AT_ONCE)


def _seeds(session: Session) -> list[Terms]:
    """The words of the seeds: the articles that have a document."""
    query = (
        select(ArticleTerms.title, ArticleTerms.body)
        .where(ArticleTerms.article_id.in_(select(Original.article_id)))
        .order_by(ArticleTerms.article_id)
    )
    return [Terms(row.title, row.body) for row in session.execute(query)]


def _digest(seeds: list[Terms]) -> str:
    """The same for the same words, whatever order they were stored in."""
    texts = sorted(f"{seed.title}\n{seed.body}\n" for seed in seeds)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _next(beyond: int, limit: int) -> Select[int, float | None, str, str]:
    columns = StoredArticle.id, StoredArticle.seed_similarity, ArticleTerms.title, ArticleTerms.body
    joined = select(*columns).join(ArticleTerms, ArticleTerms.article_id == StoredArticle.id)
    return joined.where(StoredArticle.id < beyond).order_by(StoredArticle.id.desc()).limit(limit)


def _count(session: Session, limit: int) -> Frequencies:
    """Counts the newest articles."""
    query = select(ArticleTerms.title, ArticleTerms.body).order_by(ArticleTerms.article_id.desc()).limit(limit)
    holding: Counter[str] = Counter()
    documents = 0
    for title, body in session.execute(query.execution_options(yield_per=500)):
        holding.update({*chain(title.split(), body.split())} - everyday_terms())
        documents += 1
    frequent = sorted(holding.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_FREQUENCIES]
    return Frequencies(documents, {term: df for term, df in frequent if df >= _LEAST_FREQUENT})
