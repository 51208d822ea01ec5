"""Extension that counts a run's requests, answers and finished pages."""

from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.run import CrawlRun, run_context


class TrafficMeter:
    """Scrapy extension (``EXTENSIONS``) that listens to signals."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        meter = cls()
        crawler.signals.connect(meter.request_left, signal=signals.request_left_downloader)
        crawler.signals.connect(meter.response_downloaded, signal=signals.response_downloaded)
        for end in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(meter.item_ended, signal=end)
        return meter

    def request_left(self, request: Request) -> None:
        run_context(request).measures.requests += 1

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Count an answer and its bytes as sent, compressed."""
        measures = run_context(request).measures
        measures.answers += 1
        measures.bytes += len(response.body)
        measures.latency_s += request.meta.get("download_latency", 0.0)

    def item_ended(self, response: Any) -> None:
        """Count a page as dealt with: stored, rejected or lost."""
        run: CrawlRun = response.request.meta["run"]  # a check yields no items
        run.done()
