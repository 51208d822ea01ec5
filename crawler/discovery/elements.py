"""Elements whose namespaces are not to be trusted: prefixes are odd, undeclared, or bound to a misspelt address."""

import re
from functools import lru_cache
from html import unescape

from lxml import etree

# JSON can hold what no database takes: NUL and halves of characters.
_UNPRINTABLE = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, *range(0xD800, 0xE000)])
_TAGS = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def local_name(element: etree._Element) -> str:
    """The tag's name in lower case without namespace or prefix; empty for comments and instructions."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)  # a sitemap asks half a million times about six names
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def qualifier(element: etree._Element) -> str:
    """What stands before the tag's name: the namespace, an undeclared prefix, or nothing."""
    tag = element.tag
    return tag[: -len(local_name(element))] if isinstance(tag, str) else ""


def text_of(element: etree._Element | None) -> str | None:
    """All text in the element without markup, escaped or not, on one line; ``None`` for none."""
    if element is None:
        return None
    text = "".join(str(part) for part in element.itertext())
    return plain_text(text)


def plain_text(text: str | None) -> str | None:
    """The text without tags and entities, on one line; ``None`` for none."""
    if not text:
        return None
    # Escaped once by XML and once by an editor: "&amp;amp;" and "&lt;b&gt;" are both common in titles.
    text = unescape(_TAGS.sub("", unescape(text))).translate(_UNPRINTABLE)
    return " ".join(text.split()) or None
