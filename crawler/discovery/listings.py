"""Read the articles of a listing page, with titles and dates where shown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from cssselect import HTMLTranslator
from lxml import etree
from lxml import html as lxml_html

from core.dates import parse_date
from core.models import Candidate, Timestamp
from core.urls import belongs, clean_url, first_page_url, identify, is_home
from crawler.discovery.dates import date_in_url, read_date
from crawler.discovery.elements import local_name, plain_text, text_of
from crawler.discovery.result import SourceContext, SourceResult, collect
from outlets.schema import Outlet
from outlets.urls import is_article

_MAX_LINE = 80  # characters; longer is a summary, whose dates are the event's
_MAX_BESIDE = 30  # characters, for a section or weekday; with more, a day without a clock time is a headline's
_CLOCK_TIME = re.compile(r"\d[:.]\d{2}(?!\d)")
_ZONE = r"(?:\s*\(?(?:WIB|WITA|WIT|GMT[+-]\d{1,2}|UTC)\b)?"
_CLOCK = rf"\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{1,2}})?{_ZONE}"
_DAY = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[\s/.-]+(?:\d{1,2}|[A-Za-z]{3,9}\.?)[\s/.,-]+\d{4})"
_SPAN = r"detik|menit|jam|hari|minggu|pekan|bulan|seconds?|minutes?|hours?|days?|weeks?|months?"
_SHOWN = re.compile(
    rf"{_DAY}(?:[\s,|/\-–—()T]*(?:pukul|jam)?\s*{_CLOCK})?"
    rf"|(?:\d+|an?)\s*(?:{_SPAN})\s+(?:yang\s+)?(?:lalu|ago)|se(?:detik|menit|jam|hari|pekan|minggu)\s+(?:yang\s+)?lalu"
    rf"|(?:kemarin|hari\s+ini|baru\s+saja|barusan)(?:[\s,|]*{_CLOCK})?|\b\d{{1,2}}[:.]\d{{2}}\s*WI(?:B|TA|T)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:[+-]\d{2}:?\d{2}|Z)?")
_SILENT = frozenset({"script", "style", "template"})
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_EPOCH_ATTRIBUTES = ("d-time", "data-timestamp", "data-time")
_EPOCH_DIGITS = 10  # seconds; thirteen are milliseconds


class _Found(NamedTuple):
    rank: int  # 0 for machine-readable dates, 1 for visible ones
    raw: str
    source: str


@dataclass(slots=True)
class Item:
    """One article on a listing page.

    Attributes:
        listed: it has a link in the list, not only in a menu or beside.
        blocks: the largest elements about it alone.
    """

    url: str
    listed: bool
    anchors: list[etree._Element] = field(default_factory=list)
    blocks: list[etree._Element] = field(default_factory=list)


def item_dates(items: list[Item], titles: list[str | None], source: SourceContext) -> list[Timestamp | None]:
    """Return each item's date: from its block, else beside it, else from its URL.

    Dates between blocks go all to the item before or all to the one after, as fits most.
    """
    inside = [_first(item.blocks, title, source) for item, title in zip(items, titles, strict=True)]
    beside = _beside(items, source) if any(date is None for date in inside) else [None] * len(items)
    return [
        within or near or date_in_url(item.url, zone=source.zone, now=source.now)
        for item, within, near in zip(items, inside, beside, strict=True)
    ]


def is_date(text: str) -> bool:
    return _SHOWN.fullmatch(text.strip(" |,-–()")) is not None


def _beside(items: list[Item], source: SourceContext) -> list[Timestamp | None]:
    blocks = {block for item in items for block in item.blocks}
    around = [neighbours(item, blocks) for item in items]
    before = [_first(nodes, None, source) for nodes, _ in around]
    after = [_first(nodes, None, source) for _, nodes in around]
    dates = after if _count(after) >= _count(before) else before
    return dates if _count(dates) * 2 > len(items) else [None] * len(items)


def _count(dates: list[Timestamp | None]) -> int:
    return sum(date is not None for date in dates)


def _first(nodes: Iterable[etree._Element], title: str | None, source: SourceContext) -> Timestamp | None:
    found = sorted((one for node in nodes for one in _find(node, title)), key=lambda one: one.rank)
    return next((stamp for one in found if (stamp := _parse(one, source))), None)


def _parse(found: _Found, source: SourceContext) -> Timestamp | None:
    if found.source == "listing:epoch":
        at = datetime.fromtimestamp(int(found.raw[:_EPOCH_DIGITS]), UTC).astimezone(source.zone)
        return Timestamp(at, found.raw, found.source, confidence="medium") if at <= source.now else None
    if found.rank == 0:
        return read_date(found.raw, zone=source.zone, now=source.now, source=found.source)
    stamp = parse_date(found.raw, zone=source.zone, base=source.now, source=found.source, latest=source.now)
    # A date beside a link may still be the event's: the article's page decides.
    return replace(stamp, confidence="medium") if stamp and stamp.confidence == "high" else stamp


def _find(node: etree._Element, title: str | None) -> Iterator[_Found]:
    for element in node.iter():
        if isinstance(element, etree._Comment):  # noqa: SLF001 - lxml names its classes so
            if match := _HIDDEN.search(element.text or ""):
                yield _Found(0, match[0], "listing:comment")
        elif isinstance(element.tag, str) and element.tag not in _SILENT:
            yield from _attributes(element)
            yield from _shown(element.text, title)
        if element is not node:
            yield from _shown(element.tail, title)


def _attributes(node: etree._Element) -> Iterator[_Found]:
    stated = node.get("datetime") if node.tag == "time" else None
    if node.get("itemprop") in {"datePublished", "dateCreated"}:
        stated = node.get("content") or node.get("datetime")
    if stated and stated.strip():
        yield _Found(0, stated, "listing:time")
    for name in _EPOCH_ATTRIBUTES:
        if _EPOCH.fullmatch(node.get(name, "").strip()):
            yield _Found(0, node.get(name, "").strip(), "listing:epoch")


def _shown(text: str | None, title: str | None) -> Iterator[_Found]:
    line = " ".join(text.split()) if text else ""
    if title and line in title and not is_date(line):  # "Upacara 17 Agustus 2024 di Istana"
        return
    match = _SHOWN.search(line) if len(line) <= _MAX_LINE else None
    if match and (len(line) - len(match[0]) <= _MAX_BESIDE or _CLOCK_TIME.search(match[0])):
        yield _Found(1, match[0], "listing:text")


_PAGE = frozenset({"html", "body", "main"})  # no item is as large as that
# A single article has no other item as a bound: the masthead's date must stay outside.
_MAX_PLACES = 20  # picture, headline and "read on", in list, slider and widget
_MAX_CLIMB, _MAX_CLIMB_ALONE = 8, 3


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link that looks like an article's."""

    element: etree._Element
    key: str
    url: str
    listed: bool


