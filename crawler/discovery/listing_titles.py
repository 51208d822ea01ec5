"""The headline that a listing page shows for an article."""

import re
from collections.abc import Iterator

from lxml import etree

from crawler.discovery.elements import local, plain, text_of
from crawler.discovery.listing_dates import is_date
from crawler.discovery.listing_items import Item

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TITLE_CLASS = re.compile(r"title|judul", re.IGNORECASE)
_MAX_TITLE = 250  # longer is a card's whole text
_TITLE_WORDS = 3  # fewer are "Selengkapnya", "Baca juga", a section's name


def item_title(item: Item) -> str | None:
    """The headline: a heading, an element called title, the link's text, its ``title``, its picture's ``alt``."""
    titles = (_title_of(element) for element in _headlines(item))
    return next((title for title in titles if title and len(title) <= _MAX_TITLE), None) or _attribute_title(item)


def _headlines(item: Item) -> Iterator[etree._Element]:
    yield from (heading for anchor in item.anchors for heading in _headings_around(anchor))
    yield from (named for anchor in item.anchors for named in _named_titles(anchor))
    texts = [(len(text.split()), anchor) for anchor in item.anchors if (text := text_of(anchor))]
    yield from (anchor for words, anchor in sorted(texts, key=lambda pair: -pair[0]) if words >= _TITLE_WORDS)
    yield from (heading for block in item.blocks for heading in _own_headings(block, item.anchors))


def _attribute_title(item: Item) -> str | None:
    stated = [anchor.get("title") for anchor in item.anchors]
    pictured = [image.get("alt") for block in item.blocks for image in block.iter("img")]
    linked = [text_of(anchor) for anchor in item.anchors]
    texts = (plain(text) for text in (*stated, *pictured, *linked))
    return next((text for text in texts if text and len(text) <= _MAX_TITLE), None)


def _title_of(element: etree._Element) -> str | None:
    """The element's text; where it holds a whole card (section, "3 menit lalu", headline), its longest part."""
    text = text_of(element)
    parts = [part for raw in element.itertext() if (part := plain(str(raw)))]
    return max(parts, key=len) if any(map(is_date, parts)) else text


def _headings_around(anchor: etree._Element) -> Iterator[etree._Element]:
    yield from (element for element in anchor.iter(etree.Element) if local(element) in _HEADINGS)
    yield from (above for above in anchor.iterancestors() if local(above) in _HEADINGS)


def _own_headings(block: etree._Element, anchors: list[etree._Element]) -> Iterator[etree._Element]:
    for heading in block.iter(etree.Element):
        links = heading.iter("a") if local(heading) in _HEADINGS else iter(())
        outer = (above for above in heading.iterancestors("a"))
        if local(heading) in _HEADINGS and all(link in anchors for link in (*links, *outer)):
            yield heading


def _named_titles(anchor: etree._Element) -> Iterator[etree._Element]:
    for element in anchor.iter(etree.Element):
        if _TITLE_CLASS.search(element.get("class", "").rpartition(" ")[2]):
            yield element
