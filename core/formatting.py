"""Numbers, dates, durations and untrusted text for people. Pure.

ISO times are for the terminal: they sort and can be typed back in.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Not from strftime, which writes month names in the system's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO_DATE_LENGTH = len("2024-09-01")

_BYTE_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000
_ONE_DECIMAL_BELOW = 10
_MINUTE, _HOUR = 60, 3600


class Dated(Protocol):
    """An article's publication time, its precision and the outlet's zone."""

    @property
    def published_at(self) -> datetime | None: ...
    @property
    def published_precision(self) -> str | None: ...
    @property
    def timezone(self) -> str: ...


def long_time(at: datetime, timezone: str) -> str:
    """Format "14 Sep 2024, 12.45 WIB"."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{long_date(local)}, {local:%H.%M %Z}"


def long_date(at: date) -> str:
    """Format "14 Sep 2024"."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def long_published(article: Dated) -> str:
    """Format for messages; the day alone if no more is known."""
    if article.published_at is None:
        return "undated"
    if article.published_precision == "day":
        return long_date(article.published_at.astimezone(ZoneInfo(article.timezone)))
    return long_time(article.published_at, article.timezone)


def iso_time(at: datetime, timezone: str) -> str:
    """Format "2024-09-01 10:00 WIB"."""
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M %Z}"


def format_published(article: Dated) -> str:
    """Format "2024-09-01 10:00 WIB" or the day."""
    if article.published_at is None:
        return "undated"
    text = iso_time(article.published_at, article.timezone)
    return text[:_ISO_DATE_LENGTH] if article.published_precision == "day" else text


def format_removed(at: datetime, timezone: str) -> str:
    return f"removed from its page on {iso_time(at, timezone)}; kept here"


def format_count(number: int, thing: str, *, plural: str | None = None) -> str:
    """Format "1 outlet", "1,200 outlets"."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"


def format_reasons(counts: Mapping[str, int]) -> str:
    """Format by frequency: "12 too-old, 1 listing"."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{number:,} {one_line(reason)}" for reason, number in ordered if number)


def format_similarity(similarity: float | None) -> str:
    """Format 0 to 1 in per cent; "100 %" is kept for equal texts."""
    if similarity is None:
        return "not compared"
    return "100 %" if similarity == 1 else f"{min(round(100 * similarity), 99)} %"


def format_share(share: float) -> str:
    """Format 0 to 1: "0 %", "0.4 %", "37 %"."""
    return f"{100 * share:.1f} %" if 0 < share < 0.01 else f"{100 * share:.0f} %"  # noqa: PLR2004


def format_bytes(number: int) -> str:
    """Format "812 B", "1.4 MB"."""
    value, unit = float(number), 0
    while round(value) >= _STEP and unit < len(_BYTE_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    fine = unit and round(value, 1) < _ONE_DECIMAL_BELOW
    return f"{value:.1f} {_BYTE_UNITS[unit]}" if fine else f"{value:,.0f} {_BYTE_UNITS[unit]}"


def format_duration(time: timedelta | float) -> str:
    """Format "41 s", "3 min 20 s", "2 h 5 min"."""
    seconds = max(round(time.total_seconds() if isinstance(time, timedelta) else time), 0)
    if seconds < _MINUTE:
        return f"{seconds} s"
    coarse, fine = (("h", _HOUR), ("min", _MINUTE)) if seconds >= _HOUR else (("min", _MINUTE), ("s", 1))
    rest = seconds % coarse[1] // fine[1]
    return f"{seconds // coarse[1]:,} {coarse[0]}" + (f" {rest} {fine[0]}" if rest else "")


def one_line(text: str) -> str:
    """Join to one line without control characters and direction marks."""
    words = " ".join(text.split())
    return "".join(sign for sign in words if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})


def shorten(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
