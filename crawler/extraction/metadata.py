"""What a page states about its article: title, people, section, tags, addresses, language of its dates aside."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from urllib.parse import urljoin, urlsplit

from lxml.etree import _Element as Element

from crawler.extraction import bylines, structured, titles
from crawler.extraction.document import attributes_of, clean, select, text_of
from crawler.extraction.structured import Node, text_value, text_values
from crawler.outlets.schema import Outlet

_LONGEST_TITLE = 300
_LONGEST_BYLINE = 160
_BYLINE_TAGS = ("div", "span", "p", "a", "td", "strong", "b", "em", "i", "font", "li")
_MOST_PARTS = 3  # child elements; a headline is no block
_TITLE_WORDS = re.compile(r"(?:^|[\s_-])(?:\w*title|judul|jdl|headline)(?=$|[\s_-])", re.IGNORECASE)
_NOT_BYLINES = re.compile(
    r"(?:^|[\s_-])(?:photo|foto|image|img|caption|comment\w*|komentar|related|list)(?=$|[\s_-])", re.IGNORECASE
)
# A heading that shares at least this much of its words with the stated title is the headline.
_SAME_TITLE = 0.5
_WORTH_A_LOOK = 0.3  # the same before the site's name is taken off, which is slow
_BYLINE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|penulis|reporter|pewarta|wartawan|redaktur|editor|jurnalis|writer)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE_START = re.compile(
    r"\W*(?:penulis|pewarta|reporter|oleh|laporan|wartawan|jurnalis|red(?:aktur)?|rep)\s*[:/]", re.IGNORECASE
)
# Stated as author by content systems, and nobody's name.
_NOBODY = re.compile(
    r"https?:|www\.|@|\.(?:com|id|co\.id)\b|\b(?:admin(?:istrator)?|redaksi|developer|newsroom|cyber media|editor)\b"
    r"|\b(?:tim|wajib|required|guest|tamu|dok|facebook)\b",
    re.IGNORECASE,
)
_META_AUTHORS = ("content_author", "dtk:author", "dable:author", "sailthru.author", "parsely-author", "author")
_META_SECTIONS = ("article:section", "content_category", "dtk:kanal", "adx:sections", "cxenseparse:category", "section")
_META_TAGS = ("article:tag", "content_tags", "news_keywords", "dtk:keywords", "keywords")
_GENERIC_TAGS = re.compile(r"\b(?:berita|news|portal|indonesia|terkini|terbaru|online)\b", re.IGNORECASE)
_MOST_TAGS = 30


@dataclass(frozen=True)
class Statements:
    """A page's machine-readable statements, read once: ``meta`` elements and JSON-LD."""

    tree: Element
    outlet: Outlet
    url: str
    # lxml makes an object for an element whenever it is looked at; held, they are made once a page, not once a reader.
    elements: list[Element] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", list(self.tree.iter()))

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Contents of ``meta`` elements by lower-case property, name or itemprop, in document order."""
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            content = clean(element.get("content"))
            for key in ("property", "name", "itemprop"):
                if content and (name := element.get(key)):
                    found.setdefault(name.strip().lower(), []).append(content)
        return found

    def meta(self, *names: str) -> str | None:
        """The first content among these names, in their order."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @cached_property
    def nodes(self) -> list[Node]:
        """The page's JSON-LD objects."""
        return structured.nodes(self.tree)

    @cached_property
    def article(self) -> Node:
        """The JSON-LD object of the article, perhaps empty."""
        return structured.article_node(self.nodes)

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """What a title may end with: the outlet's names and hosts, and what the page calls its site."""
        labels = (urlsplit(self.url).hostname or "").split(".")
        names = (
            self.outlet.title,
            *self.outlet.domains,
            self.meta("og:site_name", "application-name", "al:android:app_name") or "",
            text_value(self.article.get("publisher")),
            *(".".join(labels[start:]) for start in range(len(labels) - 1)),  # "bola.kabar.co.id", "kabar.co.id" …
        )
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def headings(self) -> list[Element]:
        """The page's ``h1`` elements with text."""
        return [h1 for h1 in self.tree.iter("h1") if 0 < len(text_of(h1)) <= _LONGEST_TITLE]

    @cached_property
    def stated_titles(self) -> list[str]:
        """What the head of the page says the title is, without the site's name."""
        return _stated_titles(self)

    @cached_property
    def headline(self) -> Element | None:
        """The element that shows the article's title."""
        return _find_headline(self)


def title(page: Statements) -> str | None:
    """The headline as the page shows it, without the site's name.

    The declared element decides. Else the heading that agrees with what the head of the page states (which may be
    cut off, or end with the site's name), else what is stated.
    """
    if page.outlet.article.title:
        for element in select(page.tree, page.outlet.article.title):
            if text := text_of(element) or clean(element.get("content")):
                return titles.without_site(text, page.site_names)
    if page.headline is not None:
        return titles.without_site(text_of(page.headline), page.site_names)
    stated = page.stated_titles
    return stated[0] if stated else (text_of(page.headings[0]) if page.headings else None)


def _stated_titles(page: Statements) -> list[str]:
    head = page.tree.find(".//title")
    found = (
        clean(text_value(page.article.get("headline"))),
        page.meta("og:title"),
        page.meta("twitter:title"),
        text_of(head) if head is not None else "",
    )
    return [titles.without_site(text, page.site_names) for text in dict.fromkeys(found) if text]


