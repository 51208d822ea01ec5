"""The rules by which outlets are flagged. Each looks at the facts and finds something, or nothing. Pure.

A rule whose flag is open asks for less to go on finding it than it asked for to begin with: a flag is cleared only
when the evidence is gone.
"""

from collections.abc import Callable
from dataclasses import replace

from health.facts import Finding, OutletFacts
from health.rules import absolute, shares, volume
from health.rules.shares import SHARES, moved
from health.rules.volume import Volume

Rule = Callable[[OutletFacts], Finding | None]
# What explains that articles fail to come.
_CAUSES: tuple[Rule, ...] = (absolute.failing, absolute.certificate, absolute.robots, moved, *SHARES[:3])
_OTHERS: tuple[Rule, ...] = (*SHARES[3:], shares.text_short, shares.slow, absolute.gap, absolute.partly_failing)


def find_problems(facts: OutletFacts) -> list[Finding]:
    """What is wrong, each kind once."""
    published = Volume(facts)
    caused = [found for rule in _CAUSES if (found := rule(facts))]
    if caused and (silence := volume.silence(published)):
        caused[0] = replace(caused[0], words=f"{silence}; {caused[0].words}")
    others = [found for rule in _OTHERS if (found := rule(facts))]
    more = volume.volume_jump(published)
    return [*caused, *_missing(published, explained=bool(caused)), *others, *filter(None, [more])]


def _missing(published: Volume, *, explained: bool) -> list[Finding]:
    """That there are no articles, or few, told once: not beside its cause, and not twice."""
    facts = published.facts
    silent = fewer = None
    if facts.open("silent") or not explained:
        silent = absolute.never_stored(facts) or volume.silent(published)
    if facts.open("volume-drop") or not (explained or silent):
        fewer = volume.volume_drop(published)
    return [found for found in (silent, fewer) if found]
