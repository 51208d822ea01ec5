"""Read a page's authors, section, tags, summary and addresses."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from lxml.etree import _Element as Element

from crawler.extraction import bylines
from crawler.extraction.document import attributes_of, clean_text, select, text_of
from crawler.extraction.statements import Statements
from crawler.extraction.structured import text_value, text_values

_LONGEST_BYLINE = 160
_BYLINE_TAGS = ("div", "span", "p", "a", "td", "strong", "b", "em", "i", "font", "li")
_NOT_BYLINES = re.compile(
    r"(?:^|[\s_-])(?:photo|foto|image|img|caption|comment\w*|komentar|related|list)(?=$|[\s_-])", re.IGNORECASE
)
_BYLINE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|penulis|reporter|pewarta|wartawan|redaktur|editor|jurnalis|writer)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE_START = re.compile(
    r"\W*(?:penulis|pewarta|reporter|oleh|laporan|wartawan|jurnalis|red(?:aktur)?|rep)\s*[:/]", re.IGNORECASE
)
# Stated as author by content systems, but not a name.
_NO_NAME = re.compile(
    r"https?:|www\.|@|\.(?:com|id|co\.id)\b|\b(?:admin(?:istrator)?|redaksi|developer|newsroom|cyber media|editor)\b"
    r"|\b(?:tim|wajib|required|guest|tamu|dok|facebook)\b",
    re.IGNORECASE,
)
_META_AUTHORS = ("content_author", "dtk:author", "dable:author", "sailthru.author", "parsely-author", "author")
_META_SECTIONS = ("article:section", "content_category", "dtk:kanal", "adx:sections", "cxenseparse:category", "section")
_META_TAGS = ("article:tag", "content_tags", "news_keywords", "dtk:keywords", "keywords")
_GENERIC_TAGS = re.compile(r"\b(?:berita|news|portal|indonesia|terkini|terbaru|online)\b", re.IGNORECASE)
_MOST_TAGS = 30


def authors(page: Statements) -> list[str]:
    """Read the authors without roles: declared, stated, or from a byline."""
    if page.outlet.article.author:
        raw = [text_of(el) or clean_text(el.get("content")) for el in select(page.tree, page.outlet.article.author)]
        if declared := _people(page, raw):
            return declared
    return (
        _people(page, text_values(page.article.get("author")))
        or _people(page, [page.meta(name) or "" for name in _META_AUTHORS])
        or _people(page, _shown_bylines(page))
    )


def _people(page: Statements, raw: Iterable[str]) -> list[str]:
    bylines_found = [text for text in raw if text and not _NO_NAME.search(text)]
    names = [name for text in bylines_found for name in bylines.read_names(text, page.site_names)]
    return list(dict.fromkeys(names))


@lru_cache(maxsize=4096)
def _says_byline(words: str) -> bool:
    return _BYLINE_WORDS.search(words) is not None and _NOT_BYLINES.search(words) is None


def _shown_bylines(page: Statements) -> list[str]:
    for element in page.tree.iter(*_BYLINE_TAGS):
        if _says_byline(attributes_of(element)) or "author" in (element.get("itemprop"), element.get("rel")):
            text = text_of(element)
            if 0 < len(text) <= _LONGEST_BYLINE and not any(character.isdigit() for character in text):
                return [text]
        elif (
            (start := element.text)
            and _BYLINE_START.match(start)
            and len(text := _first_line(element)) <= _LONGEST_BYLINE
        ):
            return [text]
    return []


def _first_line(element: Element) -> str:
    """Return the element's text up to a line break; the editor comes behind it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "br":
            break
        pieces += [*child.itertext(), child.tail or ""]
    return clean_text("".join(pieces))


def section(page: Statements) -> str | None:
    """Read the stated section (rubrik)."""
    stated = text_value(page.article.get("articleSection")) or page.meta(*_META_SECTIONS)
    return clean_text(stated) or None


def tags(page: Statements) -> list[str]:
    """Read the article's keywords, each once, without a site's general words."""
    for name in _META_TAGS:
        contents = page.metas.get(name, [])
        found = [tag for content in contents for raw in content.split(",") if (tag := clean_text(raw))]
        if found and not all(_GENERIC_TAGS.search(tag) for tag in found):
            return list(dict.fromkeys(found))[:_MOST_TAGS]
    stated = [
        tag for text in text_values(page.article.get("keywords")) for raw in text.split(",") if (tag := clean_text(raw))
    ]
    return list(dict.fromkeys(stated))[:_MOST_TAGS]


def summary(page: Statements) -> str | None:
    """Read the page's description of the article."""
    return clean_text(text_value(page.article.get("description"))) or page.meta("og:description", "description") or None


def image_url(page: Statements) -> str | None:
    """Read the absolute URL of the article's picture."""
    return _absolute(page.url, page.meta("og:image", "twitter:image") or text_value(page.article.get("image")))


def canonical_url(page: Statements) -> str | None:
    """Read the page's stated URL, absolute; not yet verified."""
    for link in page.tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (address := _absolute(page.url, link.get("href"))):
            return address
    return _absolute(page.url, page.meta("og:url"))


def _absolute(base: str, address: str | None) -> str | None:
    if not address or not address.strip():
        return None
    try:
        absolute = urljoin(base, address.strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    return absolute if parts.scheme in {"http", "https"} and parts.netloc else None
