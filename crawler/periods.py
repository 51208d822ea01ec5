"""The period that two options of a command name."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.errors import UsageError
from database.periods import ALLOWED, HOME, read_named

_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


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


def read_duration(option: str, value: str) -> timedelta:
    """How long "30m", "2h" or "7d" is.

    Raises:
        UsageError: it is something else, or nothing.
    """
    number, unit = value[:-1], _UNITS.get(value[-1:])
    if not number.isdecimal() or not int(number) or unit is None:
        raise UsageError(f"{option} {value}: allowed is a number with s, m, h or d, e.g. 30m")
    return int(number) * unit


def _read(option: str, value: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    try:
        return read_named(value, now, zone)
    except ValueError:
        raise UsageError(f"{option} {value}: allowed is {ALLOWED}") from None


__all__ = ["ALLOWED", "HOME", "read_period"]
