"""Parse dates as Indonesian outlets write them, with precision and confidence.

Common forms are read here, strictly; ``dateparser`` gets the others. Vague words and ranges are no date.
"""

import html
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dateparser

from core.models import Confidence, Precision, Timestamp

_MONTH_SPELLINGS = (
    "jan januari january",
    "feb febr februari february peb pebr pebruari",
    "mar mrt maret march",
    "apr apl april",
    "mei may",
    "jun juni june",
    "jul juli july",
    "ag agu ags agt agus agust agst agustus aug august",
    "sep sept september",
    "okt oktober oct october",
    "nov nop november nopember",
    "des desember dec december",
)
_WEEKDAY_SPELLINGS = (
    "senin sen snn monday mon",
    "selasa sel sls tuesday tue tues",
    "rabu rab rbu rebo wednesday wed",
    "kamis kam kms thursday thu thur thurs",
    "jumat jum jmt friday fri",
    "sabtu sab sbt saturday sat",
    "minggu min mgg ming ahad ahd sunday sun",
)
MONTHS = {word: number for number, words in enumerate(_MONTH_SPELLINGS, 1) for word in words.split()}
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAY_SPELLINGS) for word in words.split()}


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


MONTH = rf"(?:{_any_of(MONTHS)})\b"
WEEKDAY = rf"\b(?:jum\W{{0,2}}at|{_any_of(WEEKDAYS)})\b"  # Jum'at, Jum’at, Jum`at, Jum at …
ZONE = (
    r"WITA\b|WIB\b|WIT\b|Waktu\s+Indonesia\s+(?:Barat|Tengah|Timur)\b|(?:GMT|UTC)(?:\s*[+-]\s*\d{1,2}(?::?\d{2})?)?"
    r"|[+-]\d{2}:?\d{2}\b|Z\b|(?:Asia|Europe|America|Africa|Australia|Pacific)/\w+"
    r"|(?:SGT|MYT|HKT|JST|KST|MSK|CET|CEST|EST|EDT|PST|PDT|CST|IST|BST)\b"
)

_INDONESIAN_ZONES = {
    "wib": "Asia/Jakarta",
    "waktu indonesia barat": "Asia/Jakarta",
    "wita": "Asia/Makassar",
    "waktu indonesia tengah": "Asia/Makassar",
    "wit": "Asia/Jayapura",
    "waktu indonesia timur": "Asia/Jayapura",
}
# CST, IST and BST are left out: each means several zones.
_ZONES_BY_HOURS = {0: "z gmt utc", 1: "cet", 2: "cest", 3: "msk", 8: "sgt myt hkt", 9: "jst kst"}
_ZONES_BY_HOURS |= {-4: "edt", -5: "est", -7: "pdt", -8: "pst"}
_HOURS = {name: hours for hours, names in _ZONES_BY_HOURS.items() for name in names.split()}
_OFFSET = re.compile(r"([+-])\s*(\d{1,2})(?::?(\d{2}))?$")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad"))


def tidy(raw: str) -> str:
    text = html.unescape(raw) if "&" in raw else raw
    return " ".join(text.translate(_INVISIBLE).split())


def month_number(word: str) -> int:
    return MONTHS[word.casefold().rstrip(".")]


def weekday_number(word: str) -> int:
    return WEEKDAYS[re.sub(r"\W", "", word).casefold()]


def zone_of(stated: str) -> tzinfo:
    word = " ".join(stated.split()).casefold()
    if word in _INDONESIAN_ZONES:
        return ZoneInfo(_INDONESIAN_ZONES[word])
    if word in _HOURS:
        return timezone(timedelta(hours=_HOURS[word]))
    if offset := _OFFSET.search(word):
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-shift if offset[1] == "-" else shift)
    try:
        return ZoneInfo("/".join(part.capitalize() for part in word.split("/")))
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"unknown zone: {stated}") from error


@dataclass(frozen=True, slots=True)
class Moment:
    """An aware date with precision and confidence."""

    at: datetime
    precision: Precision
    confidence: Confidence = "high"


_LONGEST = 300

