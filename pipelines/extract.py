"""The first stage: a fetched page becomes an article or a rejection, in a worker process."""

from dataclasses import dataclass
from functools import partial
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.items import Fetched, Page, Rejection
from crawler.workers import Groups, WorkerFailure
from pipelines.normalise import Normalised
from pipelines.work import prepare_all

GROUP = 8  # pages in one message to a worker; they wait for each other some hundredths of a second at most


@dataclass(frozen=True, slots=True)
class Extracted:
    """A fetched page and what it holds."""

    fetched: Fetched
    result: Normalised | Rejection


class ExtractPipeline:
    """Sends pages to the workers; one that kills or hangs a worker twice is a rejection like any other."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._groups: Groups[Page, Normalised | Rejection] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build; the run is the spider's."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Take the run's workers."""
        run = self._crawler.spider.run  # type: ignore[union-attr]  # every spider here is a NewsSpider
        self._groups = Groups(run.workers, partial(prepare_all, outlet=run.outlet), GROUP)

    async def process_item(self, item: Fetched) -> Extracted:
        """The page with its article or rejection."""
        assert self._groups, "Scrapy opens a pipeline before it uses it"
        try:
            result = await self._groups.run(item.page)
        except WorkerFailure as failure:
            if not self._crawler.engine.running:  # what ends the run may have ended the workers first
                raise DropItem("the run is ending: the page stays pending") from failure
            result = Rejection(failure.reason, failure.detail)
        return Extracted(item, result)
