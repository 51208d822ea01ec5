"""The one spider: polls an outlet's sources, walks its listings, fetches what the ledger admits.

It only moves things: what a source says is read in ``crawler.discovery``, what is new is decided in
``database.ledger``, what a page says is read behind it in the pipelines. Every URL ends in exactly one outcome there
or here.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.discovery import Reading, SourceKind, SourceLink, read_source, sitemaps_of_robots, well_known
from crawler.discovery.walks import walks
from crawler.extraction import next_page
from crawler.items import Fetched, Page, Reason
from crawler.middlewares.backoff import retry_after
from crawler.outcomes import Outcome, of_failure, of_status
from crawler.outlets.schema import Outlet
from crawler.run import CrawlRun, too_old
from crawler.spiders.progress import Progress
from crawler.spiders.requests import (
    WALK_PRIORITY,
    article_request,
    charset,
    conditional,
    source_request,
    validators,
)
from crawler.urls import is_home, whole_article
from crawler.workers import WorkerFailure
from database.ledger import Pending, SourceState

_OK, _NOT_MODIFIED, _NOT_FOUND = 200, 304, 404
Output = AsyncIterator[Request | Fetched]


class NewsSpider(Spider):
    """Base of every outlet's spider; the loader makes a subclass of it for each declaration."""

    name = "news"
    outlet: ClassVar[Outlet]

    def __init__(self, name: str | None = None, run: CrawlRun | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._run = run

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set the outlet's own politeness."""
        super().update_settings(settings)
        delay = cls.outlet.politeness.delay
        if delay is not None:
            settings.set("DOWNLOAD_DELAY", delay, priority="spider")
        if settings.getfloat("DOWNLOAD_DELAY") == 0:
            at_once = settings.getint("CONCURRENT_WITHOUT_DELAY")
            settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", at_once, priority="spider")
            settings.set("CONCURRENT_REQUESTS", 2 * at_once, priority="spider")

    @property
    def run(self) -> CrawlRun:
        """The run that this crawl belongs to."""
        assert self._run, "a NewsSpider is started by `scrapy crawl`, which gives it its run"
        return self._run

    def closed(self, reason: str) -> None:
        """Remember how Scrapy ended the crawl."""
        self.run.close_reason = reason

    async def start(self) -> Output:
        """What earlier runs left, then every source."""
        for pending in await self.run.resume():
            yield self._article(pending)
        declared = self.outlet.discover
        for feed in declared.feeds:
            yield self._poll(await self.run.source(feed, "feed"))
        for sitemap in declared.sitemaps:
            yield self._poll(await self.run.source(sitemap, "sitemap"))
        for template in declared.pages:
            async for request in self._walks(template):
                yield request
        if not declared.declared:
            yield self._source_request(self._robots_url(), self.parse_robots, self.robots_failed)

    # --- feeds and sitemaps -----------------------------------------------------------------------------------------

    def _source_request(self, url: str, callback: Any, errback: Any, **cb_kwargs: Any) -> Request:
        return source_request(url, callback, errback, self.settings.getint("SOURCE_MAXSIZE"), **cb_kwargs)

    def _poll(self, state: SourceState, depth: int = 0) -> Request:
        request = self._source_request(state.url, self.parse_source, self.source_failed, state=state, depth=depth)
        request.headers.update(conditional(state))
        return request

    async def parse_source(self, response: Response, state: SourceState, depth: int) -> Output:
        """Read a feed, sitemap or home page; its children are polled next."""
        found = validators(response)
        if response.status == _NOT_MODIFIED or (response.status == _OK and found.body_sha256 == state.body_sha256):
            await self.run.source_unchanged(state, response.status)
            for child in await self.run.children(state):
                if not too_old(SourceLink(child.url, child.kind, child.listed_lastmod), self.run.boundary):
                    yield self._poll(child, depth + 1)
            return
        reading = await self._read(response, state)
        if reading is None:
            return
        admitted, _ = await self.run.admit(state, reading, found)
        for pending in admitted:
            yield self._article(pending)
        async for request in self._poll_children(state, reading.children, depth + 1):
            yield request

    async def _read(self, response: Response, state: SourceState, *, may_be_empty: bool = False) -> Reading | None:
        """The reading of an answer; ``None`` when it could not be read, which is recorded."""
        if response.status != _OK:
            await self.run.source_failed(state, f"HTTP {response.status}", response.status)
            return None
        try:
            reading = await self.run.workers.run(
                read_source,
                state.kind,
                response.body,
                response.url,
                self.outlet,
                charset=charset(response),
                now=datetime.now(UTC),
            )
        except WorkerFailure as error:
            await self.run.source_failed(state, str(error), response.status)
            return None
        empty = not (reading.candidates or reading.children)
        if reading.problem and empty and not may_be_empty:
            await self.run.source_failed(state, reading.problem, response.status)
            return None
        if reading.problem and not empty:
            self.run.failures.append(f"{state.url}: {reading.problem}")
        return reading

    async def _poll_children(self, parent: SourceState, links: tuple[SourceLink, ...], depth: int) -> Output:
        if links and depth > self.settings.getint("MAX_SITEMAP_DEPTH"):
            self.run.failures.append(f"{parent.url}: nested more than {depth - 1} deep; not followed")
            return
        for link in links:
            if not too_old(link, self.run.boundary):
                yield self._poll(await self.run.source(link.url, link.kind, parent), depth)

    async def source_failed(self, failure: Failure) -> None:
        """Record that a source did not answer."""
        kwargs = failure.request.cb_kwargs  # type: ignore[attr-defined]  # Scrapy sets it
        state: SourceState = kwargs["progress"].state if "progress" in kwargs else kwargs["state"]
        outcome = of_failure(failure.value, failure.request)  # type: ignore[attr-defined]
        if outcome:
            await self.run.source_failed(state, f"{outcome.reason}: {outcome.detail}", None)

    # --- where nothing is declared ----------------------------------------------------------------------------------

    def _robots_url(self) -> str:
        return self.outlet.site.rstrip("/") + "/robots.txt"

    async def parse_robots(self, response: Response) -> Output:
        """Poll the sitemaps that robots.txt names, then look at the home page."""
        named = sitemaps_of_robots(response.body, response.url) if response.status == _OK else ()
        async for request in self._look_around(named):
            yield request

    async def robots_failed(self, _failure: Failure) -> Output:
        """Look at the home page all the same."""
        async for request in self._look_around(()):
            yield request

    async def _look_around(self, sitemaps: tuple[str, ...]) -> Output:
        for sitemap in sitemaps:
            yield self._poll(await self.run.source(sitemap, "sitemap"))
        home = await self.run.source(self.outlet.site, "home")
        request = self._source_request(
            home.url, self.parse_home, self.source_failed, state=home, depth=0, guess=not sitemaps
        )
        request.headers.update(conditional(home))
        yield request

    async def parse_home(self, response: Response, state: SourceState, depth: int, *, guess: bool) -> Output:
        """Poll the feeds that the home page names, take its article links, and guess where nothing is named."""
        feeds = False
        async for request in self.parse_source(response, state, depth):
            feeds = feeds or (isinstance(request, Request) and request.callback == self.parse_source)
            yield request
        if not guess or feeds:
            return
        for link in well_known(self.outlet.site):
            yield self._source_request(link.url, self.parse_guess, self.guess_failed, kind=link.kind)

    async def parse_guess(self, response: Response, kind: SourceKind) -> Output:
        """Take a guessed address for a source if it is one."""
        if response.status != _OK:
            return
        state = await self.run.source(response.url, kind)
        async for request in self.parse_source(response, state, 0):
            yield request

    def guess_failed(self, _failure: Failure) -> None:
        """A guess that does not answer is no failure."""

    # --- listings ---------------------------------------------------------------------------------------------------

    async def _walks(self, template: str) -> Output:
        boundary, now = self.run.boundary, self.run.started_at
        since = boundary.since or now - timedelta(days=30)
        for walk in walks(template, since, now, self.outlet.zone, until=boundary.until):
            state = await self.run.source(walk.url(1), "listing")
            yield self._walk_request(Progress(walk, state, datetime.now(UTC)))

    def _walk_request(self, progress: Progress) -> Request:
        request = self._source_request(progress.url, self.parse_listing, self.source_failed, progress=progress)
        if progress.page == 1 and self._walked_before(progress.state):
            request.headers.update(conditional(progress.state))
        return request if progress.page == 1 else request.replace(priority=WALK_PRIORITY - progress.page)

    def _walked_before(self, state: SourceState) -> bool:
        """Whether an unchanged first page means that nothing behind it is new either."""
        since = self.run.boundary.since
        return bool(state.walked_at and since and state.walked_since and state.walked_since <= since)

    async def parse_listing(self, response: Response, progress: Progress) -> Output:
        """Take a listing page's articles, and go on to the next page while there is something new."""
        state, found = progress.state, validators(response)
        same = response.status == _OK and found.body_sha256 == state.body_sha256 and self._walked_before(state)
        if progress.page == 1 and (response.status == _NOT_MODIFIED or same):
            await self.run.source_unchanged(state, response.status)
            return
        if progress.page > 1 and response.status == _NOT_FOUND:  # behind the last page
            await self.run.finish_walk(state, progress.began_at, progress.first)
            return
        reading = await self._read(response, state, may_be_empty=progress.may_be_empty)
        if reading is None:
            return
        if progress.page == 1:
            progress = replace(progress, first=found)
        admitted, admission = await self.run.admit(state, reading, None)
        for pending in admitted:
            yield self._article(pending)
        if progress.is_last(reading, admission.fresh) or await self.run.all_too_old(progress.fetching):
            await self.run.finish_walk(state, progress.began_at, progress.first)
        elif progress.truncated:
            self.run.failures.append(f"{state.url}: still new articles on page {progress.page}; the walk ends there")
        elif self.run.remaining != 0:  # otherwise the next run walks again, for this walk is not complete
            yield self._walk_request(progress.onward(reading, admitted))

    # --- articles ---------------------------------------------------------------------------------------------------

    def _article(self, pending: Pending) -> Request:
        url = whole_article(pending.url, self.outlet.article.single)
        return article_request(url, self.parse_article, self.article_failed, pending=pending)

    async def parse_article(self, response: Response, pending: Pending, page: Page | None = None) -> Output:
        """Hand a page to the pipelines; of a multi-page article, ask for the next one first."""
        now = datetime.now(UTC)
        outcome = of_status(response.status, retry_after(response.headers.get(b"Retry-After"), now))
        if outcome is None and is_home(response.url, self.outlet.site):
            outcome = Outcome("rejected", Reason.HOME_PAGE, f"redirected to {response.url}")
        if outcome:
            await self.run.settle(pending, outcome)
            return
        this = self._page(response, pending, now)
        page = replace(page, rest=(*page.rest, (this.body, this.charset))) if page else this
        following = await self._following(this, page)
        if following:
            yield article_request(following, self.parse_article, self.article_failed, pending=pending, page=page)
        else:
            yield Fetched(pending.url_id, page)

    def _page(self, response: Response, pending: Pending, now: datetime) -> Page:
        asked = whole_article(pending.url, self.outlet.article.single)
        return Page(
            url=pending.url if response.url == asked else response.url,
            body=response.body,
            charset=charset(response),
            fetched_at=now,
            candidate=pending.candidate,
            requested_url=pending.url,
        )

    async def _following(self, this: Page, whole: Page) -> str | None:
        if not self.outlet.article.next or len(whole.rest) + 1 >= self.settings.getint("MAX_ARTICLE_PAGES"):
            return None
        try:
            return await self.run.workers.run(next_page, this, self.outlet)
        except WorkerFailure:
            return None  # the extraction of the same page will meet the same end, and records it

    async def article_failed(self, failure: Failure) -> None:
        """Record why a page did not come. A missing further page fails the whole article: half of it is not it."""
        outcome = of_failure(failure.value, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        if outcome:
            await self.run.settle(failure.request.cb_kwargs["pending"], outcome)  # type: ignore[attr-defined]
