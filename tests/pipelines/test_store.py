"""The last stage as Scrapy runs it: a page that the database does not take fails alone."""

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from crawler.errors import RefusedByDatabaseError
from crawler.items import Fetched, Page, Reason, Rejection
from database.failures import database_error
from database.writer import Writer
from pipelines import store as stage
from pipelines.extract import Extracted
from pipelines.storing import Stored, StoreJob


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
    def store(_session: object, job: StoreJob, _now: object) -> Stored:
        if isinstance(job.result, Rejection) and job.result.reason is Reason.INTERNAL:
            return Stored("failed", Reason.INTERNAL)
        raise RefusedByDatabaseError("string is too long for tsvector")

    async def write(work: Any, *, may_be_refused: bool = False) -> Any:
        del may_be_refused
        return work(None)

    monkeypatch.setattr(stage, "store", store)
    run = SimpleNamespace(id=1, outlet=None, boundary=None, write=write, counts=Counter(), failures=[])
    pipeline = stage.StorePipeline(SimpleNamespace(spider=SimpleNamespace(run=run)))  # type: ignore[arg-type]  # all that it uses of a crawler
    page = Page(url="https://kabar.example/1", body=b"")
    stored = asyncio.run(pipeline.process_item(Extracted(Fetched(1, page), Rejection(Reason.VIDEO))))
    assert stored.state == "failed"
    assert "tsvector" in run.failures[0]
