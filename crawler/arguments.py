"""The arguments of ``scrapy crawl``: ``-a since=… -a until=… -a limit=…``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crawler.errors import UsageError

SEEDS = "seeds"
_AGO = re.compile(r"(\d{1,4})([dh])")
_ALLOWED = "a day (2024-09-01), a time (2024-09-01T12:00+07:00) or how long ago (7d, 12h)"


@dataclass(frozen=True, slots=True)
class CrawlArguments:
    """What the person asked for; ``None`` where nothing was said.

    Attributes:
        since: articles from this moment on, or ``"seeds"``: back to the outlet's newest seed article.
        until: articles before this moment (a day is meant whole).
        limit: articles to fetch at most in this run; the rest stays pending.
    """

    since: datetime | str | None = None
    until: datetime | None = None
    limit: int | None = None


def read_arguments(given: Mapping[str, str], zone: ZoneInfo, now: datetime) -> CrawlArguments:
    """Check and read ``-a`` arguments; days are days in the outlet's ``zone``.

    Raises:
        UsageError: an unknown name, an unreadable value, or bounds that exclude everything.
    """
    unknown = sorted(set(given) - {"since", "until", "limit"})
    if unknown:
        raise UsageError(f"-a {unknown[0]}=… is unknown; allowed are since, until and limit")
    since = given.get("since")
    arguments = CrawlArguments(
        since=since if since in {None, SEEDS} else _moment("since", since or "", zone, now, end=False),
        until=_moment("until", given["until"], zone, now, end=True) if "until" in given else None,
        limit=_limit(given["limit"]) if "limit" in given else None,
    )
    if isinstance(arguments.since, datetime) and arguments.until and arguments.until <= arguments.since:
        raise UsageError(f"-a until={given['until']} is not after since={since}: no article could match")
    return arguments


def _limit(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise UsageError(f"-a limit={value}: a whole number from 1 on is needed")
    return int(value)


def _moment(name: str, value: str, zone: ZoneInfo, now: datetime, *, end: bool) -> datetime:
    ago = _AGO.fullmatch(value)
    if ago:
        return now - timedelta(**{"days" if ago[2] == "d" else "hours": int(ago[1])})
    extra = f", or {SEEDS}" if name == "since" else ""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            day = date.fromisoformat(value) + timedelta(days=end)
            return datetime.combine(day, time(), zone)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        raise UsageError(f"-a {name}={value} cannot be read: {_ALLOWED}{extra} is allowed") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
