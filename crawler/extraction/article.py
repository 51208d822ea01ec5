"""Turn a page into an article or a rejection."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from core.models import Article, Page, Reason, Rejection, Timestamp
from crawler.extraction import body, bylines, datelines, dates, document, furniture, kinds, page_data, titles
from crawler.extraction.document import attributes_of, clean_text, select, text_of
from crawler.extraction.json_ld import text_value, text_values
from crawler.extraction.language import detect_language
from crawler.extraction.statements import Statements
from outlets.schema import Outlet

_LONGEST_BYLINE = 160
_BYLINE_TAGS = ("div", "span", "p", "a", "td", "strong", "b", "em", "i", "font", "li")
_NOT_BYLINES = re.compile(
    r"(?:^|[\s_-])(?:photo|foto|image|img|caption|comment\w*|komentar|related|list)(?=$|[\s_-])", re.IGNORECASE
)
_BYLINE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|penulis|reporter|pewarta|wartawan|redaktur|editor|jurnalis|writer)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE_START = re.compile(
    r"\W*(?:penulis|pewarta|reporter|oleh|laporan|wartawan|jurnalis|red(?:aktur)?|rep)\s*[:/]", re.IGNORECASE
)
# Stated as author by content systems, but not a name.
_NO_NAME = re.compile(
    r"https?:|www\.|@|\.(?:com|id|co\.id)\b|\b(?:admin(?:istrator)?|redaksi|developer|newsroom|cyber media|editor)\b"
    r"|\b(?:tim|wajib|required|guest|tamu|dok|facebook)\b",
    re.IGNORECASE,
)
_META_AUTHORS = ("content_author", "dtk:author", "dable:author", "sailthru.author", "parsely-author", "author")
_META_SECTIONS = ("article:section", "content_category", "dtk:kanal", "adx:sections", "cxenseparse:category", "section")
_META_TAGS = ("article:tag", "content_tags", "news_keywords", "dtk:keywords", "keywords")
_GENERIC_TAGS = re.compile(r"\b(?:berita|news|portal|indonesia|terkini|terbaru|online)\b", re.IGNORECASE)
_MOST_TAGS = 30


def authors(page: Statements) -> list[str]:
    if page.outlet.article.author:
        raw = [text_of(el) or clean_text(el.get("content")) for el in select(page.tree, page.outlet.article.author)]
        if declared := _people(page, raw):
            return declared
    return (
        _people(page, text_values(page.article.get("author")))
        or _people(page, [page.meta(name) or "" for name in _META_AUTHORS])
        or _people(page, _shown_bylines(page))
    )


def _people(page: Statements, raw: Iterable[str]) -> list[str]:
    bylines_found = [text for text in raw if text and not _NO_NAME.search(text)]
    names = [name for text in bylines_found for name in bylines.read_names(text, page.site_names)]
    return list(dict.fromkeys(names))


@lru_cache(maxsize=4096)
def _says_byline(words: str) -> bool:
    return _BYLINE_WORDS.search(words) is not None and _NOT_BYLINES.search(words) is None


def _shown_bylines(page: Statements) -> list[str]:
    for element in page.tree.iter(*_BYLINE_TAGS):
        if _says_byline(attributes_of(element)) or "author" in (element.get("itemprop"), element.get("rel")):
            text = text_of(element)
            if 0 < len(text) <= _LONGEST_BYLINE and not any(character.isdigit() for character in text):
                return [text]
        elif (
            (start := element.text)
            and _BYLINE_START.match(start)
            and len(text := _first_line(element)) <= _LONGEST_BYLINE
        ):
            return [text]
    return []


def _first_line(element: Element) -> str:
    """Return the text up to a line break; the editor comes behind it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "br":
            break
        pieces += [*child.itertext(), child.tail or ""]
    return clean_text("".join(pieces))


def section(page: Statements) -> str | None:
    stated = text_value(page.article.get("articleSection")) or page.meta(*_META_SECTIONS)
    return clean_text(stated) or None


def tags(page: Statements) -> list[str]:
    for name in _META_TAGS:
        contents = page.metas.get(name, [])
        found = [tag for content in contents for raw in content.split(",") if (tag := clean_text(raw))]
        if found and not all(_GENERIC_TAGS.search(tag) for tag in found):
            return list(dict.fromkeys(found))[:_MOST_TAGS]
    stated = [
        tag for text in text_values(page.article.get("keywords")) for raw in text.split(",") if (tag := clean_text(raw))
    ]
    return list(dict.fromkeys(stated))[:_MOST_TAGS]


def summary(page: Statements) -> str | None:
    return clean_text(text_value(page.article.get("description"))) or page.meta("og:description", "description") or None


def image_url(page: Statements) -> str | None:
    return _absolute(page.url, page.meta("og:image", "twitter:image") or text_value(page.article.get("image")))


def canonical_url(page: Statements) -> str | None:
    """Read the page's stated URL; not yet verified."""
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