def _find_headline(page: Statements) -> Element | None:
    """The element that agrees best with what the page states; an ``h1`` before anything else that is called a title."""
    stated = page.stated_titles
    shown = _most_alike(page, page.headings, stated)
    if shown is None:
        shown = _most_alike(page, _named_titles(page), stated)
    return _bold_title(page, stated) if shown is None else shown


def _bold_title(page: Statements, stated: list[str]) -> Element | None:
    """The headline of an old page, which is bold and no heading: the first text that is the stated title exactly."""
    small = (element for element in page.tree.iter("b", "strong", "font", "p") if len(element) <= _MOST_PARTS)
    return next((element for element in small if text_of(element) in stated), None)


def _most_alike(page: Statements, elements: list[Element], stated: list[str]) -> Element | None:
    best, most = None, _SAME_TITLE
    for element in elements:
        text = text_of(element)
        if _likeness(text, stated) < _WORTH_A_LOOK:
            continue
        likeness = _likeness(titles.without_site(text, page.site_names), stated)
        if likeness > most:
            best, most = element, likeness
        if most == 1:
            break
    return best


def _named_titles(page: Statements) -> list[Element]:
    """Headlines of pages that have no ``h1`` for it."""
    return [
        element
        for element in page.tree.iter("h2", "h3", "div", "span", "td")
        if (
            element.tag in {"h2", "h3"}
            or element.get("itemprop") == "headline"
            or _TITLE_WORDS.search(attributes_of(element))
        )
        and len(element) <= _MOST_PARTS
        and 0 < len("".join(element.itertext()).strip()) <= _LONGEST_TITLE
    ]


def _likeness(text: str, stated: list[str]) -> float:
    return max((_agreement(text, other) for other in stated), default=0.0)


def _agreement(text: str, other: str) -> float:
    """Share of words in common; what was cut off with an ellipsis counts as there."""
    mine, theirs = _words(text), _words(other)
    if not mine or not theirs:
        return 0.0
    if other.endswith(("...", "…")) and text.lower().startswith(other.rstrip(".… ").lower()):
        return 1.0
    return len(mine & theirs) / max(len(mine), len(theirs))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def authors(page: Statements) -> list[str]:
    """Names without roles: declared, stated, or shown in a byline near the title."""
    if page.outlet.article.author:
        raw = [text_of(el) or clean(el.get("content")) for el in select(page.tree, page.outlet.article.author)]
        if declared := _people(page, raw):
            return declared
    return (
        _people(page, text_values(page.article.get("author")))
        or _people(page, [page.meta(name) or "" for name in _META_AUTHORS])
        or _people(page, _shown_bylines(page))
    )


def _people(page: Statements, raw: Iterable[str]) -> list[str]:
    names = [name for text in raw if text and not _NOBODY.search(text) for name in bylines.names(text, page.site_names)]
    return list(dict.fromkeys(names))


@lru_cache(maxsize=4096)
def _says_byline(words: str) -> bool:
    return _BYLINE_WORDS.search(words) is not None and _NOT_BYLINES.search(words) is None


def _shown_bylines(page: Statements) -> list[str]:
    for element in page.tree.iter(*_BYLINE_TAGS):
        if _says_byline(attributes_of(element)) or "author" in {element.get("itemprop"), element.get("rel")}:
            text = text_of(element)
            if 0 < len(text) <= _LONGEST_BYLINE and not any(character.isdigit() for character in text):
                return [text]
        elif (
            element.text and _BYLINE_START.match(element.text) and len(text := _first_line(element)) <= _LONGEST_BYLINE
        ):
            return [text]
    return []


def _first_line(element: Element) -> str:
    """The element's text up to a line break, behind which the editor stands."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "br":
            break
        pieces += [*child.itertext(), child.tail or ""]
    return clean("".join(pieces))


def section(page: Statements) -> str | None:
    """The section (rubrik) that the page states."""
    stated = text_value(page.article.get("articleSection")) or page.meta(*_META_SECTIONS)
    return clean(stated) or None


def tags(page: Statements) -> list[str]:
    """Keywords of the article, each once; lists of a site's general words are left out."""
    for name in _META_TAGS:
        contents = page.metas.get(name, [])
        found = [tag for content in contents for raw in content.split(",") if (tag := clean(raw))]
        if found and not all(_GENERIC_TAGS.search(tag) for tag in found):
            return list(dict.fromkeys(found))[:_MOST_TAGS]
    stated = [
        tag for text in text_values(page.article.get("keywords")) for raw in text.split(",") if (tag := clean(raw))
    ]
    return list(dict.fromkeys(stated))[:_MOST_TAGS]


def summary(page: Statements) -> str | None:
    """The page's own description of the article."""
    return clean(text_value(page.article.get("description"))) or page.meta("og:description", "description") or None


def image_url(page: Statements) -> str | None:
    """The address of the article's picture, absolute."""
    return _absolute(page.url, page.meta("og:image", "twitter:image") or text_value(page.article.get("image")))


def canonical_url(page: Statements) -> str | None:
    """What the page states as its own address, absolute; not yet checked for sense."""
    for link in page.tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (address := _absolute(page.url, link.get("href"))):
            return address
    return _absolute(page.url, page.meta("og:url"))


def _absolute(base: str, address: str | None) -> str | None:
    if not address or not address.strip():
        return None
    try:
        absolute = urljoin(base, address.strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    return absolute if parts.scheme in {"http", "https"} and parts.netloc else None
