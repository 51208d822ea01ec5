"""Nothing leaves for a host that is not the outlet's, and nothing that is no page comes in."""

from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers

from crawler.items import Reason
from crawler.middlewares.refusal import Refusal
from crawler.urls import belongs

REQUESTS = "pantau/requests"  # the statistic that counts them
# Feeds and sitemaps come as any of these, archives as octet-stream; an article page is text.
_SOURCE_TYPES = ("text/", "application/", "binary/octet-stream")
_PAGE_TYPES = ("text/html", "text/plain", "application/xhtml", "text/xml", "application/xml")


class GuardMiddleware:
    """Refuses requests (redirects too) off the outlet's domains or too long, and wrong content types at the headers.

    Args:
        domains: the outlet's.
        max_url_length: characters.
        passed: called for every request that may be made.
    """

    def __init__(self, domains: tuple[str, ...], max_url_length: int, passed: Callable[[], None]) -> None:
        self._domains = domains
        self._max_url_length = max_url_length
        self._passed = passed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for the crawler's outlet."""
        domains = crawler.spidercls.outlet.domains  # type: ignore[attr-defined]  # every spider here is a NewsSpider
        count = partial(crawler.stats.inc_value, REQUESTS)
        guard = cls(domains, crawler.settings.getint("URLLENGTH_LIMIT"), count)
        crawler.signals.connect(guard.headers_received, signal=signals.headers_received)
        return guard

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise ``Refusal``."""
        if len(request.url) > self._max_url_length:
            raise Refusal(Reason.URL_TOO_LONG, f"{len(request.url)} characters")
        if not belongs(request.url, self._domains):
            raise Refusal(Reason.OFF_SITE, request.url)
        self._passed()

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Stop the download of what cannot be what was asked for."""
        content_type = (headers.get(b"Content-Type") or b"").decode("latin-1").strip().lower()
        expected = _PAGE_TYPES if request.meta.get("expect") == "page" else _SOURCE_TYPES
        if content_type and not content_type.startswith(expected):
            request.meta["refused_type"] = content_type
            raise StopDownload(fail=True)
