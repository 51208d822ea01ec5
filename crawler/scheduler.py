"""Scheduler that is fair to every outlet.

Scrapy's queues count transfers only. Requests that wait in a middleware (robots.txt, Retry-After) are in no slot, so
one failing outlet would take all the room. Here they count too, and hosts take turns.
"""

import heapq
from collections import Counter
from itertools import count
from typing import Self

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

# Requests in flight for each transfer at once: the next one is ready when an answer arrives.
_READY = 2


class FairScheduler(BaseScheduler):
    """Scheduler with a queue per slot: by priority, then first in, first out."""

    def __init__(self, crawler: Crawler, concurrency: int) -> None:
        self._crawler = crawler
        self._concurrency = concurrency
        # By slot, least recently served first.
        self._queues: dict[str, list[tuple[int, int, Request]]] = {}
        self._numbers = count()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))

    def has_pending_requests(self) -> bool:
        return bool(self._queues)

    def enqueue_request(self, request: Request) -> bool:
        queue = self._queues.setdefault(request.meta["download_slot"], [])
        heapq.heappush(queue, (-request.priority, next(self._numbers), request))
        return True

    def next_request(self) -> Request | None:
        in_flight = Counter(request.meta["download_slot"] for request in self._crawler.engine.downloader.active)
        for slot, queue in self._queues.items():
            if in_flight[slot] < _READY * self._at_once(slot):
                del self._queues[slot]
                *_, request = heapq.heappop(queue)
                if queue:
                    self._queues[slot] = queue
                return request
        return None

    def _at_once(self, slot: str) -> int:
        settings = self._crawler.engine.downloader.per_slot_settings.get(slot, {})
        at_once: int = settings.get("concurrency", self._concurrency)
        return at_once
