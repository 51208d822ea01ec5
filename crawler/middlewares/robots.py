"""robots.txt as RFC 9309 has it, for our own name and for ``Scrapy`` (design §8).

Scrapy's own middleware fetches pages when robots.txt answers 5xx or not at all; RFC 9309 §2.3.1.4 wants "assume
complete disallow" there, which is a reason to come back later, not a verdict on the page.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.items import Reason
from crawler.middlewares.refusal import Refusal, Stopping
from crawler.urls import download_slot

_HTTP_OK = range(200, 300)
_HTTP_CLIENT_ERROR = range(400, 500)
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Policy:
    """What one host's robots.txt says to us; ``unreachable`` says why nobody knows."""

    rules: Protego | None = None
    unreachable: str | None = None

    def allows(self, url: str, agents: Sequence[str]) -> bool:
        """Whether every one of our names may fetch the URL."""
        return self.rules is None or all(self.rules.can_fetch(url, agent) for agent in agents)

    def delay(self, agents: Sequence[str]) -> float:
        """The longest Crawl-delay that any of our names is given, in seconds."""
        if self.rules is None:
            return 0.0
        return max(self.rules.crawl_delay(agent) or 0.0 for agent in agents)


def read_policy(status: int, body: bytes) -> Policy:
    """What an answer to /robots.txt means (RFC 9309 §2.3.1)."""
    if status in _HTTP_OK:
        return Policy(Protego.parse(body.decode("utf-8", "replace")))
    if status in _HTTP_CLIENT_ERROR and status != _TOO_MANY:
        return Policy()
    return Policy(unreachable=f"HTTP {status}")


class RobotsMiddleware:
    """Asks each host's robots.txt once a run, obeys it, and slows the outlet's slot down to its Crawl-delay."""

    def __init__(self, crawler: Crawler, agents: Sequence[str], max_delay: float) -> None:
        self._crawler = crawler
        self._agents = agents
        self._max_delay = max_delay
        self._policies: dict[str, asyncio.Future[Policy]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from ``ROBOTS_AGENTS`` and ``MAX_CRAWL_DELAY``."""
        return cls(crawler, crawler.settings.getlist("ROBOTS_AGENTS"), crawler.settings.getfloat("MAX_CRAWL_DELAY"))

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise ``Refusal``."""
        if request.meta.get("is_robots"):
            return
        policy = await self.policy(request.url)
        if policy.unreachable:
            raise Refusal(Reason.ROBOTS_UNREACHABLE, policy.unreachable)
        if not policy.allows(request.url, self._agents):
            raise Refusal(Reason.ROBOTS, f"robots.txt forbids {urlsplit(request.url).path}")

    async def policy(self, url: str) -> Policy:
        """The policy of the URL's host, fetched once."""
        parts = urlsplit(url)
        known = self._policies.get(parts.netloc)
        if known is None:
            known = self._policies[parts.netloc] = asyncio.ensure_future(
                self._fetch(f"{parts.scheme}://{parts.netloc}")
            )
        return await asyncio.shield(known)

    async def _fetch(self, root: str) -> Policy:
        request = Request(
            f"{root}/robots.txt",
            callback=NO_CALLBACK,
            meta={"is_robots": True, "download_slot": download_slot(root)},
            priority=1000,
        )
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Stopping:
            raise
        except Exception as error:  # noqa: BLE001 - whatever keeps robots.txt from us has the same meaning
            return Policy(unreachable=str(error) or type(error).__name__)
        policy = read_policy(response.status, response.body)
        self._slow_down(request.meta["download_slot"], min(policy.delay(self._agents), self._max_delay))
        return policy

    def _slow_down(self, slot_key: str, delay: float) -> None:
        downloader = self._crawler.engine.downloader
        settings = downloader.per_slot_settings.setdefault(slot_key, {})
        slot = downloader.slots.get(slot_key)
        current = slot.delay if slot else settings.get("delay", self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        if delay <= current:
            return
        # Both: idle slots are dropped after a minute and made anew from the settings.
        settings["delay"] = delay
        settings["concurrency"] = 1
        if slot:
            slot.delay = delay
            slot.concurrency = 1
