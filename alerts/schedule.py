"""Schedules of messages. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.periods import HOME
from core.scheduling.backoff import next_attempt_at

ALLOWED = '"at once", "hourly" or "daily 07:00" (Jakarta\'s clock; another zone after it: "daily 07:00 Asia/Jayapura")'

_DAILY = re.compile(r"daily ([01]\d|2[0-3]):([0-5]\d)(?: (\S+))?")
_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Time at which messages go out; daily ones at ``at`` of the clock in ``zone``."""

    how: Literal["at once", "hourly", "daily"]
    at: time = time(0)
    zone: ZoneInfo = HOME

    def next_due(self, now: datetime) -> datetime:
        """Return when a match found now is due, in UTC."""
        match self.how:
            case "at once":
                return now.astimezone(UTC)
            case "hourly":
                return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            case "daily":
                today = self._on(now.astimezone(self.zone).date())
                return today if today > now else self._on(now.astimezone(self.zone).date() + timedelta(days=1))

    def last_due(self, now: datetime) -> datetime:
        """Return the last daily time up to now, in UTC."""
        today = self._on(now.astimezone(self.zone).date())
        return today if today <= now else self._on(now.astimezone(self.zone).date() - timedelta(days=1))

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)


def read_schedule(text: str) -> Schedule:
    """Read a schedule.

    Raises:
        ValueError: it is none; the message is ``ALLOWED``.
    """
    if text == "at once":
        return Schedule("at once")
    if text == "hourly":
        return Schedule("hourly")
    daily = _DAILY.fullmatch(text)
    if daily is None:
        raise ValueError(ALLOWED)
    try:
        zone = ZoneInfo(_ZONES.get(daily[3], daily[3])) if daily[3] else HOME
    except (KeyError, ValueError, OSError) as error:  # unknown, a path outside, a folder of zones
        raise ValueError(ALLOWED) from error
    return Schedule("daily", time(int(daily[1]), int(daily[2])), zone)


# After failures in a row. The daily one goes on for good: nothing is given up.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
_LONGEST = timedelta(days=1)


def next_attempt(attempts: int, now: datetime) -> datetime:
    return next_attempt_at(_PAUSES, attempts, now) or now + _LONGEST
