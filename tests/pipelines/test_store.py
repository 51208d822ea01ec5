"""The last stage as Scrapy runs it: a page that the database does not take fails alone."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.errors import RefusedByDatabaseError
from core.models import Candidate, Fetched, Page, Reason, Rejection
from crawler.resources import Resources
from crawler.run import CrawlRun
from database import ledger
from database.errors import database_error
from database.locks import Locks
from database.schema import Recheck
from database.writer import Writer
from health.measures import Measures
from pipelines import store as stage
from pipelines.new_article import Stored, StoreJob, store
from pipelines.normalise import Extracted
from tests.pipelines.incoming import EVERYTHING, LOOK_BACK, NOW, TEXT, Arrival, article, job, name_it, outlet, stamp


def test_what_one_job_writes_may_be_refused(engine: Engine) -> None:
    writer = Writer(engine)
    with pytest.raises(RefusedByDatabaseError):
        writer.run_blocking(lambda session: session.execute(text("INSERT INTO stories (id) VALUES (1)")))
    assert writer.run_blocking(_one) == 1
    writer.close()


def _one(session: Session) -> Any:
    return session.scalar(text("SELECT 1"))


def test_a_full_disk_is_no_refusal(engine: Engine) -> None:
    error = database_error(Exception("database or disk is full"), engine.url)
    assert not isinstance(error, RefusedByDatabaseError)


def test_a_refused_page_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_session: object, job: StoreJob, _now: object) -> Stored:
        if isinstance(job.result, Rejection) and job.result.reason is Reason.INTERNAL:
            return Stored("failed", Reason.INTERNAL)
        raise RefusedByDatabaseError("string is too long for tsvector")

    async def write(work: Any, *, may_be_refused: bool = False) -> Any:
        del may_be_refused
        return work(None)

    monkeypatch.setattr(stage, "store", refuse)
    run = SimpleNamespace(
        id=1, outlet=None, boundary=None, resources=SimpleNamespace(look_back=60, seed_similarity=None), write=write,
        counts=Counter(), failures=[], measures=Measures(), now=lambda: NOW,
    )  # fmt: skip
    pipeline = stage.StorePipeline(SimpleNamespace(spider=SimpleNamespace(runs={run.id: run})))  # type: ignore[arg-type]  # all that it uses of a crawler
    page = Page(url="https://kabar.example/1", body=b"")
    stored = asyncio.run(pipeline.process_item(Extracted(Fetched(1, 1, page), Rejection(Reason.VIDEO))))
    assert stored.state == "failed"
    assert "tsvector" in run.failures[0]


@pytest.mark.parametrize("recheck", [False, True])
def test_a_page_the_database_refuses_is_tried_again(engine: Engine, *, recheck: bool) -> None:
    page = Arrival("harian", "/berita/1-panen-bawang", article(published=stamp(5)))
    with Session(engine) as session, session.begin():
        url_id = name_it(session, page)
        if recheck:
            store(session, job(page, url_id), NOW)
    counts, looked = pass_through(engine, page, [fetched(page, url_id, recheck=recheck)], BreaksDown(engine))
    assert (looked if recheck else counts) == {"failed: internal-error": 1}
    with Session(engine) as session:
        told = ledger.history(session, page.url)
        assert told
        assert told.events[-1].event == ("look failed" if recheck else "failed")


def test_looks_are_revised_and_counted_apart(engine: Engine) -> None:
    page = Arrival("harian", "/berita/1-panen-bawang", article())
    changed = replace(page, result=article(f"{TEXT}\nDiralat."))
    with Session(engine) as session, session.begin():
        feed = ledger.source(session, "harian", "https://harian.test/feed", "feed")
        now = datetime.now(UTC)  # as the pipeline has it: only young articles are looked at again
        [pending] = ledger.admit(
            session, None, feed.id, ledger.SourceAnswer([Candidate(page.url)]), EVERYTHING, now
        ).admitted
        url_id = pending.url_id
    first, again = fetched(page, url_id, etag='"1"'), fetched(page, url_id, recheck=True, etag='"2"')
    counts, looked = pass_through(engine, page, [first, again])
    assert (counts, looked) == ({"stored": 1}, {"unchanged": 1})
    with Session(engine) as session:
        assert session.scalars(select(Recheck.etag)).one() == '"2"'
    counts, looked = pass_through(engine, changed, [again])
    assert (counts, looked) == ({}, {"revised": 1})


class BreaksDown(Writer):
    """Refuses the first work that it is given."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._broken = False

    async def run(self, work: Callable[[Session], Any]) -> Any:
        if not self._broken:
            self._broken = True
            raise RefusedByDatabaseError("string is too long for tsvector")
        return await super().run(work)


def fetched(page: Arrival, url_id: int, *, recheck: bool = False, etag: str | None = None) -> Fetched:
    return Fetched(0, url_id, Page(page.url, b"", fetched_at=NOW, requested_url=page.url), etag, recheck=recheck)


def pass_through(
    engine: Engine, page: Arrival, items: list[Fetched], writer: Writer | None = None
) -> tuple[Counter[str], Counter[str]]:
    """What the run counts of new pages and of looks when these come, each with what ``page`` holds."""
    resources = Resources(engine, writer or Writer(engine), None, Locks(engine), LOOK_BACK, lambda: NOW)  # type: ignore[arg-type]  # no workers
    run = CrawlRun(outlet(page.outlet), None, EVERYTHING, NOW, resources)  # type: ignore[arg-type]  # no run's row
    pipeline = stage.StorePipeline(SimpleNamespace(spider=SimpleNamespace(runs={0: run})))  # type: ignore[arg-type]  # all that it uses of a crawler
    for item in items:
        asyncio.run(pipeline.process_item(Extracted(item, job(page, item.url_id).result)))
    run.writer.close()
    return run.counts, run.recheck_counts
