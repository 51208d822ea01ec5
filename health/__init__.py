"""How the outlets are: what was measured of them, what is usual, and what is wrong.

``judge_outlet`` is asked when a run ends: it compares what the run measured with what is usual for the outlet, raises
flags and clears them. ``judge`` says in a word how an outlet is, by its flags and by the clock.
"""

from health.daily_measures import add_to_day
from health.facts import Kind, OutletFlag
from health.flags import Changes, flags_changed, flags_of, judge_all, judge_outlet, open_flags
from health.measures import Measures
from health.status import Condition, Health, judge

__all__ = [
    "Changes", "Condition", "Health", "Kind", "Measures", "OutletFlag", "add_to_day", "flags_changed",
    "flags_of", "judge", "judge_all", "judge_outlet", "open_flags",
]  # fmt: skip
