"""Parse dates of feeds and sitemaps: RFC 822, ISO 8601, with the usual faults."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from core.dates import parse_date
from core.models import Precision, Timestamp

_EARLIEST_YEAR = 1990  # before the web: placeholders such as 0001-01-01 and 1970-01-01
# A feed that calls local time UTC is up to nine hours ahead in Indonesia; later dates are of future events.
_LATEST = timedelta(days=1)
_CLOCK_SLACK = timedelta(minutes=10)

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]+(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?))?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?")
_NAMED_ZONES = {"WIB": "+0700", "WITA": "+0800", "WIT": "+0900", "UTC": "+0000", "UT": "+0000", "Z": "+0000"}
_ZONE_NAME = re.compile(rf"(?<=[\d\s])({'|'.join(_NAMED_ZONES)})\.?$", re.IGNORECASE)
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-]?(\d{2})[/-]?(\d{2})(?:(\d{2})(\d{2})(\d{2}))?[/-]")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


def read_date(raw: str | None, *, zone: ZoneInfo, now: datetime, source: str) -> Timestamp | None:
    """Parse a feed's or sitemap's date; ``zone`` is for texts without one.

    ``None`` if unreadable, before 1990 or more than a day ahead of ``now``. The confidence is ``medium`` at most (some
    feeds label local time as UTC), ``low`` for a date after ``now``.
    """
    text = " ".join((raw or "").split())[:100]
    if not text:
        return None
    stamp = _iso(text, zone, source) or _rfc822(text, zone, source)
    stamp = stamp or parse_date(text, zone=zone, base=now, source=source, latest=now + _LATEST)
    if stamp is None or stamp.at.year < _EARLIEST_YEAR or stamp.at > now + _LATEST:
        return None
    early = stamp.at <= now + _CLOCK_SLACK and stamp.confidence != "low"
    return replace(stamp, raw=text, confidence="medium" if early else "low")


def read_lastmod(raw: str | None, *, zone: ZoneInfo, now: datetime) -> datetime | None:
    stamp = read_date(raw, zone=zone, now=now, source="lastmod")
    return stamp.at if stamp else None


def _iso(text: str, zone: ZoneInfo, source: str) -> Timestamp | None:
    match = _ISO.fullmatch(_ZONE_NAME.sub(_offset, text))
    if match is None:
        return None
    day, clock, offset = match.groups()
    offset = "+00:00" if offset in {"Z", "UTC", "GMT"} else offset
    try:
        at = datetime.fromisoformat(f"{day}T{(clock or '00:00').replace(',', '.')}{offset or ''}")
    except ValueError:
        return None
    return _stamp(at, text, zone, source)


def _rfc822(text: str, zone: ZoneInfo, source: str) -> Timestamp | None:
    try:
        at = parsedate_to_datetime(_ZONE_NAME.sub(_offset, text))
    except (ValueError, OverflowError, IndexError, TypeError):  # the library's parser raises all of them
        return None
    return _stamp(at, text, zone, source)


def _offset(match: re.Match[str]) -> str:
    return f" {_NAMED_ZONES[match[1].upper()]}"


def _stamp(at: datetime, text: str, zone: ZoneInfo, source: str) -> Timestamp | None:
    clock = _CLOCK.search(text)
    precision: Precision = "day" if clock is None else "second" if clock[1] else "minute"
    try:
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        at.astimezone(zone)  # the first and last days of the calendar overflow in other zones
    except OverflowError:
        return None
    return Timestamp(at=at, raw=text, source=source, precision=precision, confidence="medium")


def date_in_url(url: str, *, zone: ZoneInfo, now: datetime) -> Timestamp | None:
    """Find a date in a URL: ``/2024/09/14/`` or 8 or 14 digits; low confidence."""
    match = _URL_DATE.search(url)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(number or 0) for number in match.groups())
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    if at > now + _LATEST:
        return None
    precision: Precision = "second" if match[4] else "day"
    return Timestamp(at, match[0].strip("/-"), "url", precision, "low")
