"""The month's calendar: its rounds, each outlet's hours of publication, and who falls ill when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Final, Literal
from zoneinfo import ZoneInfo

Kind = Literal["silent", "layout", "challenge", "dateless", "election", "slow", "off"]

ZONE: Final = ZoneInfo("Asia/Jakarta")
START: Final = datetime(2026, 9, 7, tzinfo=ZONE)  # a Monday
DAYS: Final = 30
EARLIER: Final = timedelta(days=1)  # what is online already when the month begins
HOURS: Final = (time(11), time(23))  # of a day's rounds
_CALM: Final = 12  # days of which one round is enough: nothing is judged yet

_WEEK: Final = (1.0, 1.05, 1.05, 1.0, 1.0, 0.75, 0.6)  # Monday first
# Nobody writes at night; the morning's and the afternoon's conferences come in by noon and by five.
_DAY: Final = (1, 0, 0, 0, 1, 3, 6, 8, 9, 10, 10, 9, 7, 8, 9, 9, 9, 8, 6, 6, 5, 4, 3, 2)
# Busy days and lame ones: more than articles that come independently of each other would differ.
_MOOD: Final = 0.12
# A large newsroom fills so many places a day, whatever happens. Elsewhere a doubled volume may pass for a mood of the
# first day, as long as two weeks are all that is known of the outlet.
_STEADY_MOOD: Final = 0.05


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls an outlet: ``begins`` ≤ now < ``ends``."""

    outlet: str
    kind: Kind
    begins: datetime
    ends: datetime


def _trouble(outlet: str, kind: Kind, first_day: int, days: int) -> Trouble:
    begins = START + timedelta(days=first_day)
    return Trouble(outlet, kind, begins, begins + timedelta(days=days))


TROUBLES: Final = (
    _trouble("kabar_lereng", "election", 14, 7),
    _trouble("suluh_tanjung", "silent", 15, 3),
    _trouble("tinta_muara", "challenge", 16, 3),
    _trouble("lintas_benua", "layout", 17, 3),
    _trouble("kabar_kemarau", "dateless", 18, 3),
    _trouble("lintas_selat", "slow", 22, 2),
    _trouble("kabar_rimba", "off", 23, 2),
)


def rounds() -> Iterator[datetime]:
    """When the monitor is started."""
    for day in range(DAYS):
        for hour in HOURS[-1:] if day < _CALM else HOURS:
            yield datetime.combine(START + timedelta(days=day), hour, ZONE)


ROUNDS: Final = tuple(rounds())


def publications(rate: float, chance: Random, *, steady: bool = False) -> list[datetime]:
    """The minutes at which an outlet publishes over the month, oldest first.

    Args:
        rate: articles on a usual weekday.
        chance: whence the noise comes.
        steady: its days are alike.
    """
    found = []
    for number in range(DAYS + EARLIER.days):
        day = START - EARLIER + timedelta(days=number)
        expected = rate * _WEEK[day.weekday()] * chance.lognormvariate(0, _STEADY_MOOD if steady else _MOOD)
        articles = round(expected) if steady else _poisson(expected, chance)
        hours = chance.choices(range(24), weights=_DAY, k=articles)
        found += [day + timedelta(hours=hour, minutes=chance.randrange(60)) for hour in hours]
    return sorted(found)


def _poisson(mean: float, chance: Random) -> int:
    """How many of the events that come independently of each other, so many on average, come in one day."""
    count, passed = 0, chance.expovariate(1)
    while passed < mean:
        count, passed = count + 1, passed + chance.expovariate(1)
    return count
