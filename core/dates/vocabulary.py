"""Spellings of months, weekdays and zones in Indonesian (and English) dates."""

import html
import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
    """Resolve entities, drop invisible characters and collapse white space."""
    text = html.unescape(raw) if "&" in raw else raw
    return " ".join(text.translate(_INVISIBLE).split())


def month_number(word: str) -> int:
    """Return 1 to 12 for a spelling in ``MONTHS``."""
    return MONTHS[word.casefold().rstrip(".")]


def weekday_number(word: str) -> int:
    """Return 0 (Monday) to 6 for a match of ``WEEKDAY``."""
    return WEEKDAYS[re.sub(r"\W", "", word).casefold()]


def zone_of(stated: str) -> tzinfo:
    """Return the zone for a match of ``ZONE``.

    Raises:
        ValueError: unknown or ambiguous zone.
    """
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
