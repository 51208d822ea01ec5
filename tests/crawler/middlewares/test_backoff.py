import asyncio
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Request, Response

from core.models import Reason
from crawler.middlewares.backoff import BackoffMiddleware, retry_after
from crawler.outcomes import Interrupted, Refusal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Stats:
    def inc_value(self, key: str) -> None:
        self.last = key


def middleware(*, running: bool = True, longest: float = 60.0) -> BackoffMiddleware:
    crawler: Any = SimpleNamespace(
        engine=SimpleNamespace(running=running), stats=Stats(), spider=SimpleNamespace(stopping=False)
    )
    return BackoffMiddleware(crawler, times=2, base=2.0, longest=longest, statuses=frozenset({429, 500, 503}))


def request(url: str = "https://kabar.example/1", **meta: Any) -> Request:
    run = SimpleNamespace(now=lambda: NOW)
    return Request(url, meta={"download_slot": "kabar.example", "run": run, **meta})


def answer(status: int, **headers: str) -> Response:
    return Response(
        "https://kabar.example/1", status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"120", timedelta(seconds=120)),
        (b"Sat, 21 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        (b"Sat, 21 Nov 2026 11:00:00 GMT", timedelta(0)),
        (b"soon", None),
        (b"", None),
        (None, None),
    ],
)
def test_reads_seconds_and_dates_of_retry_after(value: bytes | None, expected: timedelta | None) -> None:
    assert retry_after(value, NOW) == expected


def test_a_good_answer_passes() -> None:
    response = answer(200)
    assert middleware().process_response(request(), response) is response


def test_a_failed_request_waits_twice_as_long_each_time() -> None:
    waits = []
    for tried in (0, 1):
        again = middleware().process_response(request(retry_times=tried), answer(500))
        assert isinstance(again, Request)
        waits.append(again.meta["not_before"] - time.monotonic())
    assert waits == pytest.approx([2, 4], abs=0.2)


def test_gives_up_after_the_allowed_tries() -> None:
    response = answer(500)
    assert middleware().process_response(request(retry_times=2), response) is response


def test_retry_after_is_honoured() -> None:
    before = time.monotonic()
    again = middleware().process_response(request(), answer(503, Retry_After="30"))
    assert isinstance(again, Request)
    assert before + 30 <= again.meta["not_before"] <= time.monotonic() + 30


def test_a_503_holds_the_whole_outlet_back() -> None:
    holder = middleware()
    holder.process_response(request(), answer(503, Retry_After="0"))
    began = time.monotonic()
    asyncio.run(asyncio.wait_for(holder.process_request(request("https://kabar.example/2")), 60))
    assert time.monotonic() - began >= 1.5


def test_a_long_wait_refuses_the_rest_of_the_run() -> None:
    holder = middleware()
    response = answer(429, Retry_After="3600")
    assert holder.process_response(request(), response) is response
    with pytest.raises(Refusal) as refused:
        asyncio.run(holder.process_request(request("https://kabar.example/2")))
    assert refused.value.reason is Reason.HTTP_STATUS
    assert refused.value.retry_after is not None
    assert refused.value.retry_after > timedelta(minutes=59)


def test_the_network_s_failures_are_tried_again() -> None:
    assert isinstance(middleware().process_exception(request(), DownloadTimeoutError("late")), Request)


def test_other_exceptions_are_left_alone() -> None:
    assert middleware().process_exception(request(), Refusal(Reason.ROBOTS)) is None


def test_a_waiting_request_gives_way_when_the_run_ends() -> None:
    with pytest.raises(Interrupted):
        asyncio.run(middleware(running=False).process_request(request(not_before=time.monotonic() + 30)))


def test_a_date_in_retry_after_counts_from_the_run_s_clock() -> None:
    backoff, late = middleware(), "Sat, 21 Nov 2026 12:00:40 GMT"
    again = backoff.process_response(request(), answer(429, Retry_After=late))
    assert isinstance(again, Request)
    assert again.meta["not_before"] - time.monotonic() == pytest.approx(40, abs=5)
