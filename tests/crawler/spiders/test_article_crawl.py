"""What the spider makes of the answers for article pages, new and stored; with a real run and its database."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request
from scrapy.settings import Settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from twisted.python.failure import Failure

from core.models import Candidate, Fetched, Reason
from crawler.outcomes import Interrupted, Refusal
from crawler.resources import open_resources
from crawler.run import CrawlRun
from crawler.run_lifecycle import begin_run, close_run
from crawler.run_options import CrawlArguments
from crawler.spiders.article_crawl import ArticleCrawl
from crawler.spiders.requests import ARTICLE_PRIORITY, RECHECK_PRIORITY, WALK_PRIORITY
from database import ledger
from database.ledger import History, Pending
from database.ledger.history import RecheckState
from outlets.schema import Outlet
from pipelines.new_article import store
from tests.pipelines.incoming import EVERYTHING, NOW, Arrival, article, job, name_it, stamp

pytestmark = pytest.mark.process

PAGE = Arrival("harian", "/berita/1-panen-bawang", article(published=stamp(4)))
HARIAN = Outlet.model_validate(
    {
        "name": "harian",
        "title": "Harian",
        "site": "https://harian.test/",
        "domains": ("harian.test",),
        "article": {"single": "page=all"},
    }
)
ASKED = f"{PAGE.url}?page=all"


@pytest.fixture
def run(engine: Engine, database_url: str) -> Iterator[CrawlRun]:
    """A run at an outlet of which one article is stored, long enough ago for its next look."""
    with Session(engine) as session, session.begin():
        store(session, replace(job(PAGE, name_it(session, PAGE)), etag='"1"', last_modified="Sat, 14 Sep 2024"), NOW)
    with opened(database_url) as run:
        yield run


@contextmanager
def opened(database_url: str, limit: int | None = None) -> Iterator[CrawlRun]:
    settings = Settings()
    settings.setmodule("settings")
    settings.set("DATABASE_URL", database_url)
    with open_resources(settings) as resources:
        run = resources.writer.run_blocking(partial(begin_run, resources, HARIAN, CrawlArguments(limit=limit)))
        yield run
        resources.writer.run_blocking(partial(close_run, run))


def spider(run: CrawlRun) -> ArticleCrawl:
    run.expect()
    return ArticleCrawl(run, Settings())


async def everything(output: AsyncIterator[Any]) -> list[Any]:
    return [one async for one in output]


def looks(run: CrawlRun) -> list[Request]:
    return asyncio.run(everything(spider(run).rechecks()))


def answer(request: Request, status: int, url: str = ASKED, **headers: str) -> HtmlResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse(url, status=status, headers=named, body=b"<h1>Petani</h1>", request=request)


def answered(run: CrawlRun, response: HtmlResponse) -> list[Any]:
    """What the spider gives for the answer to a request of its own."""
    assert response.request
    return asyncio.run(everything(spider(run).parse_recheck(response, **response.request.cb_kwargs)))


def history(run: CrawlRun) -> tuple[History, RecheckState]:
    found = run.writer.run_blocking(lambda session: ledger.history(session, PAGE.url))
    assert found is not None
    assert found.recheck is not None
    return found, found.recheck


def test_a_look_asks_for_what_is_newer_than_the_last_answer(run: CrawlRun) -> None:
    [request] = looks(run)
    assert request.url == ASKED
    assert (request.headers["If-None-Match"], request.headers["If-Modified-Since"]) == (b'"1"', b"Sat, 14 Sep 2024")


def test_looks_come_after_new_articles_and_before_walks_go_on(run: CrawlRun) -> None:
    [request] = looks(run)
    assert ARTICLE_PRIORITY > request.priority == RECHECK_PRIORITY > WALK_PRIORITY


def test_an_article_is_looked_at_once_a_run(run: CrawlRun) -> None:
    assert [len(looks(run)), len(looks(run))] == [1, 0]


def test_a_limit_is_for_new_articles(run: CrawlRun) -> None:
    run.remaining = 3
    assert looks(run) == []


def test_what_did_not_change_is_answered_without_a_page(run: CrawlRun) -> None:
    [request] = looks(run)
    assert answered(run, answer(request, 304)) == []
    assert run.recheck_counts == {"unchanged": 1}
    found, looked = history(run)
    assert (found.state, looked.due_at) == ("stored", None)
    assert looked.looked_at > NOW


def test_a_page_goes_to_the_pipelines_with_its_validators(run: CrawlRun) -> None:
    [request] = looks(run)
    [fetched] = answered(run, answer(request, 200, ETag='"2"'))
    assert isinstance(fetched, Fetched)
    assert (fetched.recheck, fetched.etag, fetched.last_modified) == (True, '"2"', None)
    assert (fetched.page.url, fetched.page.requested_url, fetched.page.candidate) == (
        PAGE.url,
        PAGE.url,
        request.cb_kwargs["recheck"].candidate,
    )


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_missing(run: CrawlRun, status: int) -> None:
    [request] = looks(run)
    assert answered(run, answer(request, status)) == []
    found, looked = history(run)
    assert (run.recheck_counts, found.state) == ({"missing": 1}, "stored")
    assert looked.missing_since is not None


def test_a_page_that_leads_home_is_a_failed_look(run: CrawlRun) -> None:
    [request] = looks(run)
    assert answered(run, answer(request, 200, HARIAN.site)) == []
    found, looked = history(run)
    assert (run.recheck_counts, found.state, looked.failures) == ({"failed: home-page": 1}, "stored", 1)
    assert (run.failures, looked.missing_since) == ([], None)


def test_a_missing_further_page_is_a_failed_look(run: CrawlRun) -> None:
    [request] = looks(run)
    [first] = answered(run, answer(request, 200))
    further = request.replace(cb_kwargs={**request.cb_kwargs, "so_far": first})
    assert answered(run, answer(further, 404)) == []
    assert run.recheck_counts == {"failed: gone": 1}
    assert history(run)[1].missing_since is None


@pytest.mark.parametrize(
    ("error", "told", "failures"),
    [
        (Refusal(Reason.ROBOTS_UNREACHABLE, "HTTP 503"), {"failed: robots-unreachable": 1}, 1),
        (Refusal(Reason.ROBOTS, "forbidden"), {"failed: robots": 1}, 0),
        (Interrupted(), {}, 0),
    ],
)
def test_a_look_that_was_not_made_leaves_the_article(
    run: CrawlRun, error: Exception, told: dict[str, int], failures: int
) -> None:
    [request] = looks(run)
    failure = Failure(error)  # type: ignore[no-untyped-call]  # Twisted left it unannotated
    failure.request = request  # type: ignore[attr-defined]  # as Scrapy does
    asyncio.run(spider(run).recheck_failed(failure))
    assert (run.recheck_counts, len(run.failures), history(run)[0].state) == (told, failures, "stored")


def test_a_new_page_brings_its_validators_too(run: CrawlRun) -> None:
    wanted = Pending(9, "https://harian.test/berita/9", Candidate("https://harian.test/berita/9"), 0, EVERYTHING)
    request = spider(run).article(wanted)
    response = answer(request, 200, request.url, ETag='"9"', Last_Modified="Sun, 15 Sep 2024")
    [fetched] = asyncio.run(everything(spider(run).parse_article(response, **request.cb_kwargs)))
    assert (fetched.recheck, fetched.etag, fetched.last_modified) == (False, '"9"', "Sun, 15 Sep 2024")
