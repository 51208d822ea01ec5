"""Whether all is well with an outlet, judged from what its runs and sources left behind. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from database.periods import HOME
from database.wording import day_of

Condition = Literal["well", "never crawled", "failing", "silent", "not crawled", "partly failing", "nothing stored"]
_TROUBLE = frozenset({"failing", "silent", "partly failing", "nothing stored"})

# Who crawls once a day may be late once.
_LATE = timedelta(days=2)
# A day or two without an article is nothing yet, whatever the numbers say.
_SILENT_DAYS = 2
# If articles came independently of each other, a time in which so many are usual would pass without any once in a
# hundred times: -ln(0.01), from the Poisson distribution.
_MISSED = 4.6


@dataclass(frozen=True, slots=True)
class Facts:
    """What an outlet's health is judged from.

    Attributes:
        last_run_at: when its last run began; ``None``: there was none.
        last_run_failed: the last run that ended did so by an error, or was killed.
        succeeded_at: when a run last came to its end.
        polled: the sources asked in the last run that ended; ``failing`` of them gave nothing usable.
        answered_at: when one of its sources last answered.
        newest_at: the newest article's publication.
        days: how many articles were published on each of the last days, the oldest first, the last one is today.
    """

    last_run_at: datetime | None
    last_run_failed: bool
    succeeded_at: datetime | None
    polled: int
    failing: int
    answered_at: datetime | None
    newest_at: datetime | None
    days: Sequence[int]


@dataclass(frozen=True, slots=True)
class Health:
    """How an outlet is, and in words.

    Attributes:
        since: failing: when it was last well, if ever; silent: its newest article; not crawled: its last run.
        usual_a_day: articles a day before it fell silent.
        changed_at: not crawled: since when it is for so many days; all else changes when something happens.
    """

    condition: Condition
    words: str
    since: datetime | None = None
    usual_a_day: float | None = None
    changed_at: datetime | None = None

    @property
    def trouble(self) -> bool:
        """Whether somebody should look into it."""
        return self.condition in _TROUBLE


def judge(facts: Facts, now: datetime) -> Health:
    """The worst that the facts show.

    Args:
        facts: of one outlet.
        now: aware.
    """
    found = (rule(facts, now) for rule in (_never_crawled, _failing, _nothing_stored, _silent, _not_crawled, _partly))
    return next(filter(None, found), Health("well", "well"))


def _never_crawled(facts: Facts, _now: datetime) -> Health | None:
    return Health("never crawled", "never crawled") if facts.last_run_at is None else None


def _failing(facts: Facts, _now: datetime) -> Health | None:
    if not facts.last_run_failed and not (facts.polled and facts.failing == facts.polled):
        return None
    since = facts.succeeded_at if facts.last_run_failed else facts.answered_at
    if since is None:
        return Health("failing", "failing from the beginning")
    at = since.astimezone(HOME)
    return Health("failing", f"failing since {day_of(at)}", since)


def _nothing_stored(facts: Facts, _now: datetime) -> Health | None:
    return Health("nothing stored", "nothing stored yet") if facts.newest_at is None else None


def _silent(facts: Facts, _now: datetime) -> Health | None:
    """Not a word for longer than chance allows, up to the last run that could have heard one."""
    if facts.succeeded_at is None or facts.newest_at is None:
        return None
    days = (facts.succeeded_at.astimezone(HOME).date() - facts.newest_at.astimezone(HOME).date()).days
    if days < _SILENT_DAYS:
        return None
    if not any(facts.days):
        return Health("silent", f"silent for {days} days", facts.newest_at)
    last = max(place for place, articles in enumerate(facts.days) if articles)
    usual = sum(facts.days) / (last + 1)
    if usual * days < _MISSED:
        return None
    rate = f"{usual:.0f} a day" if usual >= 1 else f"{7 * usual:.0f} a week"
    return Health("silent", f"silent for {days} days (usual {rate})", facts.newest_at, usual)


def _not_crawled(facts: Facts, now: datetime) -> Health | None:
    if facts.last_run_at is None or now - facts.last_run_at < _LATE:
        return None
    days = (now - facts.last_run_at).days
    changed_at = facts.last_run_at + timedelta(days=days)
    return Health("not crawled", f"not crawled for {days} days", facts.last_run_at, changed_at=changed_at)


def _partly(facts: Facts, _now: datetime) -> Health | None:
    if not facts.failing:
        return None
    verb = "fails" if facts.failing == 1 else "fail"
    return Health("partly failing", f"{facts.failing} of {facts.polled} sources {verb}")
