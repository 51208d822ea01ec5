"""Last stage: store an article or a recheck's result with its ledger outcome."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem
from sqlalchemy.orm import Session

from core.errors import RefusedByDatabaseError
from core.models import Reason, Rejection
from crawler.run import CrawlRun
from health.measures import Measures
from pipelines.new_article import PASSING, Stored, StoreJob, store
from pipelines.normalise import Extracted, Normalised
from pipelines.revision import revise

# Clocks differ; extraction refuses dates more than an hour ahead.
_SLACK = timedelta(minutes=5)


def measure(measures: Measures, stored: Stored, result: Normalised | Rejection, now: datetime) -> None:
    if stored.state in {"rejected", "failed"}:
        counter = measures.rejected if stored.state == "rejected" else measures.failed
        counter[stored.reason or ""] += 1
    if stored.state != "stored" or isinstance(result, Rejection):
        return
    article = result.article
    measures.stored += 1
    measures.undated += article.published is None
    measures.unsigned += not article.authors
    measures.untitled += not article.title
    measures.unsectioned += not article.section
    measures.words.append(result.words)
    if article.published is not None:
        at = article.published.at.astimezone(UTC)
        measures.published[at.isoformat(timespec="minutes")] += 1
        measures.clock_ahead += at > now + _SLACK
        measures.newest_at = max(filter(None, (measures.newest_at, at)))


class StorePipeline:
    """Stores through the run's writer, which commits waiting work together."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Extracted) -> Stored:
        run: CrawlRun = self._crawler.spider.runs[item.fetched.run_id]  # type: ignore[union-attr]  # a NewsSpider
        page = item.fetched.page
        job = StoreJob(
            url_id=item.fetched.url_id,
            run_id=run.id,
            outlet=run.outlet,
            page_url=page.url,
            requested_url=page.requested_url or page.url,
            fetched_at=page.fetched_at or run.now(),
            result=item.result,
            boundary=run.boundary,
            look_back=run.resources.look_back,
            etag=item.fetched.etag,
            last_modified=item.fetched.last_modified,
            seed_similarity=run.resources.seed_similarity,
        )
        write, counts = (revise, run.recheck_counts) if item.fetched.recheck else (store, run.counts)
        try:
            job, stored = await self._write(run, write, job)
        except CloseSpider as stop:
            # Scrapy hears a CloseSpider from spiders only.
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=stop.reason))
            raise DropItem(stop.reason) from stop
        counts[stored.label] += 1
        if not item.fetched.recheck and not stored.again:
            measure(run.measures, stored, job.result, run.now())
        if isinstance(job.result, Rejection) and job.result.reason in PASSING:
            run.failures.append(f"{page.url}: {job.result.reason}: {job.result.detail}")
        return stored

    async def _write(
        self, run: CrawlRun, write: Callable[[Session, StoreJob, datetime], Stored], job: StoreJob
    ) -> tuple[StoreJob, Stored]:
        try:
            return job, await run.write(lambda session: write(session, job, run.now()), may_be_refused=True)
        except RefusedByDatabaseError as error:
            refused = replace(job, result=Rejection(Reason.INTERNAL, str(error)))
            return refused, await run.write(lambda session: write(session, refused, run.now()))
