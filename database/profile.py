"""What some texts are about, as a profile of weighted terms, and how much an article is like it. Pure.

The weights are SMART's lnc.ltc (Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, §6.4.3;
Salton, Buckley, "Term-weighting approaches in automatic text retrieval", 1988):

- an article's term weighs 1 + ln(tf), and all of them together have length 1 (lnc). So an article's vector depends on
  nothing else that is stored;
- a seed's term weighs (1 + ln(tf)) · idf, length 1 (ltc), where idf = ln(1 + N / df) for ``df`` of ``N`` articles;
- the profile is the sum of the seeds' vectors (Rocchio's centroid), cut to its ``BEST`` terms and brought to length 1;
- the similarity is the cosine of profile and article: 0 where they have no term in common, 1 where they are the same.

A word of the title counts three times. Function words, words of every kind of news (``search.everyday``) and figures
are no terms here: among a few articles idf cannot tell them from what the seeds are about. That is also why idf never
comes to 0: where nothing but the seeds is stored, what all of them are about has ``df`` = ``N``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import filterfalse
from math import fsum, log, sqrt

from database.articles import Terms
from search.everyday import EVERYDAY_TERMS

# More tell what else the seeds mention: on real pages 200 set seeds further apart from other news than 500 did.
BEST = 200
# Kept of a similarity and a weight, so that they are the same on every machine.
DIGITS = 6
_TITLE_COUNTS = 3

_is_everyday = EVERYDAY_TERMS.__contains__


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
    counts = Counter(filterfalse(_is_everyday, words))
    for figure in [*filter(str.isdecimal, counts)]:
        del counts[figure]
    return counts


def profile(texts: Iterable[Counter[str]], frequencies: Frequencies) -> dict[str, float]:
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
