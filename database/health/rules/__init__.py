"""The rules by which outlets are flagged. Each looks at the facts and finds something, or nothing. Pure.

A rule whose flag is open asks for less to go on finding it than it asked for to begin with: a flag is cleared only
when the evidence is gone.
"""

from collections.abc import Callable

from database.health.facts import Facts, Finding
from database.health.rules import absolute

Rule = Callable[[Facts], Finding | None]
_RULES: tuple[Rule, ...] = (
    absolute.failing, absolute.certificate, absolute.robots, absolute.never_stored, absolute.gap,
    absolute.partly_failing,
)  # fmt: skip


def findings(facts: Facts) -> list[Finding]:
    """What is wrong, each kind once."""
    return [found for rule in _RULES if (found := rule(facts))]
