"""Requests for article pages: new articles, and rechecks of stored ones.

A recheck never changes the ledger's entry of the URL: a stored article stays stored.
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
    """Requests an outlet's articles; answers end in the ledger or the pipelines."""

    def __init__(self, run: CrawlRun, settings: BaseSettings) -> None:
        self.run = run
        self.outlet = run.outlet
        self.settings = settings

    def _bind(self, request: Request) -> Request:
        self.run.expect()
        assert request.callback
        assert request.errback
        request.callback, request.errback = self._counted(request.callback), self._counted(request.errback)
        request.meta["run"] = self.run
        return request

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Output]:
        """Wrap a callback: count its end in the run, record our own errors."""

        async def answered(*args: Any, **kwargs: Any) -> Output:
            try:
                output = method(*args, **kwargs)
                if inspect.isawaitable(output):
                    await output
                elif output is not None:
                    async for result in output:
                        if isinstance(result, Fetched):
                            self.run.expect()
                        yield result
            except CloseSpider:
                raise
            except Exception as error:
                logger.exception("%s: an answer could not be processed", self.outlet.name)
                self.run.record_internal_error(error)
            finally:
                self.run.done()

        return answered

    # --- new articles -----------------------------------------------------------------------------------------------

    def article(self, pending: Pending) -> Request:
        return self._article_request(self._address(pending), pending)

    def _article_request(self, url: str, pending: Pending, so_far: Fetched | None = None) -> Request:
        return self._bind(
            article_request(
                url, self.parse_article, self.article_failed, ARTICLE_PRIORITY, pending=pending, so_far=so_far
            )
        )

    async def parse_article(self, response: Response, pending: Pending, so_far: Fetched | None) -> Output:
        outcome = self._outcome(response)
        if outcome:
            await self.run.record_outcome(pending, outcome)
            return
        fetched, following = await self._join_page(response, pending, so_far)
        yield self._article_request(following, pending, fetched) if following else fetched

    async def article_failed(self, failure: Failure) -> None:
        """Record a failed request; a missing further page fails the whole article."""
        outcome = outcome_of_failure(failure.value, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        if outcome:
            await self.run.record_outcome(failure.request.cb_kwargs["pending"], outcome)  # type: ignore[attr-defined]

    # --- stored articles --------------------------------------------------------------------------------------------

    async def rechecks(self) -> Output:
        for recheck in await self.run.due_rechecks():
            request = self._recheck_request(self._address(recheck), recheck)
            request.headers.update(conditional_headers(recheck))
            yield request

    def _recheck_request(self, url: str, recheck: DueRecheck, so_far: Fetched | None = None) -> Request:
        return self._bind(
            article_request(
                url, self.parse_recheck, self.recheck_failed, RECHECK_PRIORITY, recheck=recheck, so_far=so_far
            )
        )

    async def parse_recheck(self, response: Response, recheck: DueRecheck, so_far: Fetched | None) -> Output:
        """Hand a changed page to the pipelines; the first page shows if it is missing."""
        if so_far is None and response.status == _NOT_MODIFIED:
            await self.run.record_recheck_unchanged(recheck)
            return
        if so_far is None and response.status in GONE:
            await self.run.record_recheck_missing(recheck, response.status)
            return
        outcome = self._outcome(response)
        if outcome:
            await self.run.record_recheck_failure(recheck, outcome)
            return
        fetched, following = await self._join_page(response, recheck, so_far)
        yield self._recheck_request(following, recheck, fetched) if following else fetched

    async def recheck_failed(self, failure: Failure) -> None:
        outcome = outcome_of_failure(failure.value, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        if outcome:
            await self.run.record_recheck_failure(failure.request.cb_kwargs["recheck"], outcome)  # type: ignore[attr-defined]

    # --- both -------------------------------------------------------------------------------------------------------

    def _address(self, target: Pending | DueRecheck) -> str:
        return whole_article_url(target.url, self.outlet.article.single)

    def _outcome(self, response: Response) -> Outcome | None:
        outcome = outcome_of_status(response.status, retry_after(response.headers.get(b"Retry-After"), self.run.now()))
        if outcome is None and is_home(response.url, self.outlet.site):
            return Outcome("rejected", Reason.HOME_PAGE, f"redirected to {response.url}")
        return outcome

    async def _join_page(
        self, response: Response, target: Pending | DueRecheck, so_far: Fetched | None
    ) -> tuple[Fetched, str | None]:
        this = self._page(response, target)
        if so_far:
            page = replace(so_far.page, rest=(*so_far.page.rest, (this.body, this.charset)))
            fetched = replace(so_far, page=page)
        else:
            etag, last_modified = header_value(response, b"ETag"), header_value(response, b"Last-Modified")
            fetched = Fetched(
                self.run.id, target.url_id, this, etag, last_modified, recheck=isinstance(target, DueRecheck)
            )
        return fetched, await self._find_next_page(this, fetched.page)

    def _page(self, response: Response, target: Pending | DueRecheck) -> Page:
        return Page(
            url=target.url if response.url == self._address(target) else response.url,
            body=response.body,
            charset=charset(response),
            fetched_at=self.run.now(),
            candidate=target.candidate,
            requested_url=target.url,
        )

    async def _find_next_page(self, this: Page, article: Page) -> str | None:
        if not self.outlet.article.next or len(article.rest) + 1 >= self.settings.getint("MAX_ARTICLE_PAGES"):
            return None
        try:
            return await self.run.workers.run(next_page, this, self.outlet)
        except WorkerFailure:
            return None  # the extraction of the same page will fail likewise, and records it
