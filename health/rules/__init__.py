"""Rules that find an outlet's problems from its facts. Pure.

A rule needs less evidence to keep its flag than to raise it.
"""

from collections.abc import Callable
from dataclasses import replace

from health.facts import Finding, OutletFacts
from health.rules import absolute, shares, volume
from health.rules.shares import SHARES, moved
from health.rules.volume import Volume

Rule = Callable[[OutletFacts], Finding | None]
# Causes of missing articles.
_CAUSES: tuple[Rule, ...] = (absolute.failing, absolute.certificate, absolute.robots, moved, *SHARES[:3])
_OTHERS: tuple[Rule, ...] = (*SHARES[3:], shares.text_short, shares.slow, absolute.gap, absolute.partly_failing)


def find_problems(facts: OutletFacts) -> list[Finding]:
    published = Volume(facts)
    caused = [finding for rule in _CAUSES if (finding := rule(facts))]
    if caused and (silence := volume.silence(published)):
        caused[0] = replace(caused[0], words=f"{silence}; {caused[0].words}")
    others = [finding for rule in _OTHERS if (finding := rule(facts))]
    more = volume.volume_jump(published)
    return [*caused, *_missing(published, explained=bool(caused)), *others, *filter(None, [more])]


def _missing(published: Volume, *, explained: bool) -> list[Finding]:
    facts = published.facts
    silent = fewer = None
    if facts.open("silent") or not explained:
        silent = absolute.never_stored(facts) or volume.silent(published)
    if facts.open("volume-drop") or not (explained or silent):
        fewer = volume.volume_drop(published)
    return [finding for finding in (silent, fewer) if finding]
