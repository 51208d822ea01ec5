"""The first stage: a fetched page becomes an article or a rejection, in a worker process."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from core.models import Fetched, Page, Rejection
from crawler.workers import TaskGroups, WorkerFailure
from outlets.schema import Outlet
from pipelines.normalise import Extracted, Normalised
from pipelines.worker_task import prepare_all

GROUP = 8  # pages in one message to a worker; they wait for each other some hundredths of a second at most


class ExtractPipeline:
    """Sends pages to the workers; one that kills or hangs a worker twice is a rejection like any other."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._groups: TaskGroups[tuple[Page, Outlet], Normalised | Rejection] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build; the runs are the spider's."""
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Extracted:
        """The page with its article or rejection."""
        run = self._crawler.spider.runs[item.run_id]  # type: ignore[union-attr]  # every spider here is a NewsSpider
        # Of all outlets together: a page of one need not wait until a group of that one's is full.
        self._groups = self._groups or TaskGroups(run.workers, prepare_all, GROUP)
        try:
            result = await self._groups.run((item.page, run.outlet))
        except WorkerFailure as failure:
            if not self._crawler.engine.running:  # what ends the run may have ended the workers first
                raise DropItem("the run is ending: the page stays pending") from failure
            result = Rejection(failure.reason, failure.detail)
        return Extracted(item, result)
