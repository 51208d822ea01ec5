"""Listing pages: the articles that they name, with title and date where the page shows them."""

import re
from collections.abc import Iterator

from cssselect import HTMLTranslator
from lxml import etree
from lxml import html as lxml_html

from core.models import Candidate
from core.urls import belongs, clean_url, first_page_url, identify, is_home
from crawler.discovery.listing_items import Anchor, item_dates, item_title, items_of
from crawler.discovery.result import SourceContext, SourceResult, collect
from outlets.schema import Outlet
from outlets.urls import is_article

# Menus, masthead links and "most read" beside the list.
_ASIDE = "ancestor::nav or ancestor::footer or ancestor::aside or ancestor::*[@role='navigation']"
_NOT_HTML = re.compile(rb"\s*[{\[]")


def parse_page(text: bytes, url: str) -> etree._Element | None:
    """The document of a UTF-8 text, or ``None`` where there is no element in it."""
    if _NOT_HTML.match(text):  # the parser would make a paragraph of JSON
        return None
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    try:
        return lxml_html.document_fromstring(text, parser=parser, base_url=url)
    except (etree.LxmlError, ValueError):  # ValueError: characters that XML cannot hold
        return None


def read_listing(text: bytes, source: SourceContext) -> SourceResult:
    """The article links of a listing page in its order; none is a problem that the last page of a walk has too."""
    root = parse_page(text, source.url)
    if root is None:
        return SourceResult(problem="not a listing: no HTML page")
    reading = collect(candidates_of(root, source), source.outlet)
    return reading if reading.candidates else reading.with_problem("no article links on the page")


def candidates_of(root: etree._Element, source: SourceContext) -> Iterator[Candidate]:
    """The articles that a page links, as ``discover.links`` and ``article.url`` say or by the general rules."""
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
    # By XPath, not by walking the root: what comes after "</html>" is parsed into a second root beside it.
    for element in root.xpath("//a[@href]"):
        url = clean_url(element.get("href", ""), base)
        if url is None or not belongs(url, outlet.domains) or is_home(url, outlet.site):
            continue
        key = identify(url)
        if key != own and (is_article(url, outlet) or is_article(url, shapes)):
            yield Anchor(element, key, first_page_url(url), element in listed)


def _listed(root: etree._Element, outlet: Outlet) -> set[etree._Element]:
    """The links where articles are listed; the declared selector may give the links or what holds them."""
    if outlet.discover.links is None:
        return set(root.xpath(f"//a[not({_ASIDE})]"))
    places = root.xpath(HTMLTranslator().css_to_xpath(outlet.discover.links, prefix="//"))
    return {anchor for place in places for anchor in place.iter("a")}


def _base(root: etree._Element, url: str) -> str:
    stated = root.xpath("string(//base/@href)")
    return clean_url(str(stated), url) or url if stated else url
