"""When an article is looked at again: all the deciding, without I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.scheduling.backoff import next_attempt_at

# After publication: most corrections come within the hour, few after a day.
AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
YOUNG = timedelta(days=7)
# "A day later" for a run that comes once a day, some minutes earlier on one day than on the other.
A_DAY = timedelta(hours=23)
LAST_LOOK = timedelta(days=7)  # at what was removed: taken down for a lawyer or a move, it may be back
# Sources that give each URL the time of the poll as its ``lastmod`` would cost a fetch a poll.
HEEDED = 3
PROMPTED_AFTER, REMOVED_PROMPTED_AFTER = timedelta(hours=1), timedelta(days=1)
# After failures in a row; a site that is still out then is left to the next scheduled age.
_PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class State:
    """An article's row of ``rechecks``, and what of the article decides on its looks.

    Attributes:
        born_at: from when its age counts (``born``).
    """

    article_id: int
    born_at: datetime
    removed_at: datetime | None
    due_at: datetime | None
    looked_at: datetime
    prompted: int
    failures: int
    missing_since: datetime | None


def born(published_at: datetime | None, precision: str | None, first_seen_at: datetime) -> datetime:
    """The moment from which an article's age counts, never later than when it was first seen.

    An undated one counts from then; so does one that states today's date without a time, and an older day counts from
    its end.
    """
    if published_at is None:
        return first_seen_at
    return min(published_at + timedelta(days=1) if precision == "day" else published_at, first_seen_at)


def next_look(born_at: datetime, answered_at: datetime) -> datetime | None:
    """The first scheduled moment after the last answer; ``None``: none is left."""
    return next((born_at + age for age in AGES if born_at + age > answered_at), None)


def after_answer(state: State, now: datetime, *, heard: bool) -> dict[str, Any]:
    """The row after the page was there.

    Args:
        state: before that.
        now: the moment of the answer.
        heard: it has changed, so that a source which says so again is heeded. Otherwise the look was in vain, unless
            the schedule or a 404 had asked for it and not a source.
    """
    scheduled = next_look(state.born_at, state.looked_at)
    asked_for = state.missing_since is not None or (scheduled is not None and scheduled <= now)
    return {
        "looked_at": now,
        "failures": 0,
        "missing_since": None,
        "prompted": 0 if heard else state.prompted + (not asked_for),
        "due_at": next_look(state.born_at, now),
    }


def after_failure(state: State, now: datetime, retry_after: timedelta | None) -> dict[str, Any]:
    """The row after no answer came that says anything of the page."""
    failures = state.failures + 1
    soon = next_attempt_at(_PAUSES, failures, now, retry_after)
    return {"failures": failures, "due_at": soon or _regular(state, now)}


def still_missing(state: State, now: datetime) -> dict[str, Any]:
    """The row after a 404 or 410 that is the first, or comes within a day of it."""
    since = state.missing_since or now
    return {"looked_at": now, "failures": 0, "missing_since": since, "due_at": since + A_DAY}


def removed(removed_at: datetime, now: datetime) -> dict[str, Any] | None:
    """The row after a look by which the article is marked removed, or stays so; ``None``: that was the last look."""
    due_at = removed_at + LAST_LOOK
    return {"looked_at": now, "failures": 0, "missing_since": None, "due_at": due_at} if due_at > now else None


def prompted_at(state: State, changed_at: datetime, now: datetime) -> datetime | None:
    """When to look at an article that a source says has changed; ``None``: not for that."""
    gone = state.removed_at is not None
    if changed_at < state.looked_at or state.failures or state.prompted >= HEEDED:
        return None
    if not gone and now - state.born_at > YOUNG:
        return None
    at = max(now, state.looked_at + (REMOVED_PROMPTED_AFTER if gone else PROMPTED_AFTER))
    return at if state.due_at is None or at < state.due_at else None


def _regular(state: State, now: datetime) -> datetime | None:
    """When the next look would come if none had failed."""
    if state.removed_at is not None:
        last = state.removed_at + LAST_LOOK
        return last if last > now else None
    if state.missing_since is not None and now - state.born_at <= YOUNG:
        return now + A_DAY
    return next_look(state.born_at, now)