_ISO = re.compile(
    # VOI writes 2026-05-13WIB18:45:00+07:00.
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:\s*T\s*|\s+|\s*WIB)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?\s*(Z|GMT|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_SHORT_YEAR = r"(?:'?\d{2}(?=\W*(?:$|\d{1,2}[:.]\d{2}|pukul|pkl|jam)))"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d:.])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s./-]{{0,2}}(?P<mon>{MONTH})[\s.,/-]{{0,3}}(?P<y>\d{{4}}\b|{_SHORT_YEAR})",
        rf"\b(?P<mon>{MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b",
        r"(?<![\d/.-])(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)",
        rf"(?<![\d/.:-])(?P<d>\d{{1,2}})(?P<sep>[/.-])(?P<m>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}(?!\d)|(?<=/){_SHORT_YEAR})",
    )
)
_CLOCK = r"(?P<h>\d{1,2})[:.](?P<m>\d{2}|(?<=:)\d)(?:[:.](?P<s>\d{1,2})(?:[.,]\d+)?)?(?![:.]?\d)"
_NOON = r"(?:\s*(?P<noon>[ap])\.?m\b\.?)?"
_CLOCK_BEHIND = re.compile(
    rf"(?:[\s,|/@(•·–—-]|(?:pukul|pkl|jam|at)\b[.:]?|T(?=\d)|WIB(?=\d))*{_CLOCK}{_NOON}(?:\s*\(?\s*(?P<zone>{ZONE}))?",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(
    rf"(?<![\d:.]){_CLOCK}{_NOON}(?:\s*\(?(?P<zone>{ZONE})\)?)?[\s,|–-]*(?:{WEEKDAY}[\s,]*)?$", re.IGNORECASE
)
_WEEKDAY_BEFORE = re.compile(rf"({WEEKDAY})\W{{0,3}}$", re.IGNORECASE)
_TO = r"\s*(?:[–—-]|s\.?\s?/?\s?d\b\.?|sampai(?:\s+dengan)?|hingga|until)\s*"
_RANGE = re.compile(
    "|".join(
        (
            rf"(?<![\d:./-])\d{{1,2}}{_TO}\d{{1,2}}\s+{MONTH}",  # 12-14 September
            rf"\b{MONTH}(?:\s+\d{{4}})?{_TO}(?:{WEEKDAY},?\s*)?(?:\d{{1,2}}\s+)?{MONTH}",  # 30 September s.d. 2 Oktober
            rf"\b{MONTH}\s+\d{{1,2}}{_TO}\d{{1,2}}\b(?![:.]\d)",  # September 12-14
            rf"\d[/.-]\d{{2,4}}{_TO}\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d",  # 12/09/2024 - 14/09/2024
            rf"\d[:.]\d{{2}}(?:\s*(?:WIB|WITA|WIT))?{_TO}\d{{1,2}}[:.]\d{{2}}\b(?![/.]\d)",  # 09.00 - 11.00 WIB
        )
    ),
    re.IGNORECASE,
)
_MONTH_AND_YEAR = re.compile(rf"\W*({MONTH})\.?,?\s+(\d{{4}})\W*$", re.IGNORECASE)


def parse_date(
    raw: str, *, zone: ZoneInfo, base: datetime, source: str, latest: datetime | None = None
) -> Timestamp | None:
    """Parse a date string; of two dates in it the first, ``None`` if there is none.

    Confidence is medium if the weekday does not fit, low for a date counted from ``base`` ("2 jam lalu", "07:08", a
    date without a year) and for a month alone (its first day). Any other source's date outranks a low one, and no
    article is refused as too old by it.

    ``base`` and ``latest`` are aware; ``base`` is now for a live listing, the article's own date for dates in its
    text. ``zone`` counts if the text states none. Dates after ``latest`` are refused.
    """
    text = tidy(raw)
    if not text or len(text) > _LONGEST:
        return None
    try:
        moment = _read(text, zone, base)
    except (ValueError, OverflowError):
        return None
    return _timestamp(moment, raw, source, latest)


def find_date(text: str, *, zone: ZoneInfo, source: str, latest: datetime | None = None) -> Timestamp | None:
    """Find the first date with a four-digit year outside of ranges, as ``parse_date``."""
    line = tidy(text)
    ranges = [match.span() for match in _RANGE.finditer(line)]
    for match in sorted(_full_dates(line), key=re.Match.start):
        in_range = any(start < match.end() and match.start() < end for start, end in ranges)
        if len(match["y"]) != 4 or in_range:  # noqa: PLR2004 - "24 Juli 20 orang"
            continue
        try:
            moment, (start, end) = _read_full(match, line, zone)
        except (ValueError, OverflowError):
            continue
        return _timestamp(moment, line[start:end].strip(" (,|-–"), source, latest)
    return None


def _timestamp(moment: Moment | None, raw: str, source: str, latest: datetime | None) -> Timestamp | None:
    if moment is None or (latest is not None and moment.at > latest):
        return None
    return Timestamp(moment.at, raw, source, moment.precision, moment.confidence)


def _read(text: str, zone: ZoneInfo, base: datetime) -> Moment | None:
    if iso := _ISO.fullmatch(text):
        return _read_iso(iso, zone)
    if _RANGE.search(text):
        return None
    first = min(_full_dates(text), key=re.Match.start, default=None)
    if first:
        return _read_full(first, text, zone)[0]
    if month := _MONTH_AND_YEAR.match(text):
        return Moment(datetime(int(month[2]), month_number(month[1]), 1, tzinfo=zone), "day", "low")
    return _read_relative(text, zone, base) or _left_to_dateparser(text, zone)


def _read_iso(match: re.Match[str], zone: ZoneInfo) -> Moment:
    year, month, day, hour, minute, second, offset = match.groups()
    at = datetime(_full_year(year), int(month), int(day), tzinfo=zone_of(offset) if offset else zone)
    if hour is None:
        return Moment(at, "day")
    at = _at(at, hour, minute, second)
    return Moment(at, "second" if second else "minute")


def _full_dates(text: str) -> Iterator[re.Match[str]]:
    return chain.from_iterable(pattern.finditer(text) for pattern in _DATES)


def _read_full(match: re.Match[str], text: str, zone: ZoneInfo) -> tuple[Moment, tuple[int, int]]:
    parts = match.groupdict()
    month = month_number(parts["mon"]) if parts.get("mon") else int(parts["m"])
    day = datetime(_full_year(parts["y"]), month, int(parts["d"]), tzinfo=zone)
    weekday = _WEEKDAY_BEFORE.search(text, 0, match.start())
    agrees = weekday is None or weekday_number(weekday[1]) == day.weekday()
    start = weekday.start() if weekday else match.start()
    clock = _CLOCK_BEHIND.match(text, match.end()) or _CLOCK_BEFORE.search(text, 0, match.start())
    precision: Precision = "day"
    end = match.end()
    if clock:
        precision = "second" if clock["s"] else "minute"
        start, end = min(start, clock.start()), max(end, clock.end())
        stated: tzinfo = zone_of(clock["zone"]) if clock["zone"] else zone
        day = _at(day.replace(tzinfo=stated), _full_hour(clock), clock["m"], clock["s"])
    return Moment(day, precision, "high" if agrees else "medium"), (start, end)


def _full_year(digits: str) -> int:
    year = int(digits.lstrip("'"))
    if len(digits.lstrip("'")) < 4:  # noqa: PLR2004 - a year in short
        year += 1900 if year >= 69 else 2000  # noqa: PLR2004 - POSIX's pivot
    if not 1900 <= year <= 2100:  # noqa: PLR2004 - 0000-00-00, 0001-01-01 and 9999 are how databases say "none"
        raise ValueError(f"no plausible year: {digits}")
    return year


def _full_hour(clock: re.Match[str]) -> str:
    if not clock["noon"]:
        return clock["h"]
    hour = int(clock["h"])
    if not 1 <= hour <= 12:  # noqa: PLR2004 - the clock of a.m. and p.m.
        raise ValueError(f"no such time: {clock[0]}")
    return str(hour % 12 + (12 if clock["noon"].casefold() == "p" else 0))


def _at(day: datetime, hour: str, minute: str, second: str | None) -> datetime:
    if (int(hour), int(minute), int(second or 0)) == (24, 0, 0):
        return day + timedelta(days=1)
    return day.replace(hour=int(hour), minute=int(minute), second=int(second or 0))


def _left_to_dateparser(text: str, zone: ZoneInfo) -> Moment | None:
    if not re.search(r"(?:19|20)\d\d", text):  # without a year it guesses
        return None
    at = dateparser.parse(
        text,
        languages=["id", "en"],
        settings={"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"], "TIMEZONE": zone.key}
        | {"RETURN_AS_TIMEZONE_AWARE": True, "PARSERS": ["absolute-time"]},
    )
    if at is None:
        return None
    precision: Precision = "second" if at.second else "minute" if at.hour or at.minute else "day"
    return Moment(at, precision, "medium")


