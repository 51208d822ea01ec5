"""How days and moments are written for readers, on pages and in messages: "14 Sep 2024, 12.45 WIB". Pure."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Not by strftime, whose words are those of the system's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def long_time(at: datetime, timezone: str) -> str:
    """By the clock of that zone: "14 Sep 2024, 12.45 WIB"."""
    there = at.astimezone(ZoneInfo(timezone))
    return f"{long_date(there)}, {there:%H.%M %Z}"


def long_date(at: date) -> str:
    """The day: "14 Sep 2024"."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


_DAY = len("2024-09-01")


class Dated(Protocol):
    """What of an article tells when it was published."""

    @property
    def published_at(self) -> datetime | None: ...
    @property
    def published_precision(self) -> str | None: ...
    @property
    def timezone(self) -> str: ...


def published(article: Dated) -> str:
    """When it was published, by the outlet's clock: "2024-09-01 10:00 WIB"; only the day if no more is known."""
    if article.published_at is None:
        return "undated"
    shown = iso_time(article.published_at, article.timezone)
    return shown[:_DAY] if article.published_precision == "day" else shown


def iso_time(at: datetime, timezone: str) -> str:
    """By the clock of that zone: "2024-09-01 10:00 WIB"."""
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M %Z}"


def removed(at: datetime, timezone: str) -> str:
    """That its page is gone, by the clock of that zone."""
    return f"removed from its page on {iso_time(at, timezone)}; kept here"


def counted(number: int, thing: str, *, plural: str | None = None) -> str:
    """A number and what it counts: "1 outlet", "1,200 outlets"."""
    return f"{number:,} {thing if number == 1 else plural or f'{thing}s'}"


def likeness(similarity: float | None) -> str:
    """A similarity in per cent; 100 % is the same text, and nothing else is."""
    if similarity is None:
        return "not compared"
    return "100 %" if similarity == 1 else f"{min(round(100 * similarity), 99)} %"


def clean(text: str) -> str:
    """On one line, without control characters and without those that change the direction of what follows."""
    words = " ".join(text.split())
    return "".join(sign for sign in words if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})


def shortened(text: str, most: int) -> str:
    """At most so many characters, "…" where the end was cut off."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000
_FINE = 10  # below it, one decimal
_MINUTE, _HOUR = 60, 3600


def reasons(counts: Mapping[str, int]) -> str:
    """By number: "12 too-old, 1 listing"."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{number:,} {clean(reason)}" for reason, number in ordered if number)


def size(number: int) -> str:
    """Of bytes, in thousands as networks count: "812 B", "1.4 MB"."""
    value, unit = float(number), 0
    while round(value) >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit and round(value, 1) < _FINE else f"{value:,.0f} {_UNITS[unit]}"


def lasting(time: timedelta | float) -> str:
    """How long: "41 s", "3 min 20 s", "15 min", "2 h 5 min"."""
    seconds = max(round(time.total_seconds() if isinstance(time, timedelta) else time), 0)
    if seconds < _MINUTE:
        return f"{seconds} s"
    coarse, fine = (("h", _HOUR), ("min", _MINUTE)) if seconds >= _HOUR else (("min", _MINUTE), ("s", 1))
    rest = seconds % coarse[1] // fine[1]
    return f"{seconds // coarse[1]:,} {coarse[0]}" + (f" {rest} {fine[0]}" if rest else "")


def share(part: float) -> str:
    """A share: "0 %", "0.4 %", "37 %"."""
    return f"{100 * part:.1f} %" if 0 < part < 0.01 else f"{100 * part:.0f} %"  # noqa: PLR2004
