"""Read schema.org statements (JSON-LD), even from broken JSON."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element as Element

Node = dict[str, Any]

ARTICLE_TYPES = frozenset(
    (
        *("NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle"),
        *("OpinionNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "BlogPosting", "TechArticle", "Report"),
        *("AdvertiserContentArticle", "DiscussionForumPosting", "SocialMediaPosting"),
    )
)
_LARGEST = 1_000_000  # characters; a larger script is application data, not a statement
_DEEPEST = 12  # levels; real statements have four
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/|<!\[CDATA\[)+|(?:-->|//\]\]>|\]\]>|;)+\s*$", re.DOTALL)
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_FIELD = re.compile(r'"(headline|datePublished|dateModified|@type|articleSection)"\s*:\s*"((?:[^"\\]|\\.)*)"')
# Other articles that a statement lists beside its own.
_LISTS = frozenset(
    {"itemListElement", "hasPart", "isPartOf", "publisher", "relatedLink", "comment", "about", "mentions"}
)


def nodes(tree: Element) -> list[Node]:
    """Return all typed JSON-LD objects, outermost first."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in script.get("type", "").lower() and (text := script.text) and len(text) <= _LARGEST:
            found.extend(_flatten(_load(text)))
    return found


def article_node(found: list[Node]) -> Node:
    return next((node for node in found if types_of(node) & ARTICLE_TYPES), {})


def types_of(node: Node) -> set[str]:
    stated = node.get("@type") or ()
    return {str(kind).rsplit("/", 1)[-1] for kind in (stated if isinstance(stated, list) else [stated])}


def text_value(value: object) -> str:
    """Return a value's first string (``name`` or ``url`` of an object)."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("url") or value.get("@id") or value.get("@value")
    return html.unescape(value).strip() if isinstance(value, str) else ""


def text_values(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for item in values if (text := text_value(item))]


def _load(text: str) -> object:
    for attempt in _readings(text):
        try:
            # Not strict: raw line breaks inside strings are common. Trailing braces and text are ignored.
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return _salvage(text)


def _readings(text: str) -> Iterator[str]:
    yield text.strip()
    bare = _WRAPPING.sub("", text).strip()
    yield bare
    yield _TRAILING_COMMA.sub("", bare)


def _salvage(text: str) -> Node:
    fields: Node = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name, value.replace('\\"', '"').replace("\\/", "/"))
    return fields if types_of(fields) & ARTICLE_TYPES else {}


def _flatten(value: object, depth: int = 0) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for name, item in value.items():
            if name not in _LISTS and isinstance(item, dict | list):
                yield from _flatten(item, depth + 1)
