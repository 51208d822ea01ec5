"""Parse page bytes into a tree; small helpers for reading it."""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import _Element as Element
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

# Zero-width characters and soft hyphens are invisible: a word with one would never be found.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufffc"))
_CONTROL = bytes({*range(0x20)} - set(b"\t\n\f\r"))
# With a greater share of control characters the body is a picture, an archive or a PDF.
_BINARY = 0.05
_LONGEST_NAME = 400  # characters of class and id
# UTF-8 with a few bad bytes (cut at a limit, a pasted comment) has far more good sequences than bad.
_GOOD_PER_BAD = 10
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")

_HEAD = 2_000  # bytes searched for the document's type
# A prolog, then the first element's name, perhaps with a namespace prefix.
_SOURCE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<(?:\?|!--|!DOCTYPE)[^>]*>\s*)*<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)\b",
    re.IGNORECASE,
)


def is_source(body: bytes) -> bool:
    return _SOURCE.match(body[:_HEAD]) is not None


def parse(body: bytes, charset: str | None = None) -> Element | None:
    """Parse a page; ``None`` if it has no element.

    Comments are left out. Elements deeper than libxml2's limit are dropped silently.
    """
    text = to_utf8(body, charset)
    data = text.translate(None, _CONTROL)
    if not data or data.isspace() or _is_binary(text, len(data)):
        return None
    # Plain elements: lxml.html's own class costs a call into Python for each of thousands.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True, collect_ids=False
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _is_binary(text: bytes, printable: int) -> bool:
    """True for too many control characters; careless systems' NULs do not count."""
    if len(text) == printable:
        return False
    length = len(text) - text.count(b"\0")
    return length - printable > _BINARY * length


def to_utf8(body: bytes, charset: str | None = None) -> bytes:
    """Convert the text to UTF-8.

    Valid UTF-8 is taken as such: other charsets never look so by chance. Else the header or ``meta`` decides;
    ``iso-8859-1`` means windows-1252 as in browsers.
    """
    marked, mark = read_bom(body)
    if marked is not None and mark is not None:
        return body[len(mark) :].decode(marked, "replace").encode()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(_declared(body, charset), "replace").encode("utf-8", "replace")
    return body


def _declared(body: bytes, charset: str | None) -> str:
    header = http_content_type_encoding(f"text/html; charset={charset}") if charset else None
    names = [name for name in (header, html_body_declared_encoding(body)) if name]
    for name in map(resolve_encoding, names):
        if name and codecs.lookup(name).name != "utf-8" and _decodes(body, name):
            return name
    return "utf-8" if _is_mostly_utf8(body) else "cp1252"


def _decodes(body: bytes, name: str) -> bool:
    # cp1252 leaves five bytes undefined; browsers still read text with them as cp1252.
    if codecs.lookup(name).name == "cp1252":
        return not _is_mostly_utf8(body)
    try:
        body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _is_mostly_utf8(body: bytes) -> bool:
    good = len(_MULTIBYTE.findall(body))
    bad = body.decode("utf-8", "replace").count("\ufffd")
    return good > _GOOD_PER_BAD * bad or (good > 0 and bad <= 1)


def clean_text(text: str | None) -> str:
    """Return the text on one line: NFC, single spaces, nothing invisible."""
    if not text:
        return ""
    text = " ".join(text.split())
    return text if text.isascii() else " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def text_of(element: Element) -> str:
    return clean_text("".join(element.itertext()))


def attributes_of(element: Element) -> str:
    kind, name = element.get("class"), element.get("id")
    return f"{kind or ''} {name or ''}"[:_LONGEST_NAME].strip() if kind or name else ""


def by_itemprop(elements: Iterable[Element]) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in elements:
        if name := element.get("itemprop"):
            found.setdefault(name, []).append(element)
    return found


@lru_cache(maxsize=1024)
def _selector(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def select(tree: Element, css: str) -> list[Element]:
    return [found for found in _selector(css)(tree) if isinstance(found, Element)]
