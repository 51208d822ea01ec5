"""Guard against requests off the outlet's domains and against wrong content types."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers

from core.models import Reason
from core.urls import belongs
from crawler.outcomes import Refusal
from crawler.run import run_context

# Feeds and sitemaps come as any of these, compressed ones as octet-stream; an article page is text.
_SOURCE_TYPES = ("text/", "application/", "binary/octet-stream")
_PAGE_TYPES = ("text/html", "text/plain", "application/xhtml", "text/xml", "application/xml")


class GuardMiddleware:
    """Refuses requests, redirects too, and stops wrong downloads."""

    def __init__(self, max_url_length: int) -> None:
        self._max_url_length = max_url_length

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        guard = cls(crawler.settings.getint("URLLENGTH_LIMIT"))
        crawler.signals.connect(guard.headers_received, signal=signals.headers_received)
        return guard

    def process_request(self, request: Request) -> None:
        if len(request.url) > self._max_url_length:
            raise Refusal(Reason.URL_TOO_LONG, f"{len(request.url)} characters")
        run = run_context(request)
        if not belongs(request.url, run.outlet.domains):
            if "redirect_urls" in request.meta:
                run.measures.moved_to[urlsplit(request.url).hostname or ""] += 1
            raise Refusal(Reason.OFF_SITE, request.url)

    def headers_received(self, headers: Headers, request: Request) -> None:
        content_type = (headers.get(b"Content-Type") or b"").decode("latin-1").strip().lower()
        expected = _PAGE_TYPES if request.meta.get("expect") == "page" else _SOURCE_TYPES
        if content_type and not content_type.startswith(expected):
            request.meta["refused_type"] = content_type
            raise StopDownload(fail=True)
