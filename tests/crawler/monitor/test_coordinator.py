"""A round of the monitor without an engine: its log lines, a busy outlet, a run that is cancelled or closed twice."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from scrapy.settings import Settings
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings as project_settings
from core.scheduling.polling import PollHints
from crawler.monitor.coordinator import Coordinator, Plan
from crawler.resources import Resources, open_resources
from crawler.run import CrawlRun
from crawler.run_lifecycle import OpenRun, crawl_outlet_once
from database.engine import open_database
from database.locks import Locks
from database.schema import OutletDay, Run
from health.round_report import RoundReport
from outlets.schema import Outlet

pytestmark = pytest.mark.process

KABAR, VIVA = (
    Outlet(name=name, title=name.title(), site=f"https://{name}.test/", domains=(f"{name}.test",))
    for name in ("kabar", "viva")
)
FEED = "https://kabar.test/feed"


class FakeSpider:
    """Polls one source of each outlet, or never ends."""

    def __init__(self, *, hangs: bool = False) -> None:
        self._hangs = hangs
        self.begun = asyncio.Event()

    async def crawl_outlet(self, run: CrawlRun) -> None:
        self.begun.set()
        if self._hangs:
            await asyncio.Event().wait()
        source = await run.find_source(FEED, "feed")
        await run.record_source_unchanged(source, 304, PollHints())
        run.measures.requests = run.measures.answers = 1
        run.state = "finished"


@pytest.fixture
def resources(database_url: str) -> Iterator[Resources]:
    values = Settings()
    values.setmodule("settings")
    values.set("DATABASE_URL", database_url)
    with open_resources(values) as opened:
        yield opened


def ignore(_report: RoundReport) -> None:
    pass


async def work(coordinator: Coordinator, spider: Any) -> None:
    await coordinator.work(spider)


def test_the_joints_of_a_round_are_logged_at_info(resources: Resources, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="crawler")
    other = open_database(str(resources.engine.url.render_as_string(hide_password=False)))
    with Locks(other) as locks, locks.outlet("viva"):
        coordinator = Coordinator(resources, Plan([KABAR, VIVA], every_source=True), ignore, ignore)
        asyncio.run(work(coordinator, FakeSpider()))
        report = coordinator.close()
    other.dispose()
    lines = [record.getMessage() for record in caplog.records]
    for part in (
        f"round {report.id} begins",
        "kabar: locked",
        "viva: skipped: viva is being crawled by another run",
        "kabar: run 1 begins",
        f"kabar: polled {FEED}: unchanged (HTTP 304)",
        "kabar: run 1 ended: finished",
        f"round {report.id} ends: finished, 2 outlets",
    ):
        assert any(line.startswith(part) for line in lines), (part, lines)
    assert {record.levelno for record in caplog.records} == {logging.INFO}
    assert project_settings.LOG_LEVEL == "ERROR"  # so none of it shows by default
    assert {outlet.name: outlet.stage for outlet in report.outlets} == {"kabar": "finished", "viva": "busy"}


def test_a_cancelled_run_is_closed_with_its_round(resources: Resources) -> None:
    async def cancel(coordinator: Coordinator) -> None:
        spider = FakeSpider(hangs=True)
        task = asyncio.ensure_future(work(coordinator, spider))
        await spider.begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    coordinator = Coordinator(resources, Plan([KABAR], every_source=True), ignore, ignore)
    asyncio.run(cancel(coordinator))
    assert coordinator.close().state == "stopped"
    with Session(resources.engine) as session:
        assert session.scalars(select(Run.state)).all() == ["stopped"]
    with resources.locks.outlet("kabar"):
        pass  # the lock was released


def test_a_run_that_is_closed_again_is_counted_once(resources: Resources) -> None:
    spider: Any = FakeSpider
    opened: list[OpenRun] = []

    async def crawl() -> None:
        await crawl_outlet_once(resources, KABAR, spider(), on_open=opened.append)

    asyncio.run(crawl())
    [run] = opened
    run.close_blocking()
    run.closed = False  # as if the program was interrupted while the end was being recorded
    run.close_blocking()
    with Session(resources.engine) as session:
        assert session.scalars(select(Run.state)).all() == ["finished"]
        [day] = session.scalars(select(OutletDay))
        assert [quarter["runs"] for quarter in day.measures.values()] == [1]
