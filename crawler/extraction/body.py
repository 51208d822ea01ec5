"""Find the container of an article's text and read its paragraphs."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction import datelines, furniture
from crawler.extraction.blocks import DEAD, is_body, is_furniture
from crawler.extraction.document import clean_text, select, text_of

# Elements that begin and end a line of text; all others are inline.
_BLOCKS = frozenset(
    """address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer form h1
    h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr
    ul""".split()  # noqa: SIM905 - a table of words reads better so
)
_CELLS = frozenset({"td", "th"})
_LONGEST_CELL = 60  # characters
# A block named as furniture with more than this share of the container's text is the text, misnamed.
_TOO_MUCH = 0.4
# If such blocks together hold more than this, their words are a page builder's ("widget-text-editor").
_ALL_TOO_MUCH = 0.6
# A paragraph with at least this share of its characters in links is a link, not a sentence with a link.
_LINK_SHARE = 0.8
_SENTENCE_END = re.compile(r"[.!?…:;,][\"'”’)\]]*$")
# The date line that some containers begin with.
_DATE_LINE = re.compile(
    r"\W*(?:(?:senin|selasa|rabu|kamis|jum.{0,2}at|sabtu|minggu|ahad)\b\W*)?\d{1,2}[\s/-](?:\w{3,9}|\d{1,2})[\s/-]\d{4}"
    r"[\s\d:.,|/–-]*(?:wib|wita|wit)?\W*",
    re.IGNORECASE,
)
_HEAD_LINES = 6
_BOLD_DATELINE = re.compile(r"[\w.-]+\.(?:com|co\.id|id|net)(?:, ?[A-Z][\w .']{1,30}\w)?")
_INLINE = ("a", "b", "em", "i", "span", "strong", "u")
_LONGEST_PROMPT = 250  # characters


@dataclass(slots=True)
class Paragraph:
    """A line of text and the number of its characters in links."""

    text: str
    linked: int = 0

    @property
    def is_link(self) -> bool:
        """True for a link, false for a sentence with a link."""
        return self.linked >= _LINK_SHARE * len(self.text) and not _SENTENCE_END.search(self.text)


def read_paragraphs(container: Iterable[Element], selectors: Sequence[str] = (), title: str | None = None) -> list[str]:
    """Read the text's paragraphs; removes furniture from the elements."""
    found: list[Paragraph] = []
    for element in container:
        remove_furniture(element, selectors)
        _end_bold_dateline(element)
        found.extend(paragraphs(element))
    return tidy_paragraphs(found, title)


def remove_furniture(container: Element, selectors: Sequence[str] = ()) -> None:
    for css in selectors:
        for element in select(container, css):
            if element is not container:
                _drop(element)
    whole = _length(container)
    for element in list(container.iterdescendants(*DEAD)):
        _drop(element)
    named = [
        found for found in container.iterdescendants() if is_furniture(found) and _length(found) <= _TOO_MUCH * whole
    ]
    if sum(map(_length, _outermost(named))) > _ALL_TOO_MUCH * whole:
        named = [found for found in named if not _has_prose(found)]
    for element in named:
        _drop(element)
    for element in [found for found in container.iterdescendants(*_INLINE) if _is_inline_prompt(found)]:
        _drop_prompt(element)


def _end_bold_dateline(container: Element) -> None:
    """Add the missing dash to "<b>Kabar.com, Jakarta</b> Warga …"."""
    bold = next(container.iter("b", "strong"), None)
    if bold is None or not _BOLD_DATELINE.fullmatch(clean_text("".join(bold.itertext()))):
        return
    tail = (bold.tail or "").lstrip()
    if tail[:1].isalnum() or tail[:1] in {'"', "“"}:
        bold.tail = f" – {tail}"


def _is_inline_prompt(element: Element) -> bool:
    text = "".join(element.itertext())
    return len(text) <= _LONGEST_PROMPT and furniture.is_prompt(clean_text(text))


def _drop_prompt(element: Element) -> None:
    following = element.getnext()
    if following is not None and following.tag == "a" and not (element.tail or "").strip(" :\xa0\n\t"):
        element.tail = None
        _drop(following)
    _drop(element)


def _outermost(elements: Sequence[Element]) -> list[Element]:
    chosen = set(elements)
    return [element for element in elements if not any(above in chosen for above in element.iterancestors())]


def _has_prose(element: Element) -> bool:
    return any(furniture.is_prose(line.text) and not line.linked for line in paragraphs(element))


def _length(element: Element) -> int:
    return sum(map(len, element.itertext()))


