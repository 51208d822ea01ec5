"""The items of a listing page: which part of it speaks of which article."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.discovery.elements import local, plain, text_of
from crawler.discovery.listing_dates import is_date

_PAGE = frozenset({"html", "body", "main"})  # no item is as large as that
# A page of one article has no other item to bound it: its masthead's date of today must stay outside.
_MAX_PLACES = 20  # picture, headline and "read on", in list, slider and widget
_MAX_CLIMB, _MAX_CLIMB_ALONE = 8, 3


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link to what looks like an article: ``key`` its identity, ``url`` its clean address, ``listed`` its place."""

    element: etree._Element
    key: str
    url: str
    listed: bool


@dataclass(slots=True)
class Item:
    """One article on a listing page.

    Attributes:
        url: its clean address.
        listed: whether it stands where the outlet lists its articles, not only in a menu or beside.
        anchors: the links to it there.
        blocks: the largest elements that speak of it alone, one for each place where it is listed.
    """

    url: str
    listed: bool
    anchors: list[etree._Element] = field(default_factory=list)
    blocks: list[etree._Element] = field(default_factory=list)


def items_of(anchors: list[Anchor]) -> list[Item]:
    """The articles in the page's order, each with the blocks that are its own.

    Takes all links that look like an article's, also those in menus and those that nobody wants: they bound their
    neighbours.
    """
    owners = _owners(anchors)
    climb = _MAX_CLIMB if len({anchor.key for anchor in anchors}) > 1 else _MAX_CLIMB_ALONE
    listed = {anchor.key for anchor in anchors if anchor.listed}
    items: dict[str, Item] = {}
    for anchor in anchors:
        item = items.setdefault(anchor.key, Item(anchor.url, listed=anchor.key in listed))
        if anchor.listed == item.listed and len(item.anchors) < _MAX_PLACES:
            item.anchors.append(anchor.element)
            block = _block(anchor, owners, climb)
            if block not in item.blocks:
                item.blocks.append(block)
    return list(items.values())


def neighbours(item: Item, blocks: set[etree._Element]) -> tuple[list[etree._Element], list[etree._Element]]:
    """What stands beside the item's first block before and after it, up to the blocks of other items."""
    block = item.blocks[0]
    before = list(_until(block.itersiblings(preceding=True), blocks))
    return before[::-1], list(_until(block.itersiblings(), blocks))


def _until(elements: Iterable[etree._Element], blocks: set[etree._Element]) -> Iterator[etree._Element]:
    for element in elements:
        if element in blocks or any(inner in blocks for inner in element.iter(etree.Element)):
            return
        yield element


def _owners(anchors: Iterable[Anchor]) -> dict[etree._Element, str | None]:
    """For each element above a link the one article that it speaks of, or ``None`` for several."""
    owners: dict[etree._Element, str | None] = {}
    for anchor in anchors:
        for element in (anchor.element, *anchor.element.iterancestors()):
            owner = owners.setdefault(element, anchor.key)
            if owner is None:
                break  # and so it is for all above
            if owner != anchor.key:
                owners[element] = None
    return owners


def _block(anchor: Anchor, owners: dict[etree._Element, str | None], climb: int) -> etree._Element:
    block = anchor.element
    for _, above in zip(range(climb), anchor.element.iterancestors(), strict=False):
        if owners[above] != anchor.key or local(above) in _PAGE:
            break
        block = above
    return block


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