_MAX_PAGES = 50
_LONE_DATELINE = re.compile(r"^.{3,}\s[-–—]{1,2}$")
_LONGEST_DATELINE = 90


def extract(page: Page, outlet: Outlet, now: datetime) -> Article | Rejection:
    """Read an article page. Pure: no network, no clock, no state.

    ``page.rest`` holds further pages. ``now`` (aware) limits plausible dates and is never used as one.
    """
    if document.is_source(page.body):
        return Rejection(Reason.LISTING, "a feed or sitemap")
    tree = document.parse(page.body, page.charset)
    if tree is None:
        return Rejection(Reason.NO_TEXT, "no markup")
    statements = Statements(tree, outlet, page.url, page.candidate.title if page.candidate else None)
    headline = titles.find_headline(statements)
    title = titles.read_title(statements, headline)
    published = dates.find_published(page, statements, now, headline)
    article = _described(page, statements, now, published)  # before the body is read, which cuts the tree
    article.title = title
    links = kinds.count_headline_links(statements)
    paragraphs = body.join_pages([_paragraphs(tree, outlet, title, statements), *_further(page, outlet, title)])
    dateline, paragraphs = _split_dateline(paragraphs, statements)
    credit, paragraphs = datelines.split_credit(paragraphs)
    text = "\n".join(paragraphs)
    language = detect_language(text)
    found = kinds.Finding(title, paragraphs, dateline is not None, links, language)
    if verdict := kinds.judge(found, statements):
        return Rejection(*verdict, title=title, text=text)
    article.text, article.dateline, article.credit = text, dateline, credit
    article.language = language
    return article


def next_page(page: Page, outlet: Outlet) -> str | None:
    if not outlet.article.next:
        return None
    tree = document.parse(page.body, page.charset)
    for link in document.select(tree, outlet.article.next) if tree is not None else ():
        address = _same_host(page.url, link.get("href") or next((a.get("href") for a in link.iter("a")), None))
        if address and address != page.url:
            return address
    return None


def _same_host(base: str, address: str | None) -> str | None:
    if not address or address.startswith(("#", "javascript:")):
        return None
    try:
        absolute = urljoin(base, address.strip())
        parts, home = urlsplit(absolute), urlsplit(base)
    except ValueError:
        return None
    return absolute if parts.scheme in {"http", "https"} and parts.netloc == home.netloc else None


def _described(page: Page, statements: Statements, now: datetime, published: Timestamp | None) -> Article:
    return Article(
        url=page.url or None,
        outlet=statements.outlet.name,
        title=None,
        text="",
        summary=summary(statements),
        authors=authors(statements),
        section=section(statements),
        tags=tags(statements),
        image_url=image_url(statements),
        published=published,
        modified=dates.find_modified(page, statements, now, published),
        canonical_url=canonical_url(statements),
        timezone=statements.outlet.timezone,
    )


def _paragraphs(tree: Element, outlet: Outlet, title: str | None, statements: Statements | None = None) -> list[str]:
    named = statements.by_itemprop if statements else document.by_itemprop(tree.iter())
    container = body.choose_container(tree, outlet.article.body, named.get("articleBody", []))
    found = body.read_paragraphs(container.elements, outlet.article.furniture, title) if container else []
    if found or statements is None or not kinds.is_stated_article(statements):
        return found
    carried = page_data.body_of(tree, statements.article)
    if carried is None:
        return _general_rules(tree)
    return body.read_paragraphs([carried], outlet.article.furniture, title)


def _general_rules(tree: Element) -> list[str]:
    import trafilatura  # noqa: PLC0415 - half a second and rarely needed; every command would wait for it

    read = trafilatura.bare_extraction(
        etree.tostring(tree, method="html"), fast=True, favor_precision=True, include_comments=False
    )
    text = getattr(read, "text", None) or ""
    return furniture.strip_lines([line for raw in text.splitlines() if (line := document.clean_text(raw))])


def _further(page: Page, outlet: Outlet, title: str | None) -> list[list[str]]:
    trees = [document.parse(content, charset) for content, charset in page.rest[:_MAX_PAGES]]
    return [_paragraphs(tree, outlet, title) for tree in trees if tree is not None]


def _split_dateline(paragraphs: Sequence[str], page: Statements) -> tuple[str | None, list[str]]:
    if not paragraphs:
        return None, []
    if len(paragraphs) > 1 and _LONE_DATELINE.search(paragraphs[0][-_LONGEST_DATELINE:]):
        paragraphs = [" ".join(paragraphs[:2]), *paragraphs[2:]]
    dateline, first = datelines.split_dateline(paragraphs[0], page.outlet.article.dateline)
    if dateline is None and page.outlet.article.dateline is None:
        dateline, first = datelines.split_dateline(paragraphs[0], datelines.outlet_pattern(page.site_names))
    return dateline, [text for text in (first.strip(), *paragraphs[1:]) if text]
