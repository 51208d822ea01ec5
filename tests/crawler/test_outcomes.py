from datetime import timedelta

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    StopDownload,
)
from scrapy.http import Request

from core.models import Reason
from crawler.outcomes import Interrupted, Refusal, outcome_of_failure, outcome_of_status

REQUEST = Request("https://kabar.example/1", meta={"refused_type": "application/pdf"})


def test_a_page_has_no_outcome_yet() -> None:
    assert outcome_of_status(200, None) is None


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_gone(status: int) -> None:
    outcome = outcome_of_status(status, None)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("gone", Reason.GONE)


def test_other_statuses_are_tried_again_when_the_server_says() -> None:
    outcome = outcome_of_status(503, timedelta(hours=1))
    assert outcome is not None
    assert (outcome.state, outcome.retry_after) == ("failed", timedelta(hours=1))


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Refusal(Reason.ROBOTS), "rejected", Reason.ROBOTS),
        (Refusal(Reason.ROBOTS_UNREACHABLE), "failed", Reason.ROBOTS_UNREACHABLE),
        (Refusal(Reason.OFF_SITE), "rejected", Reason.OFF_SITE),
        (Refusal(Reason.TOO_LARGE), "rejected", Reason.TOO_LARGE),
        (StopDownload(fail=True), "rejected", Reason.WRONG_TYPE),
        (DownloadCancelledError(), "rejected", Reason.TOO_LARGE),
        (DownloadTimeoutError(), "failed", Reason.NETWORK),
        (CannotResolveHostError(), "failed", Reason.NETWORK),
    ],
)
def test_every_failure_has_its_reason(error: Exception, state: str, reason: Reason) -> None:
    outcome = outcome_of_failure(error, REQUEST)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == (state, reason)


def test_a_run_that_ends_leaves_the_url_pending() -> None:
    assert outcome_of_failure(Interrupted(), REQUEST) is None


def test_a_dropped_connection_is_told_in_words() -> None:
    wrapped = "[<twisted.python.failure.Failure twisted.internet.error.ConnectionDone: Connection was closed cleanly.>]"
    outcome = outcome_of_failure(DownloadFailedError(wrapped), REQUEST)
    robots = outcome_of_failure(Refusal(Reason.ROBOTS_UNREACHABLE, wrapped), REQUEST)
    assert outcome is not None
    assert robots is not None
    assert outcome.detail == "DownloadFailedError: Connection was closed cleanly."
    assert robots.detail == "Connection was closed cleanly."
