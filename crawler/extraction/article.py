"""Turn a page into an article or a rejection."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from core.models import Article, Page, Reason, Rejection, Timestamp
from crawler.extraction import body, datelines, dates, document, embedded, furniture, kinds, metadata, titles
from crawler.extraction.language import detect_language
from crawler.extraction.statements import Statements
from outlets.schema import Outlet

_MAX_PAGES = 50
_LONE_DATELINE = re.compile(r"^.{3,}\s[-–—]{1,2}$")
_LONGEST_DATELINE = 90


def extract(page: Page, outlet: Outlet, now: datetime) -> Article | Rejection:
    """Read an article page. Pure: no network, no clock, no state.

    Args:
        page: bytes as sent and their origin; further pages in ``rest``.
        outlet: the declaration whose selectors, names and zone apply; a generic one for unknown pages.
        now: aware; limits plausible dates and is never used as one.
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
    """Find the URL of the article's next page (``article.next``) on the same host."""
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
        summary=metadata.summary(statements),
        authors=metadata.authors(statements),
        section=metadata.section(statements),
        tags=metadata.tags(statements),
        image_url=metadata.image_url(statements),
        published=published,
        modified=dates.find_modified(page, statements, now, published),
        canonical_url=metadata.canonical_url(statements),
        timezone=statements.outlet.timezone,
    )


def _paragraphs(tree: Element, outlet: Outlet, title: str | None, statements: Statements | None = None) -> list[str]:
    named = statements.by_itemprop if statements else document.by_itemprop(tree.iter())
    container = body.choose_container(tree, outlet.article.body, named.get("articleBody", []))
    found = body.read_paragraphs(container.elements, outlet.article.furniture, title) if container else []
    if found or statements is None or not kinds.is_stated_article(statements):
        return found
    carried = embedded.body_of(tree, statements.article)
    if carried is None:
        return _general_rules(tree)
    return body.read_paragraphs([carried], outlet.article.furniture, title)


def _general_rules(tree: Element) -> list[str]:
    """Extract the text with trafilatura, for pages without a clear container."""
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
