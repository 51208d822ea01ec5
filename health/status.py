"""How an outlet is, in a word: by its open flags, and by the clock. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, cast, get_args

from health.facts import Kind, OutletFlag

Condition: TypeAlias = Literal["well", "never crawled", "not crawled"] | Kind

# Who crawls once a day may be late once.
_LATE = timedelta(days=2)
_ORDER = {kind: place for place, kind in enumerate(get_args(Kind))}


@dataclass(frozen=True, slots=True)
class Health:
    """How an outlet is, and in words.

    Attributes:
        condition: the kind of the worst open flag, if there is one.
        words: without the outlet's name.
        since: when that flag was raised; not crawled: its last run.
        usual_a_day: articles a day before their number changed, where that is what is wrong.
        changed_at: when it became so; not crawled: since when it is for so many days.
        flags: all that are open, the worst first.
    """

    condition: Condition
    words: str
    since: datetime | None = None
    usual_a_day: float | None = None
    changed_at: datetime | None = None
    flags: Sequence[OutletFlag] = ()

    @property
    def trouble(self) -> bool:
        """Whether somebody should look into it."""
        return self.condition in _ORDER


def judge(last_run_at: datetime | None, flags: Sequence[OutletFlag], now: datetime) -> Health:
    """How the outlet is.

    Args:
        last_run_at: when its last run began; ``None``: there was none.
        flags: those that are open.
        now: aware.
    """
    worst_first = tuple(sorted(flags, key=lambda flag: (_ORDER.get(flag.kind, len(_ORDER)), flag.raised_at)))
    if last_run_at is None:
        return Health("never crawled", "never crawled", flags=worst_first)
    if now - last_run_at >= _LATE:
        days = (now - last_run_at).days
        changed_at = last_run_at + timedelta(days=days)
        return Health("not crawled", f"not crawled for {days} days", last_run_at, None, changed_at, worst_first)
    if not worst_first:
        return Health("well", "well")
    worst = worst_first[0]
    usual = worst.facts.get("usual_a_day")
    return Health(cast("Condition", worst.kind), worst.words, worst.raised_at, usual, worst.raised_at, worst_first)
