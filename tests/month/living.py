"""The month as the monitor lives it: the clock of both set to each round's begin, where it stands until its end."""

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import react

from crawler import workers
from crawler.monitor.coordinator import Coordinator, Plan
from crawler.resources import Resources, open_resources
from crawler.run import run_context
from crawler.spiders.news import NewsSpider
from crawler.traffic import TrafficMeter
from crawler.workers import PRELOAD, start_server
from health.round_report import RoundReport
from outlets.registry import Registry
from pipelines.backfill import make_ready
from tests.month.monthly import Monthly
from tests.month.plan import ROUNDS, TROUBLES
from tests.month.site import MonthSite


class MonthMeter(TrafficMeter):
    """Takes no answer for slow that only this machine has delayed."""

    site: ClassVar[MonthSite]

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Limit the time that a healthy outlet's answer took."""
        room = self.site.newsrooms[run_context(request).outlet.name]
        if not isinstance(room, Monthly) or room.trouble != "slow":
            request.meta["download_latency"] = min(request.meta.get("download_latency", 0.0), 0.01)
        super().response_downloaded(response, request)


class Month:
    """The site and the monitor, and the time that both go by."""

    def __init__(self, site: MonthSite, settings: Settings) -> None:
        self._site = site
        self._settings = settings
        self._outlets = Registry([site.declarations]).all()
        self._now = ROUNDS[0]

    def clock(self) -> datetime:
        """The round's begin; the monitor must not see a moment that the site has not reached."""
        return self._now

    async def live(self, resources: Resources, until: int) -> None:
        """All rounds, or so many."""
        before = self._site.clock.now
        for now in ROUNDS[:until]:
            self._let_pass(before, now)
            before = self._now = now
            plan = Plan(self._outlets)
            coordinator = Coordinator(resources, plan, _ignore, _ignore)
            began = time.monotonic()
            await Crawler(NewsSpider, self._settings).crawl_async(work=coordinator.work)
            report = await asyncio.to_thread(coordinator.close)
            print(line(report, time.monotonic() - began), flush=True)
        self._site.write_truth()

    def _let_pass(self, before: datetime, now: datetime) -> None:
        """What happens to the outlets since the round before."""
        events = [(one.begins, one.outlet, one.kind) for one in TROUBLES if before < one.begins <= now]
        ends = [(one.ends, one.outlet, None) for one in TROUBLES if before < one.ends <= now]
        for at, outlet, kind in sorted([*events, *ends], key=lambda event: event[0]):
            self._site.set_clock(at)
            if kind:
                self._site.fault(outlet, kind)
            else:
                self._site.repair(outlet)
        self._site.set_clock(now)


def line(report: RoundReport, seconds: float) -> str:
    """A round in a line, and what changed in it."""
    new, requests = sum(one.new for one in report.outlets), sum(one.requests for one in report.outlets)
    changes = [f"\n  + {words}" for words in report.raised] + [f"\n  - {words}" for words in report.cleared]
    took = f"{len(report.outlets)} outlets, {new} new, {requests} requests, {seconds:.1f} s"
    return f"{report.started_at:%a %d %H:%M} {report.state}: {took}{''.join(changes)}"


def _ignore(_report: RoundReport) -> None:
    """Nobody looks on."""


def live(folder: Path, database: str, rounds: int, seed: int) -> None:
    """Live so many rounds, then end the program."""
    start_server(PRELOAD)
    settings = get_project_settings()
    settings.setdict(
        {"DATABASE_URL": database, "WORKERS": 2, "RETRY_BASE_DELAY": 0.05, "CONCURRENT_REQUESTS_PER_DOMAIN": 8},
        priority="cmdline",
    )
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    extensions = settings.getdict("EXTENSIONS") | {"crawler.traffic.TrafficMeter": None, f"{__name__}.MonthMeter": 0}
    settings.set("EXTENSIONS", extensions, priority="cmdline")
    with MonthSite(folder, seed=seed) as site:
        MonthMeter.site = site
        month = Month(site, settings)
        with open_resources(settings, month.clock) as resources:
            make_ready(resources)
            workers.tune_garbage_collector()
            react(lambda _: Deferred.fromFuture(asyncio.ensure_future(month.live(resources, rounds))))
