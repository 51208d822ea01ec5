"""The days that a person names on the command line."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.errors import UsageError

# Where most outlets and readers are; a day named without a zone is a day there.
HOME = ZoneInfo("Asia/Jakarta")
ALLOWED = (
    "a day (2024-09-01), a month (2024-09), a year (2024), a time (2024-09-01T12:00+07:00) or how long ago (7d, 12h)"
)

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_AGO = re.compile(r"(\d{1,4})([dh])")


def read_period(
    since: str | None, until: str | None, now: datetime, zone: ZoneInfo = HOME, *, prefix: str = "--"
) -> tuple[datetime | None, datetime | None]:
    """The half-open period of two options: ``since`` is the beginning of what it names, ``until`` the end.

    Args:
        since: as typed.
        until: as typed.
        now: aware; what "7d" counts from.
        zone: of days and of times that name none.
        prefix: what stands before the options' names on the command line.

    Raises:
        UsageError: one cannot be read, or nothing lies between them.
    """
    start = None if since is None else _read(f"{prefix}since", since, now, zone)[0]
    end = None if until is None else _read(f"{prefix}until", until, now, zone)[1]
    if start and end and start >= end:
        raise UsageError(f"{prefix}since {since} is not before {prefix}until {until}: nothing lies between them")
    return start, end


def _read(option: str, value: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    try:
        if ago := _AGO.fullmatch(value):
            moment = now - timedelta(**{"days" if ago[2] == "d" else "hours": int(ago[1])})
            return moment, moment
        if named := _DAY.fullmatch(value):
            return _named(named[1], named[2], named[3], zone)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        raise UsageError(f"{option} {value}: allowed is {ALLOWED}") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment, moment


def _named(year: str, month: str | None, day: str | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=zone)
    if day:
        return start, start + timedelta(days=1)
    if month and month != "12":
        return start, start.replace(month=start.month + 1)
    return start, start.replace(year=start.year + 1, month=1)
