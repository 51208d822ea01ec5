"""robots.txt by RFC 9309, for our own name and for ``Scrapy`` (design §8).

When robots.txt answers 5xx or not at all, Scrapy's middleware fetches pages. RFC 9309 §2.3.1.4 wants "assume complete
disallow": a reason to come back later.
"""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from core.models import Reason
from core.urls import download_slot
from crawler.outcomes import Interrupted, Refusal
from crawler.politeness import set_slot_delay, slot_delay
from crawler.run import RunContext, run_context
from outlets.schema import Outlet

_HTTP_OK = range(200, 300)
_HTTP_CLIENT_ERROR = range(400, 500)
_TOO_MANY = 429
_KEPT, _KEPT_UNREACHABLE = 24 * 3600.0, 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of one host's robots.txt; ``unreachable`` is why they are unknown."""

    rules: Protego | None = None
    unreachable: str | None = None

    def allows(self, url: str, agents: Sequence[str]) -> bool:
        return self.rules is None or all(self.rules.can_fetch(url, agent) for agent in agents)

    def delay(self, agents: Sequence[str]) -> float:
        """Return the longest Crawl-delay for our names, in seconds."""
        if self.rules is None:
            return 0.0
        return max(self.rules.crawl_delay(agent) or 0.0 for agent in agents)


def read_policy(status: int, body: bytes) -> Policy:
    """Read an answer to /robots.txt (RFC 9309 §2.3.1)."""
    if status in _HTTP_OK:
        return Policy(Protego.parse(body.decode("utf-8", "replace")))
    if status in _HTTP_CLIENT_ERROR and status != _TOO_MANY:
        return Policy()
    return Policy(unreachable=f"HTTP {status}")


class RobotsMiddleware:
    """Downloader middleware that obeys each host's robots.txt and its Crawl-delay."""

    def __init__(self, crawler: Crawler, agents: Sequence[str], max_delay: float) -> None:
        self._crawler = crawler
        self._agents = agents
        self._max_delay = max_delay
        # By host, with the time of the request on the monotonic clock.
        self._policies: dict[str, tuple[asyncio.Future[Policy], float]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, crawler.settings.getlist("ROBOTS_AGENTS"), crawler.settings.getfloat("MAX_CRAWL_DELAY"))

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        policy = await self.policy(request)
        if policy.unreachable:
            raise Refusal(Reason.ROBOTS_UNREACHABLE, policy.unreachable)
        if not policy.allows(request.url, self._agents):
            raise Refusal(Reason.ROBOTS, f"robots.txt forbids {urlsplit(request.url).path}")

    async def policy(self, request: Request) -> Policy:
        """Return the host's policy, fetched daily (RFC 9309 §2.4), sooner after a failure."""
        parts = urlsplit(request.url)
        policy, asked_at = self._policies.get(parts.netloc, (None, 0.0))
        if policy is None or self._is_stale(policy, time.monotonic() - asked_at):
            policy = asyncio.ensure_future(self._fetch(f"{parts.scheme}://{parts.netloc}", run_context(request)))
            self._policies[parts.netloc] = policy, time.monotonic()
        return await asyncio.shield(policy)

    def _is_stale(self, policy: asyncio.Future[Policy], age: float) -> bool:
        if not policy.done():
            return False
        failed = policy.cancelled() or policy.exception() is not None or policy.result().unreachable
        return age > (_KEPT_UNREACHABLE if failed else _KEPT)

    async def _fetch(self, root: str, run: RunContext) -> Policy:
        request = Request(
            f"{root}/robots.txt",
            callback=NO_CALLBACK,
            meta={"is_robots": True, "download_slot": download_slot(root), "run": run},
            priority=1000,
        )
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 - every failure to get robots.txt means the same
            return Policy(unreachable=str(error) or type(error).__name__)
        policy = read_policy(response.status, response.body)
        self._slow_down(request.meta["download_slot"], min(policy.delay(self._agents), self._max_delay))
        if not policy.unreachable:
            digest = hashlib.sha256(response.body).hexdigest() if policy.rules else None
            run.measures.robots[urlsplit(root).netloc] = digest, self._forbids(policy, root, run.outlet)
        return policy

    def _forbids(self, policy: Policy, root: str, outlet: Outlet) -> bool:
        sources = (outlet.site, *outlet.discover.feeds, *outlet.discover.sitemaps)
        return not all(policy.allows(url, self._agents) for url in sources if url.startswith(root))

    def _slow_down(self, slot: str, delay: float) -> None:
        downloader, settings = self._crawler.engine.downloader, self._crawler.settings
        if delay > slot_delay(downloader, slot, settings):
            set_slot_delay(downloader, slot, delay, settings)
