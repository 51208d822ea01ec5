"""Fair turns between outlets: which request goes to the downloader next.

Scrapy's own queues count what a host's slot is transferring. A request that waits in a middleware (for robots.txt, for
the end of a Retry-After) is in no slot yet, so that one outlet in trouble would draw all its requests out of the queue
and leave no room for the others. Here a host may have a few requests on their way, wherever these are, and the hosts
take turns.
"""

import heapq
from collections import Counter
from itertools import count
from typing import Self

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

# For each that a host is transferring, another one that is ready: no answer is waited for with nothing to ask.
_READY = 2


class FairScheduler(BaseScheduler):
    """What SCHEDULER names: a queue for each download slot, by priority, then in the order in which they came.

    Args:
        crawler: whose downloader knows what is on its way.
        concurrency: transfers at once of a slot that has no setting of its own.
    """

    def __init__(self, crawler: Crawler, concurrency: int) -> None:
        self._crawler = crawler
        self._concurrency = concurrency
        # In the order in which they were served last.
        self._queues: dict[str, list[tuple[int, int, Request]]] = {}
        self._numbers = count()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from ``CONCURRENT_REQUESTS_PER_DOMAIN``."""
        return cls(crawler, crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))

    def has_pending_requests(self) -> bool:
        """Whether anything waits."""
        return bool(self._queues)

    def enqueue_request(self, request: Request) -> bool:
        """Take the request in; always."""
        queue = self._queues.setdefault(request.meta["download_slot"], [])
        heapq.heappush(queue, (-request.priority, next(self._numbers), request))
        return True

    def next_request(self) -> Request | None:
        """The next request of the host that was served longest ago, of those that have room for one."""
        on_their_way = Counter(request.meta["download_slot"] for request in self._crawler.engine.downloader.active)
        for slot, queue in self._queues.items():
            if on_their_way[slot] < _READY * self._at_once(slot):
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
