"""Dates as Indonesian outlets write them."""

from datetime import datetime, timedelta
from typing import Final

_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS: Final = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
                  "November", "Desember")  # fmt: skip
_ZONES: Final = {7: "WIB", 8: "WITA", 9: "WIT"}


def weekday(at: datetime, friday: str = "Jumat") -> str:
    """The day's name, Friday in the outlet's own spelling."""
    return friday if at.weekday() == 4 else _DAYS[at.weekday()]


def day(at: datetime) -> str:
    """20 November 2026."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def zone_letters(at: datetime) -> str:
    """WIB, WITA or WIT."""
    offset = at.utcoffset() or timedelta()
    return _ZONES[int(offset.total_seconds()) // 3600]


def full(at: datetime, separator: str = " | ", friday: str = "Jumat") -> str:
    """Jum'at, 20 November 2026 | 07:08 WIB."""
    return f"{weekday(at, friday)}, {day(at)}{separator}{at:%H:%M} {zone_letters(at)}"


def relative(at: datetime, now: datetime) -> str:
    """What a listing shows: "2 jam lalu", "Kemarin, 10:15", else the full date with an apostrophe in Friday."""
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 60:
        return f"{max(minutes, 1)} menit lalu"
    if minutes < 12 * 60:
        return f"{minutes // 60} jam lalu"
    if (now.astimezone(at.tzinfo).date() - at.date()).days == 1:
        return f"Kemarin, {at:%H:%M}"
    return full(at, friday="Jum'at")
