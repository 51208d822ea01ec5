"""A month on the test site: twelve outlets with weekly rhythms of their own, and what goes wrong with seven of them."""

from tests.month.plan import DAYS, ROUNDS, START, TROUBLES, Trouble
from tests.month.site import MonthSite

__all__ = ["DAYS", "ROUNDS", "START", "TROUBLES", "MonthSite", "Trouble"]
