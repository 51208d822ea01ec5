"""Crawl of one outlet: poll sources, walk listings, request articles.

Every URL ends in exactly one outcome, here or in the pipelines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from core.scheduling.polling import PollHints
from crawler.discovery import read_source
from crawler.discovery.candidates import is_too_old
from crawler.discovery.home import sitemaps_of_robots, well_known_sources
from crawler.discovery.result import SourceKind, SourceLink, SourceResult
from crawler.discovery.walks import MAX_LISTING_PAGES, Walk, walks
from crawler.middlewares.backoff import retry_after
from crawler.outcomes import outcome_of_failure
from crawler.spiders.article_crawl import ArticleCrawl, Output
from crawler.spiders.requests import (
    WALK_PRIORITY,
    charset,
    conditional_headers,
    header_value,
    response_validators,
    source_request,
)
from crawler.workers import WorkerFailure
from database.ledger import Admission, Pending, SourceState, Validators
from outlets.schema import Outlet


@dataclass(frozen=True, slots=True)
class ListingWalk:
    """A walk through a listing, at one of its pages.

    Attributes:
        first: validators of page 1, stored when the walk is complete.
        seen: URLs on the pages so far.
        fetching: articles admitted from the page before.
    """

    pages: Walk
    state: SourceState
    began_at: datetime
    page: int = 1
    first: Validators | None = None
    seen: frozenset[str] = frozenset()
    fetching: tuple[Pending, ...] = ()

    @property
    def url(self) -> str:
        return self.pages.url(self.page)

    @property
    def may_be_empty(self) -> bool:
        """True for later pages and daily listings; another empty page is a problem."""
        return self.page > 1 or self.pages.day is not None

    @property
    def truncated(self) -> bool:
        return self.page >= MAX_LISTING_PAGES

    def is_last(self, result: SourceResult, fresh: int) -> bool:
        """True at the last page, without new articles, or if earlier pages are repeated."""
        repeated = {candidate.url for candidate in result.candidates} <= self.seen
        return repeated or not fresh or self.page == self.pages.pages

    def next_page(self, result: SourceResult, fetching: Sequence[Pending]) -> "ListingWalk":
        urls = {candidate.url for candidate in result.candidates}
        return replace(self, page=self.page + 1, seen=self.seen | urls, fetching=tuple(fetching))


_DAY = timedelta(days=1)
# Longer ones are meant for pictures and scripts, not for news.
_LONGEST_HINT = timedelta(days=7)
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})\b", re.ASCII | re.IGNORECASE)
_NOT_KEPT = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def poll_hints(
    outlet: Outlet,
    hint: timedelta | None,
    cache_control: str | None,
    retry_after: timedelta | None = None,
    *,
    expires: str | None = None,
    date: str | None = None,
) -> PollHints:
    """Combine the feed's ``hint`` and headers with the outlet's declaration.

    Expires counts from the answer's Date, because the server's clock may be wrong.
    """
    hints = (hint, _fresh_for(cache_control, expires, date))
    usable = [hint for hint in hints if hint and timedelta(0) < hint <= _LONGEST_HINT]
    longest = min(max(usable), _DAY) if usable else None
    return PollHints(longest, outlet.poll.shortest, outlet.poll.longest, retry_after)


def _fresh_for(cache_control: str | None, expires: str | None, date: str | None) -> timedelta | None:
    """Freshness by RFC 9111 §4.2.1, as a private cache."""
    if cache_control and _NOT_KEPT.search(cache_control):
        return None
    if cache_control and (age := _MAX_AGE.search(cache_control)):
        return timedelta(seconds=int(age[1]))
    begins, ends = _moment(date), _moment(expires)
    return ends - begins if begins and ends else None


def _moment(header_value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header_value) if header_value else None
    except ValueError:  # "0" and "-1" are common
        return None
    return moment if moment and moment.tzinfo else None


_OK, _NOT_MODIFIED, _NOT_FOUND = 200, 304, 404


class OutletCrawl(ArticleCrawl):
    """Crawl of one outlet, from its sources to its articles."""

    _reached_back = False

    async def start(self) -> Output:
        """Yield the requests for sources, pending articles and due rechecks.

        Sources come first: their entries could scroll away during a long backlog.
        """
        left = await self.run.resume_pending()  # before any source names more
        async for request in self._sources(only_due=self.run.only_due):
            yield request
        for pending in left:
            yield self.article(pending)
        async for request in self.rechecks():
            yield request

    async def _sources(self, *, only_due: bool) -> Output:
        declared = self.outlet.discover
        for kind, urls in (("feed", declared.feeds), ("sitemap", declared.sitemaps)):
            for url in urls:
                state = await self.run.find_source(url, kind)  # type: ignore[arg-type]  # both are kinds
                if self._claim(state, only_due=only_due):
                    yield self._poll(state)
        for template in declared.pages:
            async for request in self._walks(template, only_due=only_due):
                yield request
        if not declared.declared:
            home = await self.run.find_source(self.outlet.site, "home")
            if self._claim(home, only_due=only_due):
                yield self._find_sources()

    def _claim(self, state: SourceState, *, only_due: bool) -> bool:
        """True if the source is to be polled now; it counts as polled then."""
        if state.url in self.run.polled_urls or (only_due and state.due_at and state.due_at > self.run.started_at):
            return False
        self.run.polled_urls.add(state.url)
        return True

    async def _reach_back(self) -> Output:
        """Poll all other sources, once, because one has lost articles.

        If only feeds are declared, look for other sources.
        """
        if self._reached_back:
            return
        self._reached_back = True
        others = False
        async for request in self._sources(only_due=False):
            others = True
            yield request
        if not others and self.outlet.discover.declared and not self.outlet.discover.sitemaps:
            yield self._find_sources()

    # --- feeds and sitemaps -----------------------------------------------------------------------------------------

    def _source_request(self, url: str, callback: Any, errback: Any, **cb_kwargs: Any) -> Request:
        size = self.settings.getint("SOURCE_MAXSIZE")
        return self._bind(source_request(url, callback, errback, size, **cb_kwargs))

    def _poll_hints(self, response: Response, result: SourceResult | None = None) -> PollHints:
        return poll_hints(
            self.outlet,
            result.hint if result else None,
            header_value(response, b"Cache-Control"),
            retry_after(response.headers.get(b"Retry-After"), self.run.now()),
            expires=header_value(response, b"Expires"),
            date=header_value(response, b"Date"),
        )

    def _poll(self, state: SourceState, depth: int = 0) -> Request:
        request = self._source_request(state.url, self.parse_source, self.source_failed, state=state, depth=depth)
        request.headers.update(conditional_headers(state))
        return request

    async def parse_source(self, response: Response, state: SourceState, depth: int) -> Output:
        validators = response_validators(response)
        if response.status == _NOT_MODIFIED or (response.status == _OK and validators.body_sha256 == state.body_sha256):
            await self.run.record_source_unchanged(state, response.status, self._poll_hints(response))
            for child in await self.run.find_children(state):
                link = SourceLink(child.url, child.kind, child.listed_lastmod)
                if child.url not in self.run.polled_urls and not is_too_old(link, self.run.boundary):
                    yield self._poll(child, depth + 1)
            return
        result = await self._read(response, state)
        if result is None:
            return
        admitted, admission = await self.run.admit(state, result, validators, self._poll_hints(response, result))
        async for request in self._requests_after_poll(admitted, admission):
            yield request
        async for request in self._poll_children(state, result.children, depth + 1):
            yield request

    async def _requests_after_poll(self, admitted: list[Pending], admission: Admission) -> Output:
        for pending in admitted:
            yield self.article(pending)
        if admission.rechecks_due:
            async for request in self.rechecks():
                yield request
        if admission.gap:
            async for request in self._reach_back():
                yield request

    async def _read(self, response: Response, state: SourceState, *, may_be_empty: bool = False) -> SourceResult | None:
        if response.status != _OK:
            await self.run.record_source_failure(
                state, f"HTTP {response.status}", response.status, self._poll_hints(response)
            )
            return None
        try:
            result = await self.run.workers.run(
                read_source,
                state.kind,
                response.body,
                response.url,
                self.outlet,
                charset=charset(response),
                now=self.run.now(),
            )
        except WorkerFailure as error:
            await self.run.record_source_failure(state, str(error), response.status, self._poll_hints(response))
            return None
        empty = not (result.candidates or result.children)
        if result.problem and empty and not may_be_empty:
            await self.run.record_source_failure(
                state, result.problem, response.status, self._poll_hints(response, result)
            )
            return None
        if result.problem and not empty:
            self.run.failures.append(f"{state.url}: {result.problem}")
        return result

    async def _poll_children(self, parent: SourceState, links: tuple[SourceLink, ...], depth: int) -> Output:
        if links and depth > self.settings.getint("MAX_SITEMAP_DEPTH"):
            self.run.failures.append(f"{parent.url}: nested more than {depth - 1} deep; not followed")
            return
        for link in links:
            if not is_too_old(link, self.run.boundary):
                yield self._poll(await self.run.find_source(link.url, link.kind, parent), depth)

    async def source_failed(self, failure: Failure) -> None:
        kwargs = failure.request.cb_kwargs  # type: ignore[attr-defined]  # Scrapy sets it
        state: SourceState = kwargs["walk"].state if "walk" in kwargs else kwargs["state"]
        outcome = outcome_of_failure(failure.value, failure.request)  # type: ignore[attr-defined]
        if outcome:
            hints = poll_hints(self.outlet, None, None, outcome.retry_after)
            await self.run.record_source_failure(state, f"{outcome.reason}: {outcome.detail}", None, hints)

    # --- where nothing is declared ----------------------------------------------------------------------------------

    def _find_sources(self) -> Request:
        robots = self.outlet.site.rstrip("/") + "/robots.txt"
        return self._source_request(robots, self.parse_robots, self.robots_failed)

    async def parse_robots(self, response: Response) -> Output:
        named = sitemaps_of_robots(response.body, response.url) if response.status == _OK else ()
        async for request in self._poll_named_sources(named):
            yield request

    async def robots_failed(self, _failure: Failure) -> Output:
        async for request in self._poll_named_sources(()):
            yield request

    async def _poll_named_sources(self, sitemaps: tuple[str, ...]) -> Output:
        home = await self.run.find_source(self.outlet.site, "home")
        for url in sitemaps:
            sitemap = await self.run.find_source(url, "sitemap", home)  # so that it gets due times of its own
            self.run.polled_urls.add(sitemap.url)
            yield self._poll(sitemap)
        request = self._source_request(
            home.url, self.parse_home, self.source_failed, state=home, depth=0, guess=not sitemaps
        )
        request.headers.update(conditional_headers(home))
        yield request

    async def parse_home(self, response: Response, state: SourceState, depth: int, *, guess: bool) -> Output:
        feeds = False
        async for request in self.parse_source(response, state, depth):
            feeds = feeds or (isinstance(request, Request) and request.meta["expect"] == "source")
            yield request
        if not guess or feeds:
            return
        for link in well_known_sources(self.outlet.site):
            yield self._source_request(link.url, self.parse_guess, self.guess_failed, kind=link.kind, home=state)

    async def parse_guess(self, response: Response, kind: SourceKind, home: SourceState) -> Output:
        if response.status != _OK:
            return
        state = await self.run.find_source(response.url, kind, home)
        async for request in self.parse_source(response, state, 0):
            yield request

    def guess_failed(self, _failure: Failure) -> None:
        """Ignore a well-known address that does not answer."""

    # --- listings ---------------------------------------------------------------------------------------------------

    async def _walks(self, template: str, *, only_due: bool) -> Output:
        boundary, now = self.run.boundary, self.run.started_at
        since = boundary.since or now - timedelta(days=30)
        for pages in walks(template, since, now, self.outlet.zone, until=boundary.until):
            state = await self.run.find_source(pages.url(1), "listing")
            if self._claim(state, only_due=only_due):
                yield self._walk_request(ListingWalk(pages, state, self.run.now()))

    def _walk_request(self, walk: ListingWalk) -> Request:
        request = self._source_request(walk.url, self.parse_listing, self.source_failed, walk=walk)
        if walk.page == 1 and self._walked_before(walk.state):
            request.headers.update(conditional_headers(walk.state))
        return request if walk.page == 1 else request.replace(priority=WALK_PRIORITY - walk.page)

    def _walked_before(self, state: SourceState) -> bool:
        """True if an unchanged first page means unchanged later pages."""
        since = self.run.boundary.since
        return bool(state.walked_at and since and state.walked_since and state.walked_since <= since)

    async def parse_listing(self, response: Response, walk: ListingWalk) -> Output:
        state, validators = walk.state, response_validators(response)
        same = response.status == _OK and validators.body_sha256 == state.body_sha256 and self._walked_before(state)
        if walk.page == 1 and (response.status == _NOT_MODIFIED or same):
            await self.run.record_source_unchanged(state, response.status, self._poll_hints(response))
            return
        if walk.page > 1 and response.status == _NOT_FOUND:  # behind the last page
            await self.run.finish_walk(state, walk.began_at, walk.first, whole=walk.pages.day is None)
            return
        result = await self._read(response, state, may_be_empty=walk.may_be_empty)
        if result is None:
            return
        if walk.page == 1:
            walk = replace(walk, first=validators)
        page = None if walk.pages.pages else walk.page
        admitted, admission = await self.run.admit(state, result, None, self._poll_hints(response), page=page)
        async for request in self._requests_after_poll(admitted, admission):
            yield request
        if walk.is_last(result, admission.fresh) or await self.run.are_all_too_old(walk.fetching):
            await self.run.finish_walk(state, walk.began_at, walk.first, whole=walk.pages.day is None)
        elif walk.truncated:
            self.run.failures.append(f"{state.url}: still new articles on page {walk.page}; the walk ends there")
        elif self.run.remaining != 0:  # otherwise the next run walks again, for this walk is not complete
            yield self._walk_request(walk.next_page(result, admitted))
