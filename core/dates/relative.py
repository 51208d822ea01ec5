"""Moments that are counted from another: "2 jam yang lalu", "Kemarin, 10:15", "07:08", "Selasa (10/9)"."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.dates.vocabulary import MONTH, WEEKDAY, ZONE, month_number, weekday_number, zone_of
from core.models import Confidence, Precision


@dataclass(frozen=True, slots=True)
class Moment:
    """What a string says: an aware instant, how fine, how sure."""

    at: datetime
    precision: Precision
    confidence: Confidence = "high"


# Unit: what it is counted in, how many of those, and what precision the answer has.
_UNITS: Final[dict[str, tuple[str, float, Precision]]] = {
    **dict.fromkeys(("detik", "second", "seconds", "sec", "secs"), ("seconds", 1, "second")),
    **dict.fromkeys(("menit", "minute", "minutes", "min", "mins", "mnt"), ("seconds", 60, "minute")),
    **dict.fromkeys(("jam", "hour", "hours", "hr", "hrs"), ("seconds", 3600, "minute")),
    **dict.fromkeys(("hari", "day", "days"), ("days", 1, "day")),
    **dict.fromkeys(("minggu", "pekan", "week", "weeks"), ("days", 7, "day")),
    **dict.fromkeys(("bulan", "month", "months"), ("months", 1, "day")),
    **dict.fromkeys(("tahun", "year", "years"), ("months", 12, "day")),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AGO = re.compile(
    rf"(?<![\w.,])(?:(?P<count>\d{{1,4}}(?:[.,]\d)?)\s*|(?P<half>setengah\s+)|(?P<one>se|an?\s+))(?P<unit>{_UNIT})"
    r"\s+(?:(?:yang|yg)\s+)?(?:lalu|silam|ago)\b",
    re.IGNORECASE,
)
_DAYS = {"hari ini": 0, "today": 0, "kemarin lusa": -2, "kemarin": -1, "yesterday": -1, "besok": 1, "lusa": 2}
_NOW = re.compile(r"(?:baru saja|barusan|just now)\W*$", re.IGNORECASE)
_CLOCK = (
    r"(?:(?:pukul|pkl|jam)\b[.:]?\s*)?(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?"
    rf"(?:\s*\(?(?P<zone>{ZONE})\)?)?\W*$"
)
_DAY_WORD = re.compile(rf"\W*(?P<day>{'|'.join(_DAYS)})\b\W*(?:{_CLOCK})?$", re.IGNORECASE)
_CLOCK_ONLY = re.compile(rf"\W*{_CLOCK}", re.IGNORECASE)
_WEEKDAY = re.compile(
    rf"\W*(?!minggu\s+lalu)(?P<day>{WEEKDAY})(?:\s+(?:lalu|kemarin))?\b\W*(?:{_CLOCK})?$", re.IGNORECASE
)
_DAY_AND_MONTH = re.compile(
    rf"(?:(?:^|\()\s*(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})\s*(?:\)|$)|(?<![\d:.])(?P<day>\d{{1,2}})\s+(?P<month>{MONTH}))",
    re.IGNORECASE,
)
_CLOCK_BEHIND = re.compile(rf"\W*{_CLOCK}", re.IGNORECASE)


def relative(text: str, zone: ZoneInfo, base: datetime) -> Moment | None:
    """What a tidy string means that names no year, counted back from ``base``; always of low confidence.

    A clock time alone, or with "hari ini", that would lie after ``base`` is the day before's. A day counted back from
    a moment keeps that moment's time of day. Vague words ("tadi malam", "beberapa menit lalu", "minggu lalu") mean
    nothing here.

    Raises:
        ValueError: a day or time that does not exist.
    """
    now = base.astimezone(zone).replace(microsecond=0)
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Moment]], ...] = (
        (_DAY_AND_MONTH, _yearless),
        (_AGO, _ago),
        (_NOW, _just_now),
        (_DAY_WORD, _day_word),
        (_WEEKDAY, _last_weekday),
        (_CLOCK_ONLY, _clock_only),
    )
    for pattern, read in readers:
        found = pattern.search(text) if pattern in (_DAY_AND_MONTH, _AGO) else pattern.match(text)
        if found:
            return read(found, now)
    return None


def _ago(found: re.Match[str], now: datetime) -> Moment:
    counted_in, size, precision = _UNITS[found["unit"].casefold()]
    count = 0.5 if found["half"] else float((found["count"] or "1").replace(",", "."))
    if counted_in == "months":
        return Moment(_months_back(now, round(count * size)), precision, "low")
    return Moment(now - timedelta(**{counted_in: count * size}), precision, "low")


def _months_back(now: datetime, count: int) -> datetime:
    years, month = divmod(now.year * 12 + now.month - 1 - count, 12)
    return now.replace(year=years, month=month + 1, day=min(now.day, monthrange(years, month + 1)[1]))


def _just_now(_: re.Match[str], now: datetime) -> Moment:
    return Moment(now, "minute", "low")


def _day_word(found: re.Match[str], now: datetime) -> Moment:
    days = timedelta(days=_DAYS[" ".join(found["day"].casefold().split())])
    if found["h"] is None:
        return Moment(now + days, "day", "low")
    moment = _on_day(found, now, days)
    return _not_after(moment, now) if not days else moment


def _last_weekday(found: re.Match[str], now: datetime) -> Moment:
    behind = (now.weekday() - weekday_number(found["day"])) % 7
    if found["h"] is None:
        return Moment(_midnight(now.date() - timedelta(days=behind or 7), now), "day", "low")
    return _not_after(_on_day(found, now, -timedelta(days=behind)), now, days=7)


def _clock_only(found: re.Match[str], now: datetime) -> Moment:
    return _not_after(_on_day(found, now, timedelta()), now)


def _on_day(found: re.Match[str], now: datetime, days: timedelta) -> Moment:
    there = now.astimezone(zone_of(found["zone"])) if found["zone"] else now
    clock = time(int(found["h"]) % 24, int(found["m"]), int(found["s"] or 0))
    if int(found["h"]) >= 24:  # noqa: PLR2004 - 24:00 is the next day's 00:00
        if found["h"] != "24" or clock != time():
            raise ValueError(f"no such time: {found[0]}")
        days += timedelta(days=1)
    at = datetime.combine(there.date() + days, clock, there.tzinfo)
    return Moment(at, "second" if found["s"] else "minute", "low")


def _not_after(moment: Moment, now: datetime, days: int = 1) -> Moment:
    late = moment.at > now
    return Moment(moment.at - timedelta(days=days), moment.precision, "low") if late else moment


def _yearless(found: re.Match[str], now: datetime) -> Moment:
    month = int(found["m"]) if found["m"] else month_number(found["month"])
    day = int(found["d"] or found["day"])
    on = date(now.year, month, day) if (month, day) <= (now.month, now.day) else date(now.year - 1, month, day)
    clock = _CLOCK_BEHIND.match(found.string, found.end())
    return _on_day(clock, now, on - now.date()) if clock else Moment(_midnight(on, now), "day", "low")


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)
