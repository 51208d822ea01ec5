"""Discovery: a source's bytes in, candidates out.

No I/O, no exceptions for any bytes.
"""

from collections.abc import Callable
from datetime import datetime

from crawler.discovery.feeds import FEED_ROOTS, read_feed, read_json_feed
from crawler.discovery.home import read_home
from crawler.discovery.listings import read_listing
from crawler.discovery.payload import UnreadableError, to_utf8, to_xml, unpack
from crawler.discovery.result import SourceContext, SourceKind, SourceResult
from crawler.discovery.sitemaps import is_text_sitemap, read_sitemap, read_text_sitemap
from outlets.schema import Outlet


def read_source(
    kind: SourceKind, body: bytes, url: str, outlet: Outlet, *, charset: str | None, now: datetime
) -> SourceResult:
    """Read the candidates and further sources that a source names.

    ``body`` is as sent, gzip or not; its content distinguishes feeds and sitemaps. URLs off the outlet's domains are
    dropped, dates more than a day after ``now`` refused.
    """
    source = SourceContext(url, outlet, now, charset)
    try:
        unpacked, problem = unpack(body)
        return _READERS[kind](to_utf8(unpacked, charset), source).with_problem(problem)
    except UnreadableError as unreadable:
        return SourceResult(problem=str(unreadable))


def _read_data(text: bytes, source: SourceContext) -> SourceResult:
    """Read by content: outlets serve feeds and sitemaps under either name."""
    if text.lstrip().startswith((b"{", b"[")):
        return read_json_feed(text, source)
    if is_text_sitemap(text):
        return read_text_sitemap(text, source)
    xml = to_xml(text)
    return read_feed(xml, source) if xml.root in FEED_ROOTS else read_sitemap(xml, source)


_READERS: dict[SourceKind, Callable[[bytes, SourceContext], SourceResult]] = {
    "feed": _read_data,
    "sitemap": _read_data,
    "listing": read_listing,
    "home": read_home,
}
