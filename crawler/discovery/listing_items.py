"""The items of a listing page: which part of it speaks of which article."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.discovery.elements import local, plain, text_of

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_PAGE = frozenset({"html", "body", "main"})  # no item is as large as that
# A page of one article has no other item to bound it: its masthead's date of today must stay outside.
_MAX_CLIMB, _MAX_CLIMB_ALONE = 8, 3
_TITLE_CLASS = re.compile(r"title|judul", re.IGNORECASE)
_MAX_TITLE = 250  # longer is a card's whole text
_TITLE_WORDS = 3  # fewer are "Selengkapnya", "Baca juga", a section's name


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link to what looks like an article: ``key`` its identity, ``url`` its clean address."""

    element: etree._Element
    key: str
    url: str


@dataclass(slots=True)
class Item:
    """One article on a listing page.

    Attributes:
        url: its clean address.
        anchors: all links to it.
        blocks: the largest elements that speak of it alone, one for each place where it is listed.
    """

    url: str
    anchors: list[etree._Element] = field(default_factory=list)
    blocks: list[etree._Element] = field(default_factory=list)

    def title(self) -> tuple[str | None, etree._Element | None]:
        """The headline and the element that holds it: a heading, an element called title, the link's text."""
        for element in self._headlines():
            text = text_of(element)
            if text and len(text) <= _MAX_TITLE:
                return text, element
        return self._attribute_title(), None

    def _headlines(self) -> Iterator[etree._Element]:
        yield from (heading for anchor in self.anchors for heading in _headings_around(anchor))
        yield from (heading for block in self.blocks for heading in _own_headings(block, self.anchors))
        yield from (named for anchor in self.anchors for named in _named_titles(anchor))
        texts = [(len(text.split()), anchor) for anchor in self.anchors if (text := text_of(anchor))]
        for words, anchor in sorted(texts, key=lambda pair: -pair[0]):
            if words >= _TITLE_WORDS:
                yield anchor

    def _attribute_title(self) -> str | None:
        stated = [anchor.get("title") for anchor in self.anchors]
        pictured = [image.get("alt") for block in self.blocks for image in block.iter("img")]
        linked = [text_of(anchor) for anchor in self.anchors]
        texts = (plain(text) for text in (*stated, *pictured, *linked))
        return next((text for text in texts if text and len(text) <= _MAX_TITLE), None)


def items_of(anchors: Iterable[Anchor], wanted: set[str]) -> list[Item]:
    """The wanted articles in the page's order, each with the blocks that are its own.

    Args:
        anchors: all links that look like an article's, the unwanted ones too: they bound their neighbours.
        wanted: keys of the articles.
    """
    anchors = list(anchors)
    owners = _owners(anchors)
    alone = len({anchor.key for anchor in anchors}) == 1
    items: dict[str, Item] = {}
    for anchor in anchors:
        if anchor.key in wanted:
            item = items.setdefault(anchor.key, Item(anchor.url))
            item.anchors.append(anchor.element)
            block = _block(anchor, owners, _MAX_CLIMB_ALONE if alone else _MAX_CLIMB)
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


def _headings_around(anchor: etree._Element) -> Iterator[etree._Element]:
    yield from (element for element in anchor.iter(etree.Element) if local(element) in HEADINGS)
    yield from (above for above in anchor.iterancestors() if local(above) in HEADINGS)


def _own_headings(block: etree._Element, anchors: list[etree._Element]) -> Iterator[etree._Element]:
    for heading in block.iter(etree.Element):
        links = heading.iter("a") if local(heading) in HEADINGS else iter(())
        outer = (above for above in heading.iterancestors("a"))
        if local(heading) in HEADINGS and all(link in anchors for link in (*links, *outer)):
            yield heading


def _named_titles(anchor: etree._Element) -> Iterator[etree._Element]:
    for element in anchor.iterdescendants(etree.Element):
        if _TITLE_CLASS.search(element.get("class", "").rpartition(" ")[2]):
            yield element