def items_of(anchors: list[Anchor]) -> list[Item]:
    """Group links into articles in the page's order, each with its own blocks.

    ``anchors`` must include unwanted links, which bound their neighbours.
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
    """Return the siblings around the item's first block, up to other items'."""
    block = item.blocks[0]
    before = list(_until(block.itersiblings(preceding=True), blocks))
    return before[::-1], list(_until(block.itersiblings(), blocks))


def _until(elements: Iterable[etree._Element], blocks: set[etree._Element]) -> Iterator[etree._Element]:
    for element in elements:
        if element in blocks or any(inner in blocks for inner in element.iter(etree.Element)):
            return
        yield element


def _owners(anchors: Iterable[Anchor]) -> dict[etree._Element, str | None]:
    """Map each element above a link to its only article; ``None`` for several."""
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
        if owners[above] != anchor.key or local_name(above) in _PAGE:
            break
        block = above
    return block


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TITLE_CLASS = re.compile(r"title|judul", re.IGNORECASE)
_MAX_TITLE = 250  # longer is a card's whole text
_TITLE_WORDS = 3  # fewer are "Selengkapnya", "Baca juga", a section's name


def item_title(item: Item) -> str | None:
    """Find the headline in a heading, title, link text, ``title`` or ``alt``."""
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
    texts = (plain_text(text) for text in (*stated, *pictured, *linked))
    return next((text for text in texts if text and len(text) <= _MAX_TITLE), None)


def _title_of(element: etree._Element) -> str | None:
    """Return the text; of a whole card (section, date, headline), its longest part."""
    text = text_of(element)
    parts = [part for raw in element.itertext() if (part := plain_text(str(raw)))]
    return max(parts, key=len) if any(map(is_date, parts)) else text


def _headings_around(anchor: etree._Element) -> Iterator[etree._Element]:
    yield from (element for element in anchor.iter(etree.Element) if local_name(element) in _HEADINGS)
    yield from (above for above in anchor.iterancestors() if local_name(above) in _HEADINGS)


def _own_headings(block: etree._Element, anchors: list[etree._Element]) -> Iterator[etree._Element]:
    for heading in block.iter(etree.Element):
        links = heading.iter("a") if local_name(heading) in _HEADINGS else iter(())
        outer = (above for above in heading.iterancestors("a"))
        if local_name(heading) in _HEADINGS and all(link in anchors for link in (*links, *outer)):
            yield heading


def _named_titles(anchor: etree._Element) -> Iterator[etree._Element]:
    for element in anchor.iter(etree.Element):
        if _TITLE_CLASS.search(element.get("class", "").rpartition(" ")[2]):
            yield element


# Menus, masthead links and "most read" beside the list.
_ASIDE = "ancestor::nav or ancestor::footer or ancestor::aside or ancestor::*[@role='navigation']"
_NOT_HTML = re.compile(rb"\s*[{\[]")


def parse_page(text: bytes, url: str) -> etree._Element | None:
    if _NOT_HTML.match(text):  # the parser would make a paragraph of JSON
        return None
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    try:
        return lxml_html.document_fromstring(text, parser=parser, base_url=url)
    except (etree.LxmlError, ValueError):  # ValueError: characters that XML cannot hold
        return None


def read_listing(text: bytes, source: SourceContext) -> SourceResult:
    """Read a listing's article links; a page without any is a problem."""
    root = parse_page(text, source.url)
    if root is None:
        return SourceResult(problem="not a listing: no HTML page")
    result = collect(candidates_of(root, source), source.outlet)
    return result if result.candidates else result.with_problem("no article links on the page")


