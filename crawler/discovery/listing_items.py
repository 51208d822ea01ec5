"""The items of a listing page: which part of it speaks of which article."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.discovery.elements import local

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
