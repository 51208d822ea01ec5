"""Profile of the seed corpus as weighted terms, and articles' similarity to it.

Only the newest profile counts. Storing an article and making a profile both hold ``articles.lock``, and a profile notes
the articles stored before. So each is compared when stored or afterwards; that work may be interrupted and shared.
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

# On real pages 200 terms separated seeds from other news better than 500.
BEST = 200
# Digits kept of similarities and weights, so that they are the same on every machine.
DIGITS = 6
_TITLE_COUNTS = 3


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Document frequencies of terms; a term missing in ``holding`` counts as one."""

    documents: int
    holding: Mapping[str, int]

    def idf(self, term: str) -> float:
        """Return the term's weight: ln(1 + N / df)."""
        return log(1 + self.documents / self.holding.get(term, 1))


def count_terms(terms: Terms) -> Counter[str]:
    """Count an article's terms, without everyday words and figures."""
    words = [*(terms.title.split() * _TITLE_COUNTS), *terms.body.split()]
    counts = Counter(filterfalse(everyday_terms().__contains__, words))
    for figure in [*filter(str.isdecimal, counts)]:
        del counts[figure]
    return counts


def build_profile(texts: Iterable[Counter[str]], frequencies: Frequencies) -> dict[str, float]:
    """Return the topic of texts (``count_terms`` of each) as term → weight.

    Heaviest first, of length 1, in any order of texts.
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
    """Return the similarity of an article (``count_terms``) to a profile: 0 to 1."""
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


# Frequencies are those of the newest articles; this many are counted in one or two seconds.
COUNTED = 20_000
# Rarer terms count as if in one article, which makes little difference.
_MOST_FREQUENCIES = 50_000
_LEAST_FREQUENT = 2
# Counted while a user waits, where no profile is stored.
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
    """Measures articles' similarity to the seeds; caches the profile's weights."""

    def __init__(self) -> None:
        self._id = 0
        self._weights: Mapping[str, float] = {}
        self._asked_in: SessionTransaction | None = None

    def of(self, session: Session, terms: Terms) -> float | None:
        """Return the article's similarity, 0 to 1; ``None`` without a profile.

        The transaction must hold ``articles.lock``, so that no newer profile can come.
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
    """A profile to be stored; ``after`` is the newest stored one's id (0: none)."""

    values: Mapping[str, Any]
    after: int


def draft_profile(session: Session, now: datetime) -> ProfileDraft | None:
    """Build the profile of the current seeds, if due.

    None is due without seeds, or with the same seeds until the archive has doubled.
    """
    seeds = _seeds(session)
    previous = session.execute(
        select(Profile.id, Profile.seeds_sha256, Profile.articles).order_by(Profile.id.desc())
    ).first()
    stored = session.scalar(select(func.count()).select_from(StoredArticle)) or 0
    digest = _digest(seeds)
    if not seeds or (previous and previous.seeds_sha256 == digest and stored < _GROWN * previous.articles):
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
    return ProfileDraft(values, previous.id if previous else 0)


def replace_profile(session: Session, draft: ProfileDraft) -> bool:
    """Store the profile in place of the previous one; all articles are outdated then.

    Returns False, and stores nothing, if another came in between.
    """
    articles.lock(session)
    if (session.scalar(_NEWEST) or 0) != draft.after:
        return False
    beyond = (session.scalar(select(func.max(StoredArticle.id))) or 0) + 1
    session.execute(insert(Profile).values(**draft.values, compared_to=beyond))
    # After the insert: SQLite would reuse the id of a deleted last row.
    session.execute(delete(Profile).where(Profile.id <= draft.after))
    return True


def count_outdated(session: Session) -> int:
    compared = select(Profile.compared_to).where(Profile.id == _NEWEST.scalar_subquery()).scalar_subquery()
    return session.scalar(select(func.count()).select_from(StoredArticle).where(StoredArticle.id < compared)) or 0


def update_similarities(session: Session, limit: int) -> int:
    """Compare the next articles with the newest profile, newest first.

    One transaction's work. Returns their number; 0: none is left.
    """
    articles.lock(session)
    newest = session.execute(
        select(Profile.id, Profile.weights, Profile.compared_to).where(Profile.id == _NEWEST.scalar_subquery())
    ).first()
    if newest is None:
        return 0
    rows = session.execute(_next(newest.compared_to, limit)).all()
    measured = [(row, similarity(count_terms(Terms(row.title, row.body)), newest.weights)) for row in rows]
    changed = [{"article_id": row.id, "value": value} for row, value in measured if row.seed_similarity != value]
    if changed:
        session.connection().execute(_SET, changed)
    down_to = rows[-1].id if len(rows) == limit else 0
    if newest.compared_to != down_to:
        session.execute(update(Profile).where(Profile.id == newest.id).values(compared_to=down_to))
    return len(rows)


def load_frequencies(session: Session) -> Frequencies:
    newest = select(Profile.documents, Profile.frequencies).where(Profile.id == _NEWEST.scalar_subquery())
    row = session.execute(newest).first()
    return Frequencies(row.documents, row.frequencies) if row else _count(session, _COUNTED_AT_ONCE)


def _seeds(session: Session) -> list[Terms]:
    query = (
        select(ArticleTerms.title, ArticleTerms.body)
        .where(ArticleTerms.article_id.in_(select(Original.article_id)))
        .order_by(ArticleTerms.article_id)
    )
    return [Terms(row.title, row.body) for row in session.execute(query)]


def _digest(seeds: list[Terms]) -> str:
    texts = sorted(f"{seed.title}\n{seed.body}\n" for seed in seeds)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _next(beyond: int, limit: int) -> Select[int, float | None, str, str]:
    columns = StoredArticle.id, StoredArticle.seed_similarity, ArticleTerms.title, ArticleTerms.body
    joined = select(*columns).join(ArticleTerms, ArticleTerms.article_id == StoredArticle.id)
    return joined.where(StoredArticle.id < beyond).order_by(StoredArticle.id.desc()).limit(limit)


def _count(session: Session, limit: int) -> Frequencies:
    query = select(ArticleTerms.title, ArticleTerms.body).order_by(ArticleTerms.article_id.desc()).limit(limit)
    holding: Counter[str] = Counter()
    documents = 0
    for title, body in session.execute(query.execution_options(yield_per=500)):
        holding.update({*chain(title.split(), body.split())} - everyday_terms())
        documents += 1
    frequent = sorted(holding.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_FREQUENCIES]
    return Frequencies(documents, {term: df for term, df in frequent if df >= _LEAST_FREQUENT})
