"""A request that is not made, or an answer that is not taken, with the reason the ledger keeps."""

from datetime import timedelta

from scrapy.exceptions import IgnoreRequest

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


class Stopping(IgnoreRequest):
    """The run is ending: the URL stays pending and the next run takes it."""
