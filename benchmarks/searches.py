"""Searches of each kind in a made-up archive, in our words and in SQL's."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from benchmarks.archive_of_words import BEGIN, OUTLETS, SPAN, Archive
from search.choices import Sort

# Document frequencies, as shares of the archive.
RARE, USUAL, FREQUENT, COMMON, VERY_COMMON = (0.0001, 0.001), (0.001, 0.01), (0.01, 0.05), (0.05, 0.2), (0.2, 0.5)
MONTH = timedelta(days=30)
PAGE = 25  # the deep one
_LIKE = "(text LIKE ? OR title LIKE ?)"

Band = tuple[float, float]
Way = Literal["page", "deep page", "deep page anew", "facets", "count"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One search.

    Attributes:
        text: in our query language.
        match: in that of FTS5.
        like: as a condition on ``articles`` in SQL, whose parameters are ``values``.
    """

    text: str
    match: str
    like: str
    values: tuple[str, ...]
    outlet: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_word(cls, word: str) -> "Ask":
        """A word alone."""
        return cls(word, f'"{word}"', _LIKE, (f"%{word}%",) * 2)


@dataclass(frozen=True, slots=True)
class Kind:
    """Searches of one kind; the first one is for warming up.

    Attributes:
        way: how the hits are wanted.
        aim: milliseconds that 95 of 100 should take at most; ``None``: none is set.
    """

    name: str
    asks: list[Ask]
    way: Way = "page"
    sort: Sort = "relevance"
    aim: int | None = None


class Choice:
    """Chooses searches of each kind, always the same for the same archive."""

    def __init__(self, archive: Archive, number: int, seed: int = 7) -> None:
        self._archive, self._number = archive, number
        self._rng = np.random.default_rng(seed)

    def kinds(self) -> list[Kind]:
        """All of them."""
        plain, faceted = 50, 300
        return [
            Kind("a rare word", self._words(RARE), aim=plain),
            Kind("a usual word", self._words(USUAL), aim=plain),
            Kind("a frequent word", self._words(FREQUENT), aim=plain),
            Kind("a very common word", self._words(VERY_COMMON)),
            Kind("a phrase", self._stock_phrases(), aim=plain),
            Kind("a phrase of very common words", self._phrases(VERY_COMMON)),
            Kind("a AND (b OR c) NOT d", self._boolean(), aim=plain),
            Kind("a frequent word, a month", self._dated(FREQUENT), aim=plain),
            Kind("a very common word, a month", self._dated(VERY_COMMON)),
            Kind("a frequent word, an outlet", self._of_outlets()),
            Kind("the beginning of a frequent word", self._prefixes()),
            Kind("a frequent word, newest first", self._words(FREQUENT), sort="newest"),
            Kind("a frequent word, likest first", self._words(FREQUENT), sort="similarity"),
            Kind(f"page {PAGE} of a common word", self._words(COMMON), "deep page", aim=plain),
            Kind("the same, its order forgotten", self._words(COMMON), "deep page anew", aim=plain),
            Kind("with facets, a usual word", self._words(USUAL), "facets", aim=faceted),
            Kind("with facets, a frequent word", self._words(FREQUENT), "facets", aim=faceted),
            # Seconds each.
            Kind("with facets, a very common word", self._words(VERY_COMMON)[:6], "facets"),
            Kind("the exact count, a frequent word", self._words(FREQUENT), "count"),
        ]

    def _words(self, band: Band) -> list[Ask]:
        return [Ask.of_word(word) for word in self._between(band, self._number + 1)]

    def _between(self, band: Band, number: int) -> list[str]:
        """Choose words of such a share of the articles, common and rare ones alike."""
        within = np.flatnonzero((self._archive.shares >= band[0]) & (self._archive.shares < band[1]))
        weights = 1 / (within + 1)
        chosen = self._rng.choice(within, number, replace=number > len(within), p=weights / weights.sum())
        return [self._archive.words[place] for place in chosen]

    def _stock_phrases(self) -> list[Ask]:
        """Choose phrases in a hundred to ten thousand of a million articles."""
        numbers = self._rng.choice(np.arange(20, 2_000), self._number + 1, replace=False)
        return [_phrase(self._archive.phrases[number]) for number in numbers]

    def _phrases(self, band: Band) -> list[Ask]:
        pairs = zip(*(self._between(band, self._number + 1) for _ in range(2)), strict=True)
        return [_phrase(f"{first} {second}") for first, second in pairs]

    def _boolean(self) -> list[Ask]:
        bands = (COMMON, FREQUENT, FREQUENT, FREQUENT)
        words = zip(*(self._between(band, self._number + 1) for band in bands), strict=True)
        return [_boolean(*four) for four in words]

    def _dated(self, band: Band) -> list[Ask]:
        asks = self._words(band)
        starts = [BEGIN + (SPAN - MONTH) * float(self._rng.random()) for _ in asks]
        return [replace(ask, since=at, until=at + MONTH) for ask, at in zip(asks, starts, strict=True)]

    def _of_outlets(self) -> list[Ask]:
        return [replace(ask, outlet=f"outlet{self._rng.integers(OUTLETS)}") for ask in self._words(FREQUENT)]

    def _prefixes(self) -> list[Ask]:
        return [_prefix(ask.text[:-2]) for ask in self._words(FREQUENT)]


def _phrase(words: str) -> Ask:
    return Ask(f'"{words}"', f'"{words}"', _LIKE, (f"%{words}%",) * 2)


def _prefix(letters: str) -> Ask:
    return Ask(f"{letters}*", f'"{letters}"*', _LIKE, (f"%{letters}%",) * 2)


def _boolean(one: str, second: str, third: str, unwanted: str) -> Ask:
    return Ask(
        f"{one} AND ({second} OR {third}) NOT {unwanted}",
        f'("{one}" AND ("{second}" OR "{third}")) NOT "{unwanted}"',
        f"{_LIKE} AND ({_LIKE} OR {_LIKE}) AND NOT {_LIKE}",
        tuple(f"%{word}%" for word in (one, second, third, unwanted) for _ in range(2)),
    )
