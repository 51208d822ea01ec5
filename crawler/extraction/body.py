"""From a container to paragraphs: furniture out, text blocks in order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction import datelines, furniture
from crawler.extraction.blocks import DEAD, is_furniture
from crawler.extraction.document import clean_text, select

# Elements that begin and end a line of text; everything else is inside one.
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_CELLS = frozenset({"td", "th"})
_LONGEST_CELL = 60  # characters
# A block named as furniture that holds more than this share of the container's text is the text, misnamed.
_TOO_MUCH = 0.4
# Where such blocks together hold more than this, the words are those of a page builder ("widget-text-editor").
_ALL_TOO_MUCH = 0.6
# From this share of its characters a paragraph that is links is a link, not a sentence with a link in it.
_LINK_SHARE = 0.8
_SENTENCE_END = re.compile(r"[.!?…:;,][\"'”’)\]]*$")
# The date line and the like that some containers begin with.
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
    """A line of text and how many of its characters are links."""

    text: str
    linked: int = 0

    @property
    def is_link(self) -> bool:
        """Whether it is a link rather than a sentence that has one."""
        return self.linked >= _LINK_SHARE * len(self.text) and not _SENTENCE_END.search(self.text)


def read(container: Iterable[Element], selectors: Sequence[str] = (), title: str | None = None) -> list[str]:
    """The text's paragraphs, one string each. The elements are changed: their furniture is removed.

    Args:
        container: the elements that hold the text, in order.
        selectors: CSS of what the outlet declares as furniture.
        title: the article's title, which is not repeated as text.
    """
    found: list[Paragraph] = []
    for element in container:
        remove_furniture(element, selectors)
        _end_bold_dateline(element)
        found.extend(paragraphs(element))
    return tidy(found, title)


def remove_furniture(container: Element, selectors: Sequence[str] = ()) -> None:
    """Remove the blocks that are not text: declared, dead elements, and what calls itself furniture."""
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
    """Give "<b>Kabar.com, Jakarta</b> Warga …" the dash that ends other datelines, before the bold print is lost."""
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
    """Remove "Baca juga:" inside a paragraph, and the headline link that follows it at once."""
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
    """Remove the element and what is in it; the text that follows it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


class _Lines:
    """Pieces of text on their way to lines."""

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
        """End the line after a long cell only: "Penulis | : Budi" is one line, the columns of a page are not."""
        if sum(map(len, self._pieces)) > _LONGEST_CELL:
            self.end_line()
        self.add(" ")


def paragraphs(container: Element) -> list[Paragraph]:
    """The lines of text below an element: blocks and ``br`` end a line, inline elements do not."""
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


def tidy(found: Sequence[Paragraph], title: str | None = None) -> list[str]:
    """The paragraphs that are text: no furniture lines, no lines that are only links, no repetition, no title."""
    lines = [paragraph.text for paragraph in found]
    kept = [found[index] for index in furniture.kept_lines(lines)]
    texts = [paragraph.text for paragraph in kept if not paragraph.is_link]
    head = [text for text in texts[:_HEAD_LINES] if text != title and not _DATE_LINE.fullmatch(text)]
    return _without_repeats([*_from_dateline(head), *texts[_HEAD_LINES:]])


def _from_dateline(head: list[str]) -> list[str]:
    """The first lines without the labels (section, author) that some containers have above the dateline."""
    for index, text in enumerate(head):
        if _SENTENCE_END.search(text) or len(text) > _LONGEST_PROMPT:
            return head[index:] if datelines.split_dateline(text)[0] else head
    return head


def _without_repeats(texts: Sequence[str]) -> list[str]:
    return [text for index, text in enumerate(texts) if index == 0 or text != texts[index - 1]]


def join(pages: Sequence[Sequence[str]]) -> list[str]:
    """The paragraphs of all pages of an article; what a further page repeats of the earlier ones comes once."""
    joined: list[str] = []
    seen: set[str] = set()
    for page in pages:
        fresh = [text for text in page if text not in seen]
        joined.extend(fresh)
        seen.update(fresh)
    return joined
