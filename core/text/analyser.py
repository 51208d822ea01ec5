"""Analyse texts and queries into the terms that both databases index and look up.

FTS5 and PostgreSQL tokenise ``7,5``, ``1e5``, ``covid-19`` and ``Jum'at`` differently. So a term is a run of letters
or of digits. "G20" becomes two terms, looked up as a phrase.

Terms are folded (case, diacritics) and stemmed by PySastrawi, which maps words to roots of its dictionary only: names
stay unchanged. No word is dropped, since phrases need them all (see ``search.stopwords``).
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache
from typing import NamedTuple, Protocol, cast

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

# PostgreSQL keeps word positions up to 16,383 only; beyond, phrases would match words that are apart. (It also keeps
# 256 positions of one word, so a phrase of very common words may be missed in the longest articles.)
MAX_TERMS = 16_000
# Longer words are never searched; the limit keeps a page of rubbish within PostgreSQL's 1 MB per article.
MAX_TERM_BYTES = 48

# The words of a few thousand articles; measured at about 0.35 kB each.
_CACHED_WORDS = 65_536

_APOSTROPHES = "'’‘ʼʻ`´"
_HYPHENS = "-‐‑"
# Combining diacritics, the soft hyphen and zero-width characters do not end a word.
_IGNORABLE = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_LETTER = rf"[^\W\d_{_APOSTROPHES}]"
_LETTERS = rf"{_LETTER}+(?:[{_IGNORABLE}]{_LETTER}*)*"
_WORD = rf"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*"
_CHUNK = re.compile(rf"{_WORD}(?:[{_HYPHENS}]{_WORD})*|\d+")
_PART = re.compile(rf"[^{_HYPHENS}]+")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)
# Written with a hyphen after names and acronyms: "KTP-nya", "AS-lah". Part of the word before them.
_CLITICS = frozenset({"ku", "mu", "nya", "lah", "kah", "tah", "pun"})


class Token(NamedTuple):
    """A term and the place of its word: ``text[start:end]``."""

    term: str
    start: int
    end: int


def analyse(text: str) -> str:
    """Return the first ``MAX_TERMS`` terms, space-joined, for ``article_terms``."""
    terms = " ".join(filter(None, map(_chunk_terms, _CHUNK.findall(text))))
    return terms if terms.count(" ") < MAX_TERMS else " ".join(terms.split(" ", MAX_TERMS)[:MAX_TERMS])


def unstemmed_words(text: str) -> tuple[str, ...]:
    """Return the words unstemmed: "Kementerian" differs from "menteri"."""
    parts = (part for chunk in _CHUNK.findall(text) for part in _PART.findall(chunk))
    words = (_fold_number(part)[:MAX_TERM_BYTES] if part[0].isdecimal() else _fold_word(part) for part in parts)
    return tuple(word for word in words if word)


def tokens_with_offsets(text: str, wanted: Collection[str] | None = None) -> list[Token]:
    """Return the text's terms in order with their places.

    "negara-negara" is one word. Words that cannot begin with one of ``wanted`` may stay unstemmed, to save time.
    """
    may_be = _may_be(wanted) if wanted is not None else None
    return [
        Token(
            _stem(word) if may_be is None or may_be.search(word) else word, chunk.start() + start, chunk.start() + end
        )
        for chunk in _CHUNK.finditer(text)
        for word, start, end in _chunk_words(chunk.group())
    ]


def _may_be(terms: Collection[str]) -> re.Pattern[str]:
    """Match every word whose term is, or begins with, one of these.

    Stemming restores at most the first letter: menulis → tulis.
    """
    return re.compile("|".join(re.escape(term[1:]) for term in terms) if terms else "(?!)")


@lru_cache(maxsize=_CACHED_WORDS)
def _chunk_terms(chunk: str) -> str:
    return " ".join(_stem(word.term) for word in _chunk_words(chunk))


@lru_cache(maxsize=_CACHED_WORDS)
def _chunk_words(chunk: str) -> tuple[Token, ...]:
    if chunk[0].isdecimal():
        return (Token(_fold_number(chunk)[:MAX_TERM_BYTES], 0, len(chunk)),)
    words: list[Token] = []
    for part in _PART.finditer(chunk):
        word = _fold_word(part.group())
        if not word:
            continue
        if words and (joined := _join(words[-1].term, word)):
            words[-1] = Token(joined, words[-1].start, part.end())
        else:
            words.append(Token(word, part.start(), part.end()))
    return tuple(words)


def _join(word: str, following: str) -> str | None:
    if following in _CLITICS:
        return word
    root = _sastrawi().stem_word(f"{word}-{following}")
    return None if "-" in root else root


@lru_cache(maxsize=_CACHED_WORDS)
def _stem(word: str) -> str:
    return _sastrawi().stem_word(word) if word.isascii() and word.isalpha() else word


def _fold_word(word: str) -> str:
    """Fold diacritics, apostrophes ("Jum'at") and possessives ("China's")."""
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
    """Return the bare stemmer (the library's cache is unbounded); it is thread-safe."""
    stemmer = StemmerFactory().create_stemmer()  # type: ignore[no-untyped-call]  # the library has no annotations
    return cast("_Stemmer", stemmer.delegatedStemmer)
