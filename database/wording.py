"""How days and moments are written for readers, on pages and in messages: "14 Sep 2024, 12.45 WIB". Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

# Not by strftime, whose words are those of the system's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(at: datetime, timezone: str) -> str:
    """By the clock of that zone: "14 Sep 2024, 12.45 WIB"."""
    there = at.astimezone(ZoneInfo(timezone))
    return f"{day_of(there)}, {there:%H.%M %Z}"


def day_of(at: date) -> str:
    """The day: "14 Sep 2024"."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
