"""Made-up Indonesian news: seeded sentences about places, people and offices that do not exist."""

import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LANGUAGE: Final = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))
_SLOTS: Final[Mapping[str, list[str]]] = _LANGUAGE["slots"]
_SENTENCES: Final[list[str]] = _LANGUAGE["sentences"]
_TITLES: Final[list[str]] = _LANGUAGE["titles"]
_FOREIGN: Final[Mapping[str, list[str]]] = {"ms": _LANGUAGE["malay"], "en": _LANGUAGE["english"]}
_BULLETIN: Final[list[str]] = _LANGUAGE["bulletin"]
_SMALL_WORDS: Final = frozenset({"di", "dan", "untuk", "yang", "dari", "dengan", "ke", "pada"})


class Writer:
    """Writes sentences, paragraphs, titles and names from one seeded stream of chance."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)

    def __getitem__(self, slot: str) -> str:
        match slot:
            case "nama":
                return f"{self['depan']} {self['belakang']}"
            case "angka":
                return str(self.chance.randint(21, 989))
            case "kecil":
                return str(self.chance.randint(11, 97))
            case "satu":
                return str(self.chance.randint(2, 9))
            case _:
                return self.chance.choice(_SLOTS[slot])

    def sentence(self) -> str:
        """One sentence with its full stop."""
        return _sentence(self.chance.choice(_SENTENCES).format_map(self))

    def paragraph(self, sentences: int = 3) -> str:
        """So many sentences, no two of one pattern."""
        return " ".join(_sentence(pattern.format_map(self)) for pattern in self.chance.sample(_SENTENCES, k=sentences))

    def paragraphs(self, count: int) -> list[str]:
        """Paragraphs of two to four sentences."""
        return [self.paragraph(self.chance.randint(2, 4)) for _ in range(count)]

    def bulletin(self) -> list[str]:
        """The paragraphs of a market bulletin: always the same words, with the day's numbers and place."""
        return [_sentence(pattern.format_map(self)) for pattern in _BULLETIN]

    def title(self) -> str:
        """A headline in Indonesian title case, some with quotation marks and ampersands."""
        words = self.chance.choice(_TITLES).format_map(self).split(" ")
        return " ".join(word if word in _SMALL_WORDS else _capital(word) for word in words)

    def foreign(self, language: str, count: int = 8) -> list[str]:
        """Paragraphs in Malay (``ms``) or English (``en``)."""
        patterns = _FOREIGN[language]
        return [patterns[n % len(patterns)].format_map(self) + "." for n in range(count)]


def _capital(text: str) -> str:
    start = 1 if text[:1] in '“"' else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def _sentence(text: str) -> str:
    return _capital(text) + "."