# Unit: base unit, its number, and the precision of the result.
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
_CLOCK_RELATIVE = (
    r"(?:(?:pukul|pkl|jam)\b[.:]?\s*)?(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?"
    rf"(?:\s*\(?(?P<zone>{ZONE})\)?)?\W*$"
)
_DAY_WORD = re.compile(rf"\W*(?P<day>{'|'.join(_DAYS)})\b\W*(?:{_CLOCK_RELATIVE})?$", re.IGNORECASE)
_CLOCK_ONLY = re.compile(rf"\W*{_CLOCK_RELATIVE}", re.IGNORECASE)
_WEEKDAY = re.compile(
    rf"\W*(?!minggu\s+lalu)(?P<day>{WEEKDAY})(?:\s+(?:lalu|kemarin))?\b\W*(?:{_CLOCK_RELATIVE})?$", re.IGNORECASE
)
_DAY_AND_MONTH = re.compile(
    rf"(?:(?:^|\()\s*(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})\s*(?:\)|$)|(?<![\d:.])(?P<day>\d{{1,2}})\s+(?P<month>{MONTH}))",
    re.IGNORECASE,
)
_CLOCK_BEHIND_RELATIVE = re.compile(rf"\W*{_CLOCK_RELATIVE}", re.IGNORECASE)


