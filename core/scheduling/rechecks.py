"""Decide when to check a stored article again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.scheduling.backoff import next_attempt_at

# After publication: most corrections come within the hour, few after a day.
AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
YOUNG = timedelta(days=7)
# "A day later" for a run that comes once a day, some minutes earlier on one day than on the other.
A_DAY = timedelta(hours=23)
LAST_RECHECK = timedelta(days=7)  # of a removed article: taken down for a lawyer or a move, it may be back
# Sources that give each URL the time of the poll as its ``lastmod`` would cost a fetch a poll.
MOST_PROMPTS = 3
PROMPTED_AFTER, REMOVED_PROMPTED_AFTER = timedelta(hours=1), timedelta(days=1)
# After failures in a row; a site that is still down then waits for the next scheduled age.
_PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class RecheckState:
    """An article's row of ``rechecks``; its age counts from ``born_at``."""

    article_id: int
    born_at: datetime
    removed_at: datetime | None
    due_at: datetime | None
    looked_at: datetime
    prompted: int
    failures: int
    missing_since: datetime | None


def age_starts_at(published_at: datetime | None, precision: str | None, first_seen_at: datetime) -> datetime:
    """Return the start of an article's age, at the latest its first sight.

    An older day without a time counts from its end.
    """
    if published_at is None:
        return first_seen_at
    return min(published_at + timedelta(days=1) if precision == "day" else published_at, first_seen_at)


def next_recheck(born_at: datetime, answered_at: datetime) -> datetime | None:
    """Return the first scheduled time after the last answer, if any."""
    return next((born_at + age for age in AGES if born_at + age > answered_at), None)


def after_answer(state: RecheckState, now: datetime, *, changed: bool) -> dict[str, Any]:
    """Return the row's new values after the page answered.

    An unchanged page counts as prompted in vain, unless the schedule or a 404 had asked for it.
    """
    scheduled = next_recheck(state.born_at, state.looked_at)
    asked_for = state.missing_since is not None or (scheduled is not None and scheduled <= now)
    return {
        "looked_at": now,
        "failures": 0,
        "missing_since": None,
        "prompted": 0 if changed else state.prompted + (not asked_for),
        "due_at": next_recheck(state.born_at, now),
    }


def after_failure(state: RecheckState, now: datetime, retry_after: timedelta | None) -> dict[str, Any]:
    failures = state.failures + 1
    soon = next_attempt_at(_PAUSES, failures, now, retry_after)
    return {"failures": failures, "due_at": soon or _regular(state, now)}


def after_missing(state: RecheckState, now: datetime) -> dict[str, Any]:
    """Return the new values after a first 404 or 410, or one within a day of it."""
    since = state.missing_since or now
    return {"looked_at": now, "failures": 0, "missing_since": since, "due_at": since + A_DAY}


def after_removal(removed_at: datetime, now: datetime) -> dict[str, Any] | None:
    """Return a removed article's new values; ``None`` after its last recheck."""
    due_at = removed_at + LAST_RECHECK
    return {"looked_at": now, "failures": 0, "missing_since": None, "due_at": due_at} if due_at > now else None


def prompted_recheck(state: RecheckState, changed_at: datetime, now: datetime) -> datetime | None:
    gone = state.removed_at is not None
    if changed_at < state.looked_at or state.failures or state.prompted >= MOST_PROMPTS:
        return None
    if not gone and now - state.born_at > YOUNG:
        return None
    at = max(now, state.looked_at + (REMOVED_PROMPTED_AFTER if gone else PROMPTED_AFTER))
    return at if state.due_at is None or at < state.due_at else None


def _regular(state: RecheckState, now: datetime) -> datetime | None:
    if state.removed_at is not None:
        last = state.removed_at + LAST_RECHECK
        return last if last > now else None
    if state.missing_since is not None and now - state.born_at <= YOUNG:
        return now + A_DAY
    return next_recheck(state.born_at, now)
