"""The one spider: crawls one outlet, or many in one engine."""

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
    """Does its work by outlets; the loader makes a subclass of it for each declaration.

    Args:
        work: crawls what is to be crawled, by ``crawl_outlet``, and returns when nothing is left. The engine stays
            open until then.

    Attributes:
        runs: those that go on, by id: the pipelines look up there whose page they have.
        stopping: the crawl ends before its end: nothing that waits for its time need be waited for.
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
        """Works; gives nothing itself."""
        assert self._work, "a NewsSpider is started by `scrapy crawl` or `scrapy monitor`, which say what is to be done"
        try:
            await self._work(self)
        except (asyncio.CancelledError, CloseSpider):
            self.stopping = True
            self._let_go()
            raise
        for _ in ():
            yield _

    async def crawl_outlet(self, run: CrawlRun) -> None:
        """Crawl an outlet to its end; what goes wrong in our own code ends this run, and no other.

        Raises:
            CloseSpider: the database takes nothing any more.
        """
        self.runs[run.id] = run
        apply_politeness(self.crawler.engine.downloader, run.outlet, self.settings)
        run.expect()
        try:
            async for request in OutletCrawl(run, self.settings).start():
                self.crawler.engine.crawl(request)  # type: ignore[arg-type]  # at its start it gives no pages
        except CloseSpider:
            raise
        except Exception as error:
            logger.exception("%s: the crawl broke off", run.outlet.name)
            run.record_internal_error(error)
        run.done()
        await run.ended.wait()
        run.state = run.state or "finished"
        del self.runs[run.id]

    def _let_go(self) -> None:
        """Give up what waits for its turn at an outlet's slot: whoever ends the program need not wait for it, too."""
        for slot in self.crawler.engine.downloader.slots.values():
            while slot.queue:
                _, answer = slot.queue.popleft()
                answer.errback(Failure(Interrupted()))  # type: ignore[no-untyped-call]  # Twisted left it unannotated
