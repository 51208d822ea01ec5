"""A made-up archive to search: meaningless articles with real frequencies.

Words follow Zipf's law, some stand in stock phrases, as names and offices do, and a third of the articles are in
stories of two to six. Searching looks at nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.made_words import word, zipf

BEGIN = datetime(2024, 9, 1, tzinfo=UTC)
SPAN = timedelta(days=730)
WORDS, PHRASES, OUTLETS, SECTIONS, AUTHORS = 50_000, 20_000, 100, 30, 2_000
TITLE_WORDS = 9
SHORTEST, LONGEST = 120, 320  # words of a text
TOLD = 1 / 3  # share of the articles that are in a story
LARGEST_STORY = 6

_Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
_SYLLABLES = ("ba", "ca", "da", "ga", "ka", "la", "ma", "na", "pa", "ra", "sa", "ta", "wa", "ya", "ngi", "nyu", "tro")
_PHRASE_EVERY = 60  # words
# A phrase is made of words that are neither in every article nor in none.
_PHRASE_RANKS = (60, 6_000)
_SENTENCE, _PARAGRAPH = 20, 60  # words
_LATE, _UNDATED, _FOREIGN, _ANONYMOUS = 0.05, 0.01, 0.05, 0.3


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up article, in words as the analyser leaves them.

    Attributes:
        index: its number in the order of storing, from 0.
        story: the index of the first article of its story; ``None``: it is alone.
        similarity: how much of that one's text it has.
        stored_at: when it was found, in UTC like all times here.
    """

    index: int
    outlet: str
    title: str
    text: str
    words: str
    authors: list[str]
    section: str
    language: str
    published_at: datetime | None
    stored_at: datetime
    story: int | None
    similarity: float | None
    seed_similarity: float


class Archive:
    """An archive of one size; article number ``index`` is always the same.

    Attributes:
        words: the commonest first.
        shares: of the articles, in which each of them is expected.
        phrases: of two words, the commonest first.
    """

    def __init__(self, size: int, seed: int = 1) -> None:
        self.size = size
        self.words = [word(number, _SYLLABLES) + "q" for number in range(WORDS)]
        self._seed = seed
        self._chance = zipf(WORDS)
        rng = np.random.default_rng(seed)
        members = rng.integers(*_PHRASE_RANKS, (PHRASES, 2))
        self.phrases = [f"{self.words[first]} {self.words[second]}" for first, second in members]
        self._phrase_chance = zipf(PHRASES)
        self.shares = self._shares(members)
        self._first = _stories(rng, size)

    def articles(self, start: int, stop: int) -> Iterator[Made]:
        """Yield the articles from ``start`` to before ``stop``, in the order of storing."""
        for index in range(start, stop):
            yield self._article(index)

    def _shares(self, members: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> "_Floats":
        length = (SHORTEST + LONGEST) / 2
        often = np.diff(self._chance, prepend=0) * (length + TITLE_WORDS)
        in_phrases = np.diff(self._phrase_chance, prepend=0) * length / _PHRASE_EVERY
        for member in members.T:
            np.add.at(often, member, in_phrases)
        shares: _Floats = 1 - np.exp(-often)
        return shares

    def _article(self, index: int) -> Made:
        rng = np.random.default_rng((self._seed, index))
        story = int(self._first[index])
        words, share = self._words_of(index), None
        if story >= 0:
            share = 1.0 if story == index else float(rng.uniform(0.5, 1.0))
            original = self._words_of(story)
            words = original[: int(len(original) * share)]
        stored_at = BEGIN + SPAN * (index / self.size)
        late = rng.random() < _LATE and story < 0
        published_at = stored_at - timedelta(hours=float(rng.uniform(0, 720 if late else 1)))
        return Made(
            index=index,
            outlet=f"outlet{int(rng.integers(OUTLETS))}",
            title=" ".join(self._pick(rng, TITLE_WORDS)).capitalize(),
            text=_text(words),
            words=" ".join(words),
            authors=[] if rng.random() < _ANONYMOUS else [f"Penulis {_word(int(rng.integers(AUTHORS)))}"],
            section=f"Rubrik {_word(int(rng.integers(SECTIONS)))}",
            language="ms" if rng.random() < _FOREIGN else "id",
            published_at=None if rng.random() < _UNDATED and story < 0 else published_at,
            stored_at=stored_at,
            story=story if story >= 0 else None,
            similarity=share,
            seed_similarity=float(rng.beta(1, 8)),
        )

    def _words_of(self, index: int) -> list[str]:
        rng = np.random.default_rng((self._seed, index, 1))
        words = self._pick(rng, int(rng.integers(SHORTEST, LONGEST)))
        for place in range(_PHRASE_EVERY // 2, len(words), _PHRASE_EVERY):
            number = min(int(np.searchsorted(self._phrase_chance, rng.random())), PHRASES - 1)
            words[place : place + 2] = self.phrases[number].split()
        return words

    def _pick(self, rng: np.random.Generator, count: int) -> list[str]:
        places = np.minimum(np.searchsorted(self._chance, rng.random(count)), WORDS - 1)
        return [self.words[place] for place in places]


def _stories(rng: np.random.Generator, size: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return each article's index of its story's first article, -1 without one.

    The articles of a story are found within two days.
    """
    first = np.full(size, -1)
    window = max(4 * LARGEST_STORY, round(2 * size / SPAN.days))
    for start in range(0, size - window + 1, window):
        told = start + rng.permutation(window)[: round(TOLD * window)]
        begin = 0
        while begin + 2 <= len(told):
            members = told[begin : begin + int(rng.integers(2, LARGEST_STORY + 1))]
            if len(members) > 1:
                first[members] = members.min()
            begin += len(members)
    return first


def _text(words: list[str]) -> str:
    sentences = [
        " ".join(words[place : place + _SENTENCE]).capitalize() + "." for place in range(0, len(words), _SENTENCE)
    ]
    length = _PARAGRAPH // _SENTENCE
    return "\n".join(" ".join(sentences[place : place + length]) for place in range(0, len(sentences), length))


def _word(number: int) -> str:
    """Return another word for every number.

    No Indonesian root ends in q, so that the analyser leaves it as it is.
    """
    return word(number, _SYLLABLES) + "q"
