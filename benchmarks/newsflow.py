"""A flow of made-up articles as a monitor sees it.

Mostly new, a third of them copies, some templates. Words follow Zipf's law and come partly in stock phrases, so that
unrelated texts have about as much in common as real ones: of 37 real texts, two share 0.0002 of their three-word and
0.00001 of their five-word shingles (mean Jaccard).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from benchmarks.made_words import word, zipf

OUTLETS = 100
A_DAY = 5_000  # articles; 50 an outlet
NEAR, EXACT, TEMPLATE = 0.25, 0.08, 0.01  # shares of the flow
BACK = 2 * A_DAY  # a copy follows its original within two days

_VOCABULARY, _PHRASES = 50_000, 20_000
_SYLLABLES = (
    "ba",
    "ca",
    "da",
    "ga",
    "ka",
    "la",
    "ma",
    "na",
    "pa",
    "ra",
    "sa",
    "ta",
    "wa",
    "ya",
    "ngi",
    "nyu",
    "tro",
    "bel",
)


@dataclass(frozen=True, slots=True)
class Flowing:
    """An article of the flow.

    Attributes:
        copy_of: the index of the article that it is a copy of, the same text or changed; ``None``: it is new.
    """

    index: int
    outlet: str
    published_at: datetime
    text: str
    copy_of: int | None


class Flow:
    """A flow of articles; number ``index`` is always the same."""

    def __init__(self, begin: datetime, seed: int = 1) -> None:
        self._begin = begin
        self._seed = seed
        rng = np.random.default_rng(seed)
        self._words = np.array([word(number, _SYLLABLES) for number in range(_VOCABULARY)])
        self._chance = zipf(_VOCABULARY)
        self._phrases = [" ".join(self._pick(rng, int(length))) for length in rng.integers(5, 10, _PHRASES)]

    def articles(self, start: int, stop: int) -> Iterator[Flowing]:
        """Yield the articles from ``start`` to before ``stop``, in order of publication."""
        for index in range(start, stop):
            yield self._article(index)

    def _article(self, index: int) -> Flowing:
        rng = np.random.default_rng((self._seed, index))
        kind = rng.random()
        original = max(0, index - int(rng.integers(1, BACK)))
        at = self._begin + timedelta(days=index / A_DAY)
        outlet = f"outlet{(index * 37) % OUTLETS}"
        if index and kind < NEAR + EXACT and not self._derived(original):
            text = self._text(original)
            return Flowing(index, outlet, at, text if kind < EXACT else self._changed(rng, text), original)
        return Flowing(index, outlet, at, self._text(index), None)

    def _derived(self, index: int) -> bool:
        return np.random.default_rng((self._seed, index)).random() < NEAR + EXACT

    def _text(self, index: int) -> str:
        rng = np.random.default_rng((self._seed, index, 1))
        if rng.random() < TEMPLATE:
            return self._template(rng)
        words = self._pick(rng, int(rng.integers(180, 420)))
        for place in range(20, len(words), 60):
            words[place] = self._phrases[int(rng.integers(_PHRASES))]
        return "\n".join(" ".join(words[start : start + 40]) + "." for start in range(0, len(words), 40))

    def _template(self, rng: np.random.Generator) -> str:
        """Return the same sixty words around other numbers, like exchange rates."""
        stock = np.random.default_rng((self._seed, int(rng.integers(20))))
        frame = self._pick(stock, 120)
        for place in range(4, len(frame), 6):
            frame[place] = f"{frame[place]} {rng.integers(1000, 99999)}"
        return " ".join(frame)

    def _changed(self, rng: np.random.Generator, text: str) -> str:
        """Return a copy as outlets make them: cut, with a new beginning, or reworded."""
        paragraphs = text.split("\n")
        if rng.random() < 0.5:  # noqa: PLR2004 - one of two ways
            kept = max(2, int(len(paragraphs) * rng.uniform(0.4, 0.9)))
            return "\n".join([*paragraphs[:kept], " ".join(self._pick(rng, 25))])
        words = text.split(" ")
        for place in rng.integers(0, len(words), len(words) // 20):
            words[place] = str(rng.choice(self._words))
        return " ".join(words)

    def _pick(self, rng: np.random.Generator, count: int) -> list[str]:
        places = np.searchsorted(self._chance, rng.random(count))
        return [str(word) for word in self._words[np.minimum(places, _VOCABULARY - 1)]]
