"""Second stage: one way to write a text, so that equal articles are equal. Pure.

The result can be pickled, and stored in either database.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core.models import Article, Fetched, Rejection, Timestamp
from core.text.analyser import analyse
from core.text.words import folded_words
from core.urls import MAX_URL_LENGTH
from database.articles import LIST_FIELDS, TEXT_FIELDS, Terms
from pipelines.fingerprint import Fingerprint, can_link, fingerprint_words

# The longest headlines of known outlets have some 250 characters; longer ones are paragraphs.
MAX_TITLE = 500
MAX_SUMMARY = 5_000
# Names, sections, tags, datelines, credits: the database gives a source 40 characters, the others are free.
MAX_NAME = 100
MAX_CREDIT = 200
MAX_SOURCE = 40
MAX_NAMES = 50
# Text fields without a rule of their own.
_LINES = tuple(name for name in TEXT_FIELDS if name not in {"section", "image_url", "language"})
_LONGEST = {"title": MAX_TITLE, "dateline": MAX_CREDIT, "credit": MAX_CREDIT}
# Before the web there were no online articles; a CMS shows years 1, 1900 and 1970 for "no date".
FIRST_YEAR = 1990

_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Invisible: controls (PostgreSQL refuses NUL), soft hyphen, zero-width and direction marks, object placeholders,
# icon-font glyphs (private use), lone surrogates (no UTF-8), non-characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\ue000-\uf8ff\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_WORD = re.compile(r"[^\W_]+")
_URL_LIKE = re.compile(r"://|^www\.|^/|@|\.(?:com|co\.id|id|net|org)/", re.IGNORECASE)
_HTTP_URL = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class Indexed(Protocol):
    """The searchable parts of an article."""

    title: str | None
    text: str
    authors: list[str]
    section: str | None
    dateline: str | None
    credit: str | None


@dataclass(frozen=True, slots=True)
class Normalised:
    """An article ready to be compared, indexed and stored.

    Attributes:
        article: texts in NFC, trimmed, nothing invisible; impossible values are unknown.
        text_sha256: hexadecimal, of the comparison form in UTF-8.
        fingerprint: None for a text too short to link.
    """

    article: Article
    text_sha256: str
    words: int
    terms: Terms
    fingerprint: Fingerprint | None


def normalise(article: Article) -> Normalised:
    clean = _clean_article(article)
    words = folded_words(clean.text)
    return Normalised(
        article=clean,
        text_sha256=hashlib.sha256(" ".join(words).encode()).hexdigest(),
        words=len(words),
        terms=index_terms(clean),
        fingerprint=fingerprint_words(words) if can_link(len(words)) else None,
    )


def comparison_form(text: str) -> str:
    """Return the part of a text that is the same in every copy.

    Letters and digits, NFKC and case-folded, one space between words.
    """
    return " ".join(folded_words(clean_text(text)))


def index_terms(article: Indexed) -> Terms:
    """Return the index's terms; the body's include dateline and credit."""
    return Terms(
        title=analyse(article.title or ""),
        body=analyse("\n".join(part for part in (article.dateline, article.text, article.credit) if part)),
        author=analyse("\n".join(article.authors)),
        section=analyse(article.section or ""),
    )


def clean_text(text: str) -> str:
    """Return paragraphs, one a line, NFC, single-spaced, nothing invisible."""
    tidy = (" ".join(line.split()) for raw in text.split("\n") for line in _visible_lines(raw))
    return unicodedata.normalize("NFC", "\n".join(filter(None, tidy)))


def _visible_lines(raw: str) -> list[str]:
    # Most lines are plain; this check costs a tenth of the search.
    if raw.isascii() and raw.isprintable():
        return [raw]
    return _INVISIBLE.sub("", _LINE_BREAK.sub("\n", raw)).split("\n")


def clean_line(text: str | None, longest: int) -> str | None:
    """Return the text on one line; ``None`` if empty or longer than ``longest``."""
    line = clean_text(text or "").replace("\n", " ")
    return line if 0 < len(line) <= longest else None


def _clean_article(article: Article) -> Article:
    values: dict[str, Any] = {
        name: clean_line(getattr(article, name), _LONGEST.get(name, MAX_SUMMARY)) for name in _LINES
    }
    values |= {name: _names(getattr(article, name)) for name in LIST_FIELDS}
    return replace(
        article,
        **values,
        text=clean_text(article.text),
        section=_name(article.section),
        image_url=_http_url(article.image_url),
        language=article.language if article.language and _LANGUAGE.fullmatch(article.language) else None,
        published=_timestamp(article.published),
        modified=_timestamp(article.modified),
        canonical_url=_http_url(article.canonical_url),
    )


def _name(name: str | None) -> str | None:
    line = clean_line(name, MAX_NAME)
    return line if line and _WORD.search(line) and not _URL_LIKE.search(line) else None


def _names(names: Iterable[str]) -> list[str]:
    by_folded: dict[str, str] = {}
    for name in filter(None, map(_name, names)):
        by_folded.setdefault(name.casefold(), name)
    return list(by_folded.values())[:MAX_NAMES]


def _http_url(url: str | None) -> str | None:
    line = clean_line(url, MAX_URL_LENGTH)
    return line if line and _HTTP_URL.fullmatch(line) else None


def _timestamp(stamp: Timestamp | None) -> Timestamp | None:
    if stamp is None or stamp.at.year < FIRST_YEAR:
        return None
    raw = clean_text(stamp.raw).replace("\n", " ")[:MAX_CREDIT]
    return replace(stamp, raw=raw, source=stamp.source[:MAX_SOURCE])


@dataclass(frozen=True, slots=True)
class Extracted:
    """A fetched page with its article or rejection."""

    fetched: Fetched
    result: Normalised | Rejection
