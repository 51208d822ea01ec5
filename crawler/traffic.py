"""Counts what goes over the wire for each run, and notices when its pages have been dealt with."""

from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.run import CrawlRun, run_context


class TrafficMeter:
    """An extension (``EXTENSIONS``) that only listens."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawler."""
        measuring = cls()
        crawler.signals.connect(measuring.left, signal=signals.request_left_downloader)
        crawler.signals.connect(measuring.downloaded, signal=signals.response_downloaded)
        for end in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(measuring.ended, signal=end)
        return measuring

    def left(self, request: Request) -> None:
        """A request was made, with or without an answer."""
        run_context(request).measures.requests += 1

    def downloaded(self, response: Response, request: Request) -> None:
        """An answer came; its body is still as it was sent."""
        measures = run_context(request).measures
        measures.answers += 1
        measures.bytes += len(response.body)
        measures.latency_s += request.meta.get("download_latency", 0.0)

    def ended(self, response: Any) -> None:
        """A page was stored, refused or lost on the way."""
        run: CrawlRun = response.request.meta["run"]  # a check yields no items
        run.done()
