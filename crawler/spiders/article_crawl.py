"""Fetching article pages: those that are new, and those that are stored and looked at again.

A look is conditional, and nothing of it touches the ledger's entry of the URL: an article that is stored stays so,
whatever its page answers later.
"""

import inspect
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from core.models import Fetched, Page, Reason
from core.urls import is_home, whole_article_url
from crawler.extraction.article import next_page
from crawler.middlewares.backoff import retry_after
from crawler.outcomes import GONE, Outcome, outcome_of_failure, outcome_of_status
from crawler.run import CrawlRun
from crawler.spiders.requests import (
    ARTICLE_PRIORITY,
    RECHECK_PRIORITY,
    article_request,
    charset,
    conditional_headers,
    header_value,
)
from crawler.workers import WorkerFailure
from database.ledger import DueRecheck, Pending

logger = logging.getLogger(__name__)

_NOT_MODIFIED = 304
Output = AsyncIterator[Request | Fetched]


class ArticleCrawl:
    """Asks for an outlet's article pages; every answer ends in the run's ledger or in the pipelines.

    Args:
        run: of the outlet.
        settings: Scrapy's.
    """

    def __init__(self, run: CrawlRun, settings: BaseSettings) -> None:
        self.run = run
        self.outlet = run.outlet
        self.settings = settings

    def _asked(self, request: Request) -> Request:
        """The request as one of the run, which goes on until it has been answered and the answer was dealt with."""
        self.run.expect()
        assert request.callback
        assert request.errback
        request.callback, request.errback = self._ending(request.callback), self._ending(request.errback)
        request.meta["run"] = self.run
        return request

    def _ending(self, method: Callable[..., Any]) -> Callable[..., Output]:
        """The callback, with the run told when it has done all it does; a fault of ours in it is a failure like any."""

        async def answered(*args: Any, **kwargs: Any) -> Output:
            try:
                output = method(*args, **kwargs)
                if inspect.isawaitable(output):
                    await output
                elif output is not None:
                    async for one in output:
                        if isinstance(one, Fetched):
                            self.run.expect()
                        yield one
            except CloseSpider:
                raise
            except Exception as error:
                logger.exception("%s: an answer could not be dealt with", self.outlet.name)
                self.run.record_internal_error(error)
            finally:
                self.run.done()

        return answered

    # --- new articles -----------------------------------------------------------------------------------------------

    def article(self, pending: Pending) -> Request:
        """The request for an article that the ledger wants."""
        return self._article_request(self._address(pending), pending)

    def _article_request(self, url: str, pending: Pending, so_far: Fetched | None = None) -> Request:
        return self._asked(
            article_request(
                url, self.parse_article, self.article_failed, ARTICLE_PRIORITY, pending=pending, so_far=so_far
            )
        )

    async def parse_article(self, response: Response, pending: Pending, so_far: Fetched | None) -> Output:
        """Hand a page to the pipelines; of a multi-page article, ask for the next one first."""
        outcome = self._outcome(response)
        if outcome:
            await self.run.record_outcome(pending, outcome)
            return
        fetched, following = await self._joined(response, pending, so_far)
        yield self._article_request(following, pending, fetched) if following else fetched

    async def article_failed(self, failure: Failure) -> None:
        """Record why a page did not come. A missing further page fails the whole article: half of it is not it."""
        outcome = outcome_of_failure(failure.value, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        if outcome:
            await self.run.record_outcome(failure.request.cb_kwargs["pending"], outcome)  # type: ignore[attr-defined]

    # --- stored articles --------------------------------------------------------------------------------------------

    async def rechecks(self) -> Output:
        """The requests for the stored articles whose next look is due, each once a run."""
        for look in await self.run.due_rechecks():
            request = self._recheck_request(self._address(look), look)
            request.headers.update(conditional_headers(look))
            yield request

    def _recheck_request(self, url: str, look: DueRecheck, so_far: Fetched | None = None) -> Request:
        return self._asked(
            article_request(url, self.parse_recheck, self.recheck_failed, RECHECK_PRIORITY, look=look, so_far=so_far)
        )

    async def parse_recheck(self, response: Response, look: DueRecheck, so_far: Fetched | None) -> Output:
        """Hand a page that may have changed to the pipelines. The first page decides whether the article is there."""
        if so_far is None and response.status == _NOT_MODIFIED:
            await self.run.record_recheck_unchanged(look)
            return
        if so_far is None and response.status in GONE:
            await self.run.record_recheck_missing(look, response.status)
            return
        outcome = self._outcome(response)
        if outcome:
            await self.run.record_recheck_failure(look, outcome)
            return
        fetched, following = await self._joined(response, look, so_far)
        yield self._recheck_request(following, look, fetched) if following else fetched

    async def recheck_failed(self, failure: Failure) -> None:
        """Record why a page could not be looked at again."""
        outcome = outcome_of_failure(failure.value, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        if outcome:
            await self.run.record_recheck_failure(failure.request.cb_kwargs["look"], outcome)  # type: ignore[attr-defined]

    # --- what both have ---------------------------------------------------------------------------------------------

    def _address(self, wanted: Pending | DueRecheck) -> str:
        return whole_article_url(wanted.url, self.outlet.article.single)

    def _outcome(self, response: Response) -> Outcome | None:
        """Why the answer is no page, if it is none."""
        outcome = outcome_of_status(response.status, retry_after(response.headers.get(b"Retry-After"), self.run.now()))
        if outcome is None and is_home(response.url, self.outlet.site):
            return Outcome("rejected", Reason.HOME_PAGE, f"redirected to {response.url}")
        return outcome

    async def _joined(
        self, response: Response, wanted: Pending | DueRecheck, so_far: Fetched | None
    ) -> tuple[Fetched, str | None]:
        """The pages of the article so far, this one among them, and the address of the next one, if there is one."""
        this = self._page(response, wanted)
        if so_far:
            page = replace(so_far.page, rest=(*so_far.page.rest, (this.body, this.charset)))
            fetched = replace(so_far, page=page)
        else:
            etag, last_modified = header_value(response, b"ETag"), header_value(response, b"Last-Modified")
            fetched = Fetched(
                self.run.id, wanted.url_id, this, etag, last_modified, recheck=isinstance(wanted, DueRecheck)
            )
        return fetched, await self._following(this, fetched.page)

    def _page(self, response: Response, wanted: Pending | DueRecheck) -> Page:
        return Page(
            url=wanted.url if response.url == self._address(wanted) else response.url,
            body=response.body,
            charset=charset(response),
            fetched_at=self.run.now(),
            candidate=wanted.candidate,
            requested_url=wanted.url,
        )

    async def _following(self, this: Page, whole: Page) -> str | None:
        if not self.outlet.article.next or len(whole.rest) + 1 >= self.settings.getint("MAX_ARTICLE_PAGES"):
            return None
        try:
            return await self.run.workers.run(next_page, this, self.outlet)
        except WorkerFailure:
            return None  # the extraction of the same page will meet the same end, and records it
