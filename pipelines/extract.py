"""The first stage: a fetched page becomes an article or a rejection, in a worker process."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler

from crawler.items import Fetched, Rejection
from crawler.workers import WorkerFailure
from pipelines.normalise import Normalised
from pipelines.work import prepare


@dataclass(frozen=True, slots=True)
class Extracted:
    """A fetched page and what it holds."""

    fetched: Fetched
    result: Normalised | Rejection


class ExtractPipeline:
    """Sends pages to the workers; one that kills or hangs a worker twice is a rejection like any other."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build; the run is the spider's."""
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Extracted:
        """The page with its article or rejection."""
        run = self._crawler.spider.run  # type: ignore[union-attr]  # every spider here is a NewsSpider
        try:
            result = await run.workers.run(prepare, item.page, run.outlet, item.page.fetched_at or datetime.now(UTC))
        except WorkerFailure as failure:
            result = Rejection(failure.reason, failure.detail)
        return Extracted(item, result)
