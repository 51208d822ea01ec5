"""Find an undeclared outlet's sources: home page, robots.txt, usual paths."""

from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree
from protego import Protego

from core.models import Candidate
from core.urls import clean_url
from crawler.discovery.listings import candidates_of, parse_page
from crawler.discovery.payload import to_utf8
from crawler.discovery.result import SourceContext, SourceKind, SourceLink, SourceResult, collect

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_COMMENTS = ("/comments/feed", "/feed/comments", "comments=", "/komentar/")

# Paths of the common CMSs of Indonesian outlets: WordPress and its sitemap plugins, Blogger, home-made ones.
_WELL_KNOWN: tuple[tuple[SourceKind, str], ...] = (
    ("feed", "feed/"),
    ("feed", "rss"),
    ("feed", "rss.xml"),
    ("feed", "feed.xml"),
    ("feed", "atom.xml"),
    ("feed", "feeds/posts/default"),
    ("sitemap", "news-sitemap.xml"),
    ("sitemap", "sitemap-news.xml"),
    ("sitemap", "sitemap_news.xml"),
    ("sitemap", "sitemap_index.xml"),
    ("sitemap", "sitemap.xml"),
    ("sitemap", "wp-sitemap.xml"),
)


def read_home(text: bytes, source: SourceContext) -> SourceResult:
    root = parse_page(text, source.url)
    if root is None:
        return SourceResult(problem="not a home page: no HTML page")
    return collect(_named(root, source), source.outlet)


def sitemaps_of_robots(body: bytes, url: str) -> tuple[str, ...]:
    """Return the URLs of the ``Sitemap:`` lines, on any host."""
    robots = Protego.parse(to_utf8(body, None).decode("utf-8", "replace"))
    return tuple(dict.fromkeys(address for line in robots.sitemaps if (address := clean_url(line, url))))


def well_known_sources(site: str) -> tuple[SourceLink, ...]:
    root = urljoin(site, "/")
    return tuple(SourceLink(urljoin(root, path), kind) for kind, path in _WELL_KNOWN)


def _named(root: etree._Element, source: SourceContext) -> Iterator[Candidate | SourceLink]:
    for link in root.xpath("//link[@href]"):
        kind, relation = link.get("type", "").partition(";")[0].strip().lower(), link.get("rel", "").lower().split()
        url = clean_url(link.get("href", ""), source.url) if kind in _FEED_TYPES and "alternate" in relation else None
        if url and not any(mark in url.lower() for mark in _COMMENTS):
            yield SourceLink(url, "feed")
    yield from candidates_of(root, source)
