"""Days, periods and durations as users write them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import UsageError

# The zone of most outlets and readers; days without a zone are days there.
HOME = ZoneInfo("Asia/Jakarta")
ALLOWED = (
    "a day (2024-09-01), a month (2024-09), a year (2024), a time (2024-09-01T12:00+07:00) or how long ago (7d, 12h)"
)

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_AGO = re.compile(r"(\d{1,4})([dh])", re.ASCII)


def read_named(value: str, now: datetime, zone: ZoneInfo = HOME) -> tuple[datetime, datetime]:
    """Return the half-open period that the value names; start equals end for a point.

    Raises:
        ValueError: none of ``ALLOWED``, or outside the calendar.
    """
    try:
        start, stop = _read(value, now, zone)
        # Databases use UTC, in which the calendar's first hours east of Greenwich do not exist.
        return start.astimezone(UTC).astimezone(start.tzinfo), stop.astimezone(UTC).astimezone(stop.tzinfo)
    except OverflowError as error:
        raise ValueError(value) from error


def _read(value: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if ago := _AGO.fullmatch(value):
        moment = now - timedelta(**{"days" if ago[2] == "d" else "hours": int(ago[1])})
        return moment, moment
    if named := _DAY.fullmatch(value):
        return _named(named[1], named[2], named[3], zone)
    moment = datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment, moment


def _named(year: str, month: str | None, day: str | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=zone)
    if day:
        return start, start + timedelta(days=1)
    if month and month != "12":
        return start, start.replace(month=start.month + 1)
    return start, start.replace(year=start.year + 1, month=1)


_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def read_period(
    since: str | None, until: str | None, now: datetime, zone: ZoneInfo = HOME, *, prefix: str = "--"
) -> tuple[datetime | None, datetime | None]:
    """Return the half-open period from the start of ``since`` to the end of ``until``.

    Raises:
        UsageError: an option cannot be read, or the period is empty.
    """
    start = None if since is None else _read_option(f"{prefix}since", since, now, zone)[0]
    end = None if until is None else _read_option(f"{prefix}until", until, now, zone)[1]
    if start and end and start >= end:
        raise UsageError(f"{prefix}since {since} is not before {prefix}until {until}: nothing lies between them")
    return start, end


def read_duration(option: str, value: str) -> timedelta:
    """Parse "30m", "2h" or "7d".

    Raises:
        UsageError: it is none of these, or zero.
    """
    number, unit = value[:-1], _UNITS.get(value[-1:])
    if not number.isdecimal() or not int(number) or unit is None:
        raise UsageError(f"{option} {value}: allowed is a number with s, m, h or d, e.g. 30m")
    return int(number) * unit


def _read_option(option: str, value: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    try:
        return read_named(value, now, zone)
    except ValueError:
        raise UsageError(f"{option} {value}: allowed is {ALLOWED}") from None


__all__ = ["ALLOWED", "HOME", "read_period"]
