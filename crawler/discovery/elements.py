"""Names and texts of XML elements, even with undeclared or misspelt namespaces."""

import re
from functools import lru_cache
from html import unescape

from lxml import etree

# JSON can hold characters that no database accepts: NUL and lone surrogates.
_UNPRINTABLE = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, *range(0xD800, 0xE000)])
_TAGS = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def local_name(element: etree._Element) -> str:
    """Return the tag in lower case without prefix; empty for comments."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)  # a sitemap asks half a million times about six names
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def qualifier(element: etree._Element) -> str:
    tag = element.tag
    return tag[: -len(local_name(element))] if isinstance(tag, str) else ""


def text_of(element: etree._Element | None) -> str | None:
    """Return the text on one line, without escaped markup."""
    if element is None:
        return None
    text = "".join(str(part) for part in element.itertext())
    return plain_text(text)


def plain_text(text: str | None) -> str | None:
    if not text:
        return None
    # Escaped once by XML and once by an editor: "&amp;amp;" and "&lt;b&gt;" are both common in titles.
    text = unescape(_TAGS.sub("", unescape(text))).translate(_UNPRINTABLE)
    return " ".join(text.split()) or None
