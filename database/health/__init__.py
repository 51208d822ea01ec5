"""How the outlets are: what was measured of them, what is normal, and what is wrong."""

from database.health.judging import Condition, Facts, Health, judge
from database.health.measures import Measures

__all__ = ["Condition", "Facts", "Health", "Measures", "judge"]