def _read_relative(text: str, zone: ZoneInfo, base: datetime) -> Moment | None:
    """Parse a date relative to ``base``: "2 jam yang lalu", "Kemarin, 10:15", "07:08".

    A clock time after ``base`` is the day before's.
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
        match = pattern.search(text) if pattern in (_DAY_AND_MONTH, _AGO) else pattern.match(text)
        if match:
            return read(match, now)
    return None


def _ago(match: re.Match[str], now: datetime) -> Moment:
    counted_in, size, precision = _UNITS[match["unit"].casefold()]
    count = 0.5 if match["half"] else float((match["count"] or "1").replace(",", "."))
    if counted_in == "months":
        return Moment(_months_back(now, round(count * size)), precision, "low")
    return Moment(now - timedelta(**{counted_in: count * size}), precision, "low")


def _months_back(now: datetime, count: int) -> datetime:
    years, month = divmod(now.year * 12 + now.month - 1 - count, 12)
    return now.replace(year=years, month=month + 1, day=min(now.day, monthrange(years, month + 1)[1]))


def _just_now(_: re.Match[str], now: datetime) -> Moment:
    return Moment(now, "minute", "low")


def _day_word(match: re.Match[str], now: datetime) -> Moment:
    days = timedelta(days=_DAYS[" ".join(match["day"].casefold().split())])
    if match["h"] is None:
        return Moment(now + days, "day", "low")
    moment = _on_day(match, now, days)
    return _not_after(moment, now) if not days else moment


def _last_weekday(match: re.Match[str], now: datetime) -> Moment:
    behind = (now.weekday() - weekday_number(match["day"])) % 7
    if match["h"] is None:
        return Moment(_midnight(now.date() - timedelta(days=behind or 7), now), "day", "low")
    return _not_after(_on_day(match, now, -timedelta(days=behind)), now, days=7)


def _clock_only(match: re.Match[str], now: datetime) -> Moment:
    return _not_after(_on_day(match, now, timedelta()), now)


def _on_day(match: re.Match[str], now: datetime, days: timedelta) -> Moment:
    there = now.astimezone(zone_of(match["zone"])) if match["zone"] else now
    clock = time(int(match["h"]) % 24, int(match["m"]), int(match["s"] or 0))
    if int(match["h"]) >= 24:  # noqa: PLR2004 - 24:00 is the next day's 00:00
        if match["h"] != "24" or clock != time():
            raise ValueError(f"no such time: {match[0]}")
        days += timedelta(days=1)
    at = datetime.combine(there.date() + days, clock, there.tzinfo)
    return Moment(at, "second" if match["s"] else "minute", "low")


def _not_after(moment: Moment, now: datetime, days: int = 1) -> Moment:
    late = moment.at > now
    return Moment(moment.at - timedelta(days=days), moment.precision, "low") if late else moment


def _yearless(match: re.Match[str], now: datetime) -> Moment:
    month = int(match["m"]) if match["m"] else month_number(match["month"])
    day = int(match["d"] or match["day"])
    on = date(now.year, month, day) if (month, day) <= (now.month, now.day) else date(now.year - 1, month, day)
    clock = _CLOCK_BEHIND_RELATIVE.match(match.string, match.end())
    return _on_day(clock, now, on - now.date()) if clock else Moment(_midnight(on, now), "day", "low")


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)
