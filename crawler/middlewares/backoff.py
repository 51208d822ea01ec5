"""Retries with exponential back-off that honour Retry-After.

A 429 or 503 delays all requests to the host, other failures only their own. A wait longer than ``RETRY_MAX_DELAY`` is
left to a later run.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

from core.models import Reason
from crawler.outcomes import Interrupted, Refusal
from crawler.run import run_context

_HOLD_ALL = frozenset({429, 503})  # about the server, not the page
_NETWORK = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
_CHECK = 0.5  # seconds between two checks whether the run is ending


def retry_after(value: bytes | None, now: datetime) -> timedelta | None:
    """Parse a Retry-After header: seconds or an HTTP date (RFC 9110 §10.2.3)."""
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return timedelta(seconds=min(int(text), 10**7))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)


class BackoffMiddleware:
    """Downloader middleware that retries a failed request after a delay.

    Each request has ``times`` retries. The delay doubles from ``base`` seconds; ``longest`` (seconds) limits it.
    """

    def __init__(self, crawler: Crawler, times: int, base: float, longest: float, statuses: frozenset[int]) -> None:
        self._crawler = crawler
        self._times = times
        self._base = base
        self._longest = longest
        self._statuses = statuses
        self._held_until: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        return cls(
            crawler,
            settings.getint("RETRY_TIMES"),
            settings.getfloat("RETRY_BASE_DELAY"),
            settings.getfloat("RETRY_MAX_DELAY"),
            frozenset(map(int, settings.getlist("RETRY_HTTP_CODES"))),
        )

    async def process_request(self, request: Request) -> None:
        while True:
            until = max(request.meta.get("not_before", 0.0), self._held_until.get(request.meta["download_slot"], 0.0))
            wait = until - time.monotonic()
            if wait <= 0:
                return
            if wait > self._longest:
                raise Refusal(
                    Reason.HTTP_STATUS, f"the server wants no request for {wait:.0f} s", timedelta(seconds=wait)
                )
            if self._ending:
                raise Interrupted
            await asyncio.sleep(min(wait, _CHECK))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in self._statuses:
            return response
        asked = retry_after(response.headers.get(b"Retry-After"), run_context(request).now())
        delay = self._next_delay(request, asked)
        if response.status in _HOLD_ALL:
            hold = asked.total_seconds() if asked else delay or 0.0
            self._held_until[request.meta["download_slot"]] = time.monotonic() + hold
        return response if delay is None else self._retry(request, delay)

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if not isinstance(exception, _NETWORK):
            return None
        delay = self._next_delay(request, None)
        return None if delay is None else self._retry(request, delay)

    @property
    def _ending(self) -> bool:
        return not self._crawler.engine.running or self._crawler.spider.stopping  # type: ignore[union-attr]  # a NewsSpider

    def _next_delay(self, request: Request, asked: timedelta | None) -> float | None:
        tried = request.meta.get("retry_times", 0)
        if tried >= self._times or self._ending:
            return None
        delay = max(self._base * 2**tried, asked.total_seconds() if asked else 0.0)
        return delay if delay <= self._longest else None

    def _retry(self, request: Request, delay: float) -> Request:
        meta = {**request.meta, "retry_times": request.meta.get("retry_times", 0) + 1}
        return request.replace(meta=meta | {"not_before": time.monotonic() + delay}, dont_filter=True)
