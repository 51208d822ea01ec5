"""Atom feeds (RFC 4287).

Built as a tree, so that nothing from the web can end an element.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request
from lxml import etree
from starlette.responses import Response

_ATOM = "http://www.w3.org/2005/Atom"
# https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class AtomResponse(Response):
    """An Atom answer."""

    media_type = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed.

    Attributes:
        id: a permanent URI.
        updated: aware; ``NEVER`` without any change.
        page: absolute address of its page.
        via: http or https address of its source.
    """

    id: str
    title: str
    updated: datetime
    page: str
    summary: str
    authors: Sequence[str]
    published: datetime | None = None
    via: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A list as a feed, newest entries first; ``page`` is its absolute address."""

    id: str
    title: str
    page: str
    entries: Sequence[Entry]


def respond(request: Request, feed: Feed) -> Response:
    """Answer with the feed, or 304 if the reader has it."""
    body = write(feed, str(request.url))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return AtomResponse(body, headers=headers)


def write(feed: Feed, address: str) -> bytes:
    """Write the document, the same bytes for the same feed and address."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(max((entry.updated for entry in feed.entries), default=NEVER)))
    _person(root, "Pantau")
    _link(root, "self", address, AtomResponse.media_type)
    _link(root, "alternate", feed.page, "text/html")
    for entry in feed.entries:
        _write_entry(etree.SubElement(root, f"{{{_ATOM}}}entry"), entry)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _write_entry(element: etree._Element, entry: Entry) -> None:
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.updated))
    if entry.published is not None:
        _text(element, "published", _moment(entry.published))
    for name in entry.authors:
        _person(element, name)
    _link(element, "alternate", entry.page, "text/html")
    if entry.via is not None:
        _link(element, "via", entry.via, "text/html")
    if entry.category is not None:
        etree.SubElement(element, f"{{{_ATOM}}}category", term=_clean(entry.category))
    _text(element, "summary", entry.summary)


def _text(parent: etree._Element, name: str, value: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _clean(value)


def _person(parent: etree._Element, name: str) -> None:
    _text(etree.SubElement(parent, f"{{{_ATOM}}}author"), "name", name)


def _link(parent: etree._Element, relation: str, address: str, kind: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", rel=relation, type=kind, href=_clean(address))


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _has(sent: str, tag: str) -> bool:
    """Compare tags weakly (RFC 9110, 13.1.2)."""
    return sent.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in sent.split(","))
