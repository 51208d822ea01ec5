"""Outcomes of requests that brought no page."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, StopDownload
from scrapy.http import Request

from core.models import Reason


class Refusal(IgnoreRequest):
    """A request refused by our downloader middlewares."""

    def __init__(self, reason: Reason, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after


class Interrupted(IgnoreRequest):
    """A request dropped because the run is ending; its URL stays pending."""


_OK = 200
# Twisted's list of the failures that ended a connection.
_TWISTED_FAILURE = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: (.*?)>\]?")
GONE = frozenset({404, 410})
# Refusals that may be lifted by tomorrow; the others concern the URL itself.
_TEMPORARY = frozenset({Reason.ROBOTS_UNREACHABLE, Reason.HTTP_STATUS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome for the ledger; ``rejected`` and ``gone`` are final, ``failed`` is not."""

    state: Literal["rejected", "failed", "gone"]
    reason: Reason
    detail: str = ""
    retry_after: timedelta | None = None


def outcome_of_status(status: int, retry_after: timedelta | None) -> Outcome | None:
    """Return the outcome of an HTTP status; ``None``: it is a page."""
    if status == _OK:
        return None
    if status in GONE:
        return Outcome("gone", Reason.GONE, f"HTTP {status}")
    return Outcome("failed", Reason.HTTP_STATUS, f"HTTP {status}", retry_after)


def outcome_of_failure(error: BaseException | None, request: Request) -> Outcome | None:
    """Return a failed request's outcome; ``None``: the URL stays pending."""
    if isinstance(error, Interrupted):
        return None
    if isinstance(error, Refusal):
        state: Literal["rejected", "failed"] = "failed" if error.reason in _TEMPORARY else "rejected"
        return Outcome(state, error.reason, _TWISTED_FAILURE.sub(r"\1", error.detail), error.retry_after)
    if isinstance(error, StopDownload):
        return Outcome("rejected", Reason.WRONG_TYPE, request.meta.get("refused_type", ""))
    if isinstance(error, DownloadCancelledError):  # raised by Scrapy at DOWNLOAD_MAXSIZE
        return Outcome("rejected", Reason.TOO_LARGE, str(error))
    return Outcome("failed", Reason.NETWORK, _TWISTED_FAILURE.sub(r"\1", f"{type(error).__name__}: {error}"))
