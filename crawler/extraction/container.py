"""Where on the page the article's text is."""

from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.extraction.blocks import DEAD, is_body, is_furniture
from crawler.extraction.document import select, text_of

# Characters of its own text from which an element counts as prose: labels, headlines and buttons are shorter.
_PROSE_RUN = 60
# Share of the surrounding prose that a child must hold for the text to be in it alone.
_ALONE = 0.8
# The same where the child is named as the text.
_NAMED = 0.6
# A block called furniture that holds more than this share of the page's prose is the text, misnamed.
_TOO_MUCH_FOR_FURNITURE = 0.5
# A headline link with at most this many characters of prose beside it is a teaser; a parent whose prose is all (but
# for this share) in such items is a list of other articles.
_LONGEST_TEASER = 320
_ALL_TEASERS = 0.85
_TEASERS = 3
_LONGEST_WORDS = 25  # characters a word, on average: addresses and data are not prose
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# A list or quotation, however long, is part of a text, and a paragraph is too little.
_NO_CONTAINERS = frozenset({"p", "span", "ul", "ol", "dl", "blockquote"})
# If less than this share of a page's prose is outside of furniture, its names of blocks mean something else.
_PROSE_LEFT = 0.05
_SOME_TEXT = 120  # characters; a declared or marked container with less is a stub beside the text


@dataclass(frozen=True, slots=True)
class Container:
    """The elements that hold the text, in document order.

    ``prose`` is the share of the page's prose that is in them (0 to 1).
    """

    elements: tuple[Element, ...]
    prose: float


def choose(tree: Element, selector: str | None, marked: list[Element]) -> Container | None:
    """The text's container: as declared, as ``marked`` (``itemprop=articleBody``), or where the prose is dense."""
    if selector and (declared := _with_text(_outermost(select(tree, selector)))):
        return Container(declared, 1.0)
    if with_text := _with_text(_outermost(marked)):
        return Container(with_text[:1], 1.0)
    return _densest(tree)


def _outermost(elements: list[Element]) -> list[Element]:
    chosen = set(elements)
    return [element for element in elements if not any(above in chosen for above in element.iterancestors())]


def _with_text(elements: list[Element]) -> tuple[Element, ...]:
    return tuple(element for element in elements if len(text_of(element)) >= _SOME_TEXT)


class _Prose:
    """How much prose is in each element of a page; furniture and lists of teasers count nothing."""

    def __init__(self, tree: Element) -> None:
        self.order: list[Element] = []
        self.parent: list[int] = []
        self.own: list[int] = []
        self.heading_links: list[int] = []
        self._walk(tree)
        totals = self._totals(self.own)
        teasers = self._teaser_lists(totals)
        self.sums = self._add_up(teasers | self._named(totals))
        if self.sums[0] < _PROSE_LEFT * totals[0]:
            self.sums = self._add_up(teasers)

    def _walk(self, tree: Element) -> None:
        stack: list[tuple[Element, int]] = [(tree, -1)]
        while stack:
            element, parent = stack.pop()
            index = len(self.order)
            runs = [text] if (text := element.text) else []
            has_link = False
            for child in element:
                if tail := child.tail:
                    runs.append(tail)
                if (tag := child.tag) == "a":
                    has_link = True
                elif tag not in DEAD:
                    stack.append((child, index))
            own = _prose(runs) if runs and element.tag not in _HEADINGS else 0
            self.order.append(element)
            self.parent.append(parent)
            self.own.append(own)
            self.heading_links.append(int(has_link and not own))

    def _named(self, totals: list[int]) -> set[int]:
        limit = _TOO_MUCH_FOR_FURNITURE * totals[0]
        return {i for i, el in enumerate(self.order) if 0 < totals[i] <= limit and is_furniture(el)}

    def _teaser_lists(self, totals: list[int]) -> set[int]:
        """Parents whose prose is in several items of one kind, each a headline link with a few lines."""
        links = self._totals(self.heading_links)
        items: dict[tuple[int, object], list[int]] = {}
        for index, (parent, own) in enumerate(zip(self.parent, self.own, strict=True)):
            is_item = links[index] and not own and totals[index] <= _LONGEST_TEASER
            if is_item and parent > 0 and totals[parent] and self.order[index].tag not in _NO_CONTAINERS:
                items.setdefault((parent, _kind(self.order[index])), []).append(totals[index])
        return {
            parent
            for (parent, _), prose in items.items()
            if len(prose) >= _TEASERS and sum(prose) >= _ALL_TEASERS * totals[parent]
        }

    def _totals(self, values: list[int]) -> list[int]:
        return self._add_up(set(), values)

    def _add_up(self, without: set[int], values: list[int] | None = None) -> list[int]:
        sums = list(self.own if values is None else values)
        for index in range(len(sums) - 1, 0, -1):
            if sums[index]:
                if index in without:
                    sums[index] = 0
                else:
                    sums[self.parent[index]] += sums[index]
        return sums


def _prose(runs: list[str]) -> int:
    """Characters of the text directly in an element, if they are many enough and words (not an address)."""
    if sum(map(len, runs)) < _PROSE_RUN:
        return 0
    words = " ".join(runs).split()
    length = sum(map(len, words)) + len(words)
    return length if _PROSE_RUN <= length <= _LONGEST_WORDS * len(words) else 0


def _densest(tree: Element) -> Container | None:
    prose = _Prose(tree)
    if not prose.order or not prose.sums[0]:
        return None
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(prose.parent):
        if prose.sums[index]:
            children.setdefault(parent, []).append(index)
    at = _descend(prose, children)
    return Container((prose.order[at],), prose.sums[at] / prose.sums[0])


def _descend(prose: _Prose, children: dict[int, list[int]]) -> int:
    at = 0
    while inside := children.get(at):
        best = max(inside, key=prose.sums.__getitem__)
        element, share = prose.order[best], prose.sums[best] / prose.sums[at]
        named = is_body(element)
        if share < (_NAMED if named else _ALONE) or element.tag in _NO_CONTAINERS or (named and _has_twins(element)):
            break
        at = best
    return at


def _has_twins(element: Element) -> bool:
    """Whether the element is one of several of its kind side by side: the pages of an article on one page."""
    parent, kind = element.getparent(), _kind(element)
    return parent is not None and any(other is not element and _kind(other) == kind for other in parent)


def _kind(element: Element) -> tuple[object, str]:
    return element.tag, element.get("class", "").split(" ", 1)[0]