def candidates_of(root: etree._Element, source: SourceContext) -> Iterator[Candidate]:
    items = items_of(list(_article_anchors(root, source)))
    titles = [item_title(item) for item in items]
    dates = item_dates(items, titles, source)
    for item, title, date in zip(items, titles, dates, strict=True):
        if item.listed and is_article(item.url, source.outlet):
            yield Candidate(item.url, title, date)


def _article_anchors(root: etree._Element, source: SourceContext) -> Iterator[Anchor]:
    outlet, base = source.outlet, _base(root, source.url)
    own, listed = identify(source.url), _listed(root, outlet)
    shapes = outlet.model_copy(update={"article": outlet.article.model_copy(update={"url": None})})
    # By XPath, not by walking the root: content after "</html>" is parsed into a second root beside it.
    for element in root.xpath("//a[@href]"):
        url = clean_url(element.get("href", ""), base)
        if url is None or not belongs(url, outlet.domains) or is_home(url, outlet.site):
            continue
        key = identify(url)
        if key != own and (is_article(url, outlet) or is_article(url, shapes)):
            yield Anchor(element, key, first_page_url(url), element in listed)


def _listed(root: etree._Element, outlet: Outlet) -> set[etree._Element]:
    """Return the list's links; the selector may match links or their containers."""
    if outlet.discover.links is None:
        return set(root.xpath(f"//a[not({_ASIDE})]"))
    places = root.xpath(HTMLTranslator().css_to_xpath(outlet.discover.links, prefix="//"))
    return {anchor for place in places for anchor in place.iter("a")}


def _base(root: etree._Element, url: str) -> str:
    stated = root.xpath("string(//base/@href)")
    return clean_url(str(stated), url) or url if stated else url
