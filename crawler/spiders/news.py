"""The only spider: crawls one outlet, or many in one engine."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.exceptions import CloseSpider
from twisted.python.failure import Failure

from crawler.outcomes import Interrupted
from crawler.politeness import apply_politeness
from crawler.run import CrawlRun
from crawler.spiders.article_crawl import Output
from crawler.spiders.outlet_crawl import OutletCrawl
from outlets.schema import Outlet

logger = logging.getLogger(__name__)


class NewsSpider(Spider):
    """Spider that keeps the engine open while ``work`` crawls outlets.

    Attributes:
        runs: by id, for the pipelines.
        stopping: the crawl ends early; delayed requests are dropped.
    """

    name = "news"
    outlet: ClassVar[Outlet]

    def __init__(
        self, name: str | None = None, work: "Callable[[NewsSpider], Awaitable[None]] | None" = None, **kwargs: Any
    ) -> None:
        super().__init__(name, **kwargs)
        self._work = work
        self.runs: dict[int, CrawlRun] = {}
        self.stopping = False

    async def start(self) -> Output:
        """Do the work; yields no requests itself."""
        assert self._work, "a NewsSpider is started by `scrapy crawl` or `scrapy monitor`, which give it its work"
        try:
            await self._work(self)
        except (asyncio.CancelledError, CloseSpider):
            self.stopping = True
            self._drop_queued_requests()
            raise
        for _ in ():
            yield _

    async def crawl_outlet(self, run: CrawlRun) -> None:
        """Crawl an outlet to its end; a bug of ours ends this run only.

        Raises:
            CloseSpider: the database fails.
        """
        self.runs[run.id] = run
        apply_politeness(self.crawler.engine.downloader, run.outlet, self.settings)
        run.expect()
        try:
            async for request in OutletCrawl(run, self.settings).start():
                self.crawler.engine.crawl(request)  # type: ignore[arg-type]  # it yields no pages at its start
        except CloseSpider:
            raise
        except Exception as error:
            logger.exception("%s: the crawl failed", run.outlet.name)
            run.record_internal_error(error)
        run.done()
        await run.ended.wait()
        run.state = run.state or "finished"
        del self.runs[run.id]

    def _drop_queued_requests(self) -> None:
        for slot in self.crawler.engine.downloader.slots.values():
            while slot.queue:
                _, answer = slot.queue.popleft()
                answer.errback(Failure(Interrupted()))  # type: ignore[no-untyped-call]  # Twisted left it unannotated
