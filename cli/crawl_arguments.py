"""The arguments of ``scrapy crawl``: ``-a since=… -a until=… -a limit=…``."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from core.errors import UsageError
from core.periods import read_period
from crawler.run_options import SEEDS, CrawlArguments


def read_arguments(given: Mapping[str, str], zone: ZoneInfo, now: datetime) -> CrawlArguments:
    """Check and read ``-a`` arguments; days are days in the outlet's ``zone``. Dates as of ``core.periods``.

    Raises:
        UsageError: an unknown name, an unreadable value, or bounds that exclude everything.
    """
    unknown = sorted(set(given) - {"since", "until", "limit"})
    if unknown:
        raise UsageError(f"-a {unknown[0]}=… is unknown; allowed are since, until and limit")
    since = given.get("since")
    try:
        start, end = read_period(None if since == SEEDS else since, given.get("until"), now, zone, prefix="-a ")
    except UsageError as error:
        raise UsageError(f"{error} (-a since={SEEDS} goes back to the outlet's newest seed)") from error
    limit = _limit(given["limit"]) if "limit" in given else None
    return CrawlArguments(SEEDS if since == SEEDS else start, end, limit)


def _limit(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise UsageError(f"-a limit={value}: a whole number from 1 on is needed")
    return int(value)
