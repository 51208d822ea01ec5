"""The analyser of migration 0003, frozen: later rules change no old upgrade."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol, cast

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

# PostgreSQL keeps word positions up to 16,383 only; beyond, phrases would match what does not stand together. (It also
# keeps 256 positions of one word, so that a phrase of very common words may be missed in the longest of articles.)
MAX_TERMS = 16_000
# Nobody looks up longer words; bounds what a page of rubbish can put into PostgreSQL's 1 MB for one article.
MAX_TERM_BYTES = 48

# The words of a few thousand articles; measured at about 0.35 kB each.
_CACHED_WORDS = 65_536

_APOSTROPHES = "'’‘ʼʻ`´"
_HYPHENS = "-‐‑"
# Combining diacritics, the soft hyphen and what has no width: they stand inside a word and do not end it.
_IGNORABLE = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_LETTER = rf"[^\W\d_{_APOSTROPHES}]"
_LETTERS = rf"{_LETTER}+(?:[{_IGNORABLE}]{_LETTER}*)*"
_WORD = rf"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*"
_CHUNK = re.compile(rf"{_WORD}(?:[{_HYPHENS}]{_WORD})*|\d+")
_PART = re.compile(rf"[^{_HYPHENS}]+")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)
# Written with a hyphen after names and acronyms: "KTP-nya", "AS-lah". Part of the word before them.
_CLITICS = frozenset({"ku", "mu", "nya", "lah", "kah", "tah", "pun"})


def analyse(text: str) -> str:
    """Return the text's first ``MAX_TERMS`` terms in order, joined by spaces."""
    terms = " ".join(filter(None, map(_chunk_terms, _CHUNK.findall(text))))
    return terms if terms.count(" ") < MAX_TERMS else " ".join(terms.split(" ", MAX_TERMS)[:MAX_TERMS])


@lru_cache(maxsize=_CACHED_WORDS)
def _chunk_terms(chunk: str) -> str:
    if chunk[0].isdecimal():
        return _fold_number(chunk)[:MAX_TERM_BYTES]
    words: list[str] = []
    for part in _PART.findall(chunk):
        word = _fold_word(part)
        if not word:
            continue
        if words and (joined := _join(words[-1], word)):
            words[-1] = joined
        else:
            words.append(word)
    return " ".join(map(_stem, words))


def _join(word: str, following: str) -> str | None:
    """Return the one word that two hyphenated words are, or ``None`` if they are two."""
    if following in _CLITICS:
        return word
    root = _sastrawi().stem_word(f"{word}-{following}")
    return None if "-" in root else root


@lru_cache(maxsize=_CACHED_WORDS)
def _stem(word: str) -> str:
    return _sastrawi().stem_word(word) if word.isascii() and word.isalpha() else word


def _fold_word(word: str) -> str:
    """Fold a word: lower case, no diacritics, apostrophes or English possessive.

    Examples: "Jum'at", "Qur'an", "China's".
    """
    if word.isascii() and word.isalpha():
        return word.lower()[:MAX_TERM_BYTES]
    decomposed = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", word)).casefold()
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKD", decomposed)))
    return unicodedata.normalize("NFC", letters).encode()[:MAX_TERM_BYTES].decode(errors="ignore")


def _fold_number(number: str) -> str:
    return number if number.isascii() else "".join(str(unicodedata.digit(figure)) for figure in number)


class _Stemmer(Protocol):
    def stem_word(self, word: str) -> str: ...


@cache
def _sastrawi() -> _Stemmer:
    """Return the bare stemmer, whose own cache is unbounded.

    It keeps nothing between words, so threads may share it.
    """
    stemmer = StemmerFactory().create_stemmer()  # type: ignore[no-untyped-call]  # the library has no annotations
    return cast("_Stemmer", stemmer.delegatedStemmer)
