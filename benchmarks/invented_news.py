"""Made-up Indonesian news: events, and independent reports of each.

A report is grown from a small grammar: frames for sentences, in them phrases, in them words; facts (people, places,
numbers, dates) come from the event, so that two reports of it agree in the facts and in nothing else.
"""

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from benchmarks.vocabulary import (
    CITIES,
    FIRST_NAMES,
    LAST_NAMES,
    LEADS,
    OFFICES,
    PHRASES,
    POSTS,
    SENTENCES,
    UNITS,
    WEEKDAYS,
    WORDS,
)


class Report(NamedTuple):
    """A text, one paragraph a line, and its headline."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event: who, where, when, how much. ``day`` is when it is reported."""

    facts: dict[str, str]
    day: date

    @classmethod
    def happen(cls, rng: random.Random) -> "Event":
        """An event that has nothing to do with any other."""
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(330))
        number1 = rng.randrange(40, 9000)
        person, person2 = name(rng), name(rng)
        return cls(
            {
                "day": f"{WEEKDAYS[day.weekday()]} ({day.day}/{day.month}/{day.year})",
                "city": rng.choice(CITIES),
                "person": person,
                "person2": person2,
                "office": rng.choice(OFFICES),
                "office2": rng.choice(OFFICES),
                "post": rng.choice(POSTS),
                "number1": figure(number1),
                "number2": figure(rng.randrange(5, number1)),
                "money": f"{rng.randrange(2, 900)},{rng.randrange(1, 100):02} miliar",
                "percent": f"{rng.randrange(1, 60)},{rng.randrange(1, 100):02}",
                "age": str(rng.randrange(19, 80)),
                "hour": f"{rng.randrange(24):02}.{rng.randrange(0, 60, 5):02}",
                "unit": rng.choice(UNITS),
            },
            day,
        )

    def report(self, rng: random.Random) -> Report:
        """One outlet's own report of it: 150 to 450 words."""
        lead = rng.choice(LEADS)
        frames = rng.sample(SENTENCES, rng.randrange(13, 27))
        sentences = [grow(frame, self.facts, rng) for frame in (lead, *frames)]
        title = grow(rng.choice(("{Office} {city} {act}", "{Thing} di {city} {act}", "{Clause}")), self.facts, rng)
        return Report(headline(title), paragraphs(sentences, rng))


def grow(frame: str, facts: dict[str, str], rng: random.Random) -> str:
    """Fill a frame: one of every ``[a|b]``, a fact, phrase or word for ``{slot}``."""
    frame = re.sub(r"\[([^]]+)\]", lambda choice: rng.choice(choice[1].split("|")), frame)

    def fill(slot: re.Match[str]) -> str:
        key = slot[1].lower()
        grown = facts.get(key) or _invented(key, facts, rng)
        return grown[:1].upper() + grown[1:] if slot[1][0].isupper() else grown

    return re.sub(r"\{(\w+)\}", fill, frame)


def _invented(key: str, facts: dict[str, str], rng: random.Random) -> str:
    if key in PHRASES:
        return grow(rng.choice(PHRASES[key]), facts, rng)
    if key == "number":
        return figure(rng.randrange(2, 3000))
    return name(rng) if key == "name" else rng.choice(WORDS[key])


def name(rng: random.Random) -> str:
    """A person's."""
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def figure(number: int) -> str:
    """With dots between thousands."""
    return f"{number:,}".replace(",", ".")


def headline(clause: str) -> str:
    """At most nine words, in capitals where headlines have them."""
    return " ".join(word[:1].upper() + word[1:] for word in clause.split()[:9])


def paragraphs(sentences: list[str], rng: random.Random) -> str:
    """One to three sentences a paragraph."""
    lines: list[str] = []
    while sentences:
        size = rng.randrange(1, 4)
        lines.append(" ".join(sentences[:size]))
        sentences = sentences[size:]
    return "\n".join(lines)
