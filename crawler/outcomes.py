"""What became of a request that brought no page: decided here, recorded by the run."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, StopDownload
from scrapy.http import Request

from core.models import Reason


class Refusal(IgnoreRequest):
    """Raised by our downloader middlewares instead of a bare ``IgnoreRequest``.

    Attributes:
        reason: what the ledger records.
        detail: for the person who asks why.
        retry_after: the server's own word, where it gave one.
    """

    def __init__(self, reason: Reason, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after


class Interrupted(IgnoreRequest):
    """The run is ending: the URL stays pending and the next run takes it."""


_OK = 200
# Twisted's list of the failures that ended a connection.
_WRAPPING = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: (.*?)>\]?")
GONE = frozenset({404, 410})
# A refusal that may be another one tomorrow; the others speak of the URL itself.
_PASSING = frozenset({Reason.ROBOTS_UNREACHABLE, Reason.HTTP_STATUS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome for the ledger: ``rejected`` and ``gone`` are final, ``failed`` is tried again later."""

    state: Literal["rejected", "failed", "gone"]
    reason: Reason
    detail: str = ""
    retry_after: timedelta | None = None


def outcome_of_status(status: int, retry_after: timedelta | None) -> Outcome | None:
    """The outcome of an answer by its HTTP status; ``None``: it is a page."""
    if status == _OK:
        return None
    if status in GONE:
        return Outcome("gone", Reason.GONE, f"HTTP {status}")
    return Outcome("failed", Reason.HTTP_STATUS, f"HTTP {status}", retry_after)


def outcome_of_failure(error: BaseException | None, request: Request) -> Outcome | None:
    """The outcome of a request that failed; ``None``: the run is ending and the URL stays pending."""
    if isinstance(error, Interrupted):
        return None
    if isinstance(error, Refusal):
        state: Literal["rejected", "failed"] = "failed" if error.reason in _PASSING else "rejected"
        return Outcome(state, error.reason, _WRAPPING.sub(r"\1", error.detail), error.retry_after)
    if isinstance(error, StopDownload):
        return Outcome("rejected", Reason.WRONG_TYPE, request.meta.get("refused_type", ""))
    if isinstance(error, DownloadCancelledError):  # raised by Scrapy at DOWNLOAD_MAXSIZE
        return Outcome("rejected", Reason.TOO_LARGE, str(error))
    return Outcome("failed", Reason.NETWORK, _WRAPPING.sub(r"\1", f"{type(error).__name__}: {error}"))
