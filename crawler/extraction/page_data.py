"""Read articles that scripts render: JSON-LD ``articleBody``, ``__NEXT_DATA__``."""

import json
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element as Element

from crawler.extraction import document
from crawler.extraction.json_ld import Node, text_value

_LARGEST = 3_000_000  # characters of a script
_MOST_VALUES = 50_000  # an application's data may hold a whole site
_FEWEST = 200  # characters; a shorter string is a summary
_MARKUP = ("<p", "<br", "<div")
_DATES = (
    "published_at",
    "publishedAt",
    "publish_date",
    "publishDate",
    "datePublished",
    "published_date",
    "publishedDate",
)


def body_of(tree: Element, article: Node) -> Element | None:
    stated = text_value(article.get("articleBody"))
    if len(stated) >= _FEWEST:
        return document.parse(_as_markup(stated).encode())
    content = longest(tree)[1]
    return document.parse(content.encode()) if content else None


def published_of(tree: Element) -> str | None:
    """Return the date beside the longest text in the application's data."""
    holder = longest(tree)[0]
    return next((value for name in _DATES if isinstance(value := holder.get(name), str) and value), None)


def longest(tree: Element) -> tuple[dict[str, Any], str]:
    holder: dict[str, Any] = {}
    content = ""
    for owner, text in (pair for data in _states(tree) for pair in _strings(data)):
        if len(text) > max(len(content), _FEWEST) and any(mark in text for mark in _MARKUP):
            holder, content = owner, text
    return holder, content


def _states(tree: Element) -> Iterator[object]:
    for script in tree.iter("script"):
        is_data = script.get("id") == "__NEXT_DATA__" or script.get("type") == "application/json"
        if is_data and script.text and len(script.text) <= _LARGEST:
            try:
                yield json.loads(script.text)
            except (ValueError, RecursionError):
                continue


def _strings(data: object) -> Iterator[tuple[dict[str, Any], str]]:
    stack = [data]
    for _ in range(_MOST_VALUES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, dict):
            yield from ((value, item) for item in value.values() if isinstance(item, str))
            stack.extend(item for item in value.values() if isinstance(item, dict | list))
        elif isinstance(value, list):
            stack.extend(item for item in value if isinstance(item, dict | list))


def _as_markup(text: str) -> str:
    return text if any(mark in text for mark in _MARKUP) else "".join(f"<p>{line}</p>" for line in text.splitlines())
