"""Rules for polling a feed: ours, fixed ones, and two of other programs."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import numpy as np

from benchmarks.made_feeds import DAY, HOUR, MINUTE, moment
from core.scheduling.polling import Listed, PollHints, PollSchedule, after_failure, after_listing, after_unchanged


@dataclass(frozen=True, slots=True)
class Answer:
    """A poll's answer.

    Attributes:
        at: seconds from the beginning, like all times here.
        entries: listed, pinned ones too.
        fresh: when the newly listed ones were published.
        oldest: of the listed ones but the pinned, where the listing has dates; ``newest`` likewise.
        gap: nothing of the listing before is left.
    """

    at: float
    entries: int
    fresh: np.ndarray[tuple[int], np.dtype[np.float64]]
    oldest: float | None
    newest: float | None
    gap: bool


class Poller(Protocol):
    """Asks one source; both give the seconds until it asks again."""

    def answered(self, answer: Answer) -> float:
        """After an answer."""

    def failed(self, at: float) -> float:
        """After a failure."""


class Fixed:
    """Asks at fixed times."""

    def __init__(self, every: float) -> None:
        self.every = every

    def answered(self, _answer: Answer) -> float:
        return self.every

    def failed(self, _at: float) -> float:
        return self.every


class Ours:
    """``core.scheduling.polling`` as the ledger calls it."""

    def __init__(self, hint: float | None = None) -> None:
        self._pace = PollHints(at_most_every=timedelta(seconds=hint) if hint else None)
        self._memory: Any = {}
        self._last: float | None = None
        self._failures = 0

    def answered(self, answer: Answer) -> float:
        """After a changed body, or the same one."""
        last_at, now = None if self._last is None else moment(self._last), moment(answer.at)
        self._last, self._failures = answer.at, 0
        if not len(answer.fresh):
            return self._kept(after_unchanged(self._memory, self._pace, last_at=last_at, now=now))
        oldest, newest = (None if date is None else moment(date) for date in (answer.oldest, answer.newest))
        listed = Listed(answer.entries, len(answer.fresh), oldest, newest, answer.gap)
        return self._kept(after_listing(self._memory, listed, self._pace, last_at=last_at, now=now))

    def failed(self, at: float) -> float:
        """After a failure."""
        self._failures += 1
        return self._kept(after_failure(self._memory, self._failures, self._pace, now=moment(at)))

    def _kept(self, rhythm: PollSchedule) -> float:
        self._memory = rhythm.memory
        return rhythm.interval.total_seconds()


class EntryFrequency:
    """Miniflux' ``entry_frequency`` with its own figures.

    A week by its entries, 5 minutes to 24 hours, hints kept.
    """

    def __init__(self, hint: float | None = None) -> None:
        self._hint = hint or 0.0
        self._week: deque[float] = deque()
        self._every = float(DAY)

    def answered(self, answer: Answer) -> float:
        """As long as one entry takes."""
        self._week.extend(answer.fresh.tolist())
        while self._week and self._week[0] <= answer.at - 7 * DAY:
            self._week.popleft()
        self._every = max(min(7 * DAY / max(len(self._week), 1), DAY), 5 * MINUTE, self._hint)
        return self._every

    def failed(self, _at: float) -> float:
        """As before."""
        return self._every


class DuplicateBands:
    """Media Cloud's rss-fetcher with its own figures.

    By the share of known entries, ten minutes up, an hour down.
    """

    DEFAULT, SHORTEST, LONGEST = 6.0 * HOUR, 10.0 * MINUTE, float(DAY)
    FEW, MANY = 0.33, 0.67

    def __init__(self, hint: float | None = None) -> None:
        self._shortest = max(hint or 0.0, self.SHORTEST)
        self._every = hint or self.DEFAULT
        self._begun = False
        self._failures = 0.0

    def answered(self, answer: Answer) -> float:
        """Longer or shorter by a step."""
        known = 1 - len(answer.fresh) / answer.entries
        if self._begun and known >= self.MANY:
            self._every = min(self._every + 10 * MINUTE, self.LONGEST)
        elif self._begun and known < self.FEW:
            shorter = self.DEFAULT if self._every > self.DEFAULT else self._every - HOUR
            self._every = max(shorter, self._shortest)
        self._begun, self._failures = True, 0.0
        return self._every

    def failed(self, _at: float) -> float:
        """Linear; a failure of the server's counts half."""
        self._failures += 0.5
        return self._every * max(self._failures, 1.0)
