"""First stage: turn a fetched page into an article or rejection, in a worker."""

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
    """Sends pages to the workers; one that kills or hangs a worker twice is rejected."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._groups: TaskGroups[tuple[Page, Outlet], Normalised | Rejection] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Extracted:
        run = self._crawler.spider.runs[item.run_id]  # type: ignore[union-attr]  # every spider here is a NewsSpider
        # One for all outlets: pages of a small one need not wait for a full group.
        self._groups = self._groups or TaskGroups(run.workers, prepare_all, GROUP)
        try:
            result = await self._groups.run((item.page, run.outlet))
        except WorkerFailure as failure:
            if not self._crawler.engine.running:  # the run's end may stop the workers first
                raise DropItem("the run is ending: the page stays pending") from failure
            result = Rejection(failure.reason, failure.detail)
        return Extracted(item, result)