def _drop(element: Element) -> None:
    """Remove the element; the text behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


class _Lines:
    def __init__(self) -> None:
        self.found: list[Paragraph] = []
        self.inside_links = 0
        self._pieces: list[str] = []
        self._linked = 0

    def add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)
            self._linked += len(text.strip()) if self.inside_links else 0

    def end_line(self) -> None:
        if text := clean_text("".join(self._pieces)):
            self.found.append(Paragraph(text, min(self._linked, len(text))))
        self._pieces.clear()
        self._linked = 0

    def end_cell(self) -> None:
        """End the line after a long cell only: "Penulis | : Budi" is one line."""
        if sum(map(len, self._pieces)) > _LONGEST_CELL:
            self.end_line()
        self.add(" ")


def paragraphs(container: Element) -> list[Paragraph]:
    """Return the element's lines of text; blocks and ``br`` end a line."""
    lines = _Lines()
    for event, element in etree.iterwalk(container, events=("start", "end")):
        if element.tag in _BLOCKS:
            lines.end_line()
        elif element.tag in _CELLS:
            lines.end_cell()
        elif element.tag == "a":
            lines.inside_links += 1 if event == "start" else -1
        if event == "start":
            lines.add(element.text)
        elif element is not container:
            lines.add(element.tail)
    lines.end_line()
    return lines.found


def tidy_paragraphs(found: Sequence[Paragraph], title: str | None = None) -> list[str]:
    lines = [paragraph.text for paragraph in found]
    kept = [found[index] for index in furniture.kept_lines(lines)]
    texts = [paragraph.text for paragraph in kept if not paragraph.is_link]
    head = [text for text in texts[:_HEAD_LINES] if text != title and not _DATE_LINE.fullmatch(text)]
    return _without_repeats([*_from_dateline(head), *texts[_HEAD_LINES:]])


def _from_dateline(head: list[str]) -> list[str]:
    """Drop labels (section, author) above the dateline."""
    for index, text in enumerate(head):
        if _SENTENCE_END.search(text) or len(text) > _LONGEST_PROMPT:
            return head[index:] if datelines.split_dateline(text)[0] else head
    return head


def _without_repeats(texts: Sequence[str]) -> list[str]:
    return [text for index, text in enumerate(texts) if index == 0 or text != texts[index - 1]]


def join_pages(pages: Sequence[Sequence[str]]) -> list[str]:
    joined: list[str] = []
    seen: set[str] = set()
    for page in pages:
        fresh = [text for text in page if text not in seen]
        joined.extend(fresh)
        seen.update(fresh)
    return joined


# Characters of own text that make an element prose: labels, headlines and buttons are shorter.
_PROSE_RUN = 60
# A child with this share of the surrounding prose holds the whole text.
_ALONE = 0.8
# The same for a child named as the text.
_NAMED = 0.6
# A block named as furniture with more than this share of the page's prose is the text, misnamed.
_TOO_MUCH_FOR_FURNITURE = 0.5
# Most characters of a teaser's prose; a parent with this share of its prose in teasers lists other articles.
_LONGEST_TEASER = 320
_ALL_TEASERS = 0.85
_TEASERS = 3
_LONGEST_WORDS = 25  # characters a word, on average: addresses and data are not prose
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Lists and quotations, however long, are parts of a text; a paragraph is too little.
_NO_CONTAINERS = frozenset({"p", "span", "ul", "ol", "dl", "blockquote"})
# If less than this share of a page's prose is outside of furniture, its block names mean something else.
_PROSE_LEFT = 0.05
_SOME_TEXT = 120  # characters; a declared or marked container with less is a stub beside the text


@dataclass(frozen=True, slots=True)
class Container:
    """Elements with the text in document order, and their share of the prose."""

    elements: tuple[Element, ...]
    prose: float


def choose_container(tree: Element, selector: str | None, marked: list[Element]) -> Container | None:
    """Choose the container: declared, ``marked`` by ``itemprop``, or densest prose."""
    if selector and (declared := _with_text(_outermost(select(tree, selector)))):
        return Container(declared, 1.0)
    if with_text := _with_text(_outermost(marked)):
        return Container(with_text[:1], 1.0)
    return _densest(tree)


def _with_text(elements: list[Element]) -> tuple[Element, ...]:
    return tuple(element for element in elements if len(text_of(element)) >= _SOME_TEXT)


class _Prose:
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
    """True for siblings of the same kind: an article's pages on one page."""
    parent, kind = element.getparent(), _kind(element)
    return parent is not None and any(other is not element and _kind(other) == kind for other in parent)


def _kind(element: Element) -> tuple[object, str]:
    return element.tag, element.get("class", "").split(" ", 1)[0]
