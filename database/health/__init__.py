"""How the outlets are: what was measured of them, what is usual, and what is wrong.

``judge_outlet`` is asked when a run ends: it compares what the run measured with what is usual for the outlet, raises
flags and clears them. ``judge`` says in a word how an outlet is, by its flags and by the clock.
"""

from database.health.days import add_to_day
from database.health.facts import Kind, OutletFlag
from database.health.flags import Changes, flags_changed, flags_of, judge_all, judge_outlet, open_flags
from database.health.judging import Condition, Health, judge
from database.health.measures import Measures

__all__ = [
    "Changes", "Condition", "Health", "Kind", "Measures", "OutletFlag", "add_to_day", "flags_changed",
    "flags_of", "judge", "judge_all", "judge_outlet", "open_flags",
]  # fmt: skip
