"""What stands in ``near(…)``: a few words and how far apart they may be."""

import csv
from collections.abc import Sequence
from math import prod

from database.search.syntax import NEAR_QUOTE

MIN_WORDS, MAX_WORDS = 2, 5
MAX_DISTANCE = 50
# Where no distance is named; as in FTS5.
DISTANCE = 10
# What FTS5 is asked for one near(…) with aliases: one NEAR for each combination of names.
_MAX_COMBINATIONS = 64


def read_near(inside: str) -> tuple[Sequence[str], int]:
    """The words and phrases between the commas, and the distance behind them."""
    parts = next(csv.reader([" ".join(inside.split())], quotechar=NEAR_QUOTE, skipinitialspace=True), [])
    number = parts[-1].strip() if parts else ""
    if number.isdecimal() and number.isascii():
        return parts[:-1], int(number[:4])
    return parts, DISTANCE


def fault(parts: Sequence[str], distance: int) -> str | None:
    """What is wrong with them, if anything is."""
    if not MIN_WORDS <= len(parts) <= MAX_WORDS:
        return f"near takes {MIN_WORDS} to {MAX_WORDS} words, e.g. near(wang, lavrov, {DISTANCE})"
    if not 1 <= distance <= MAX_DISTANCE:
        return f"near's distance is a whole number from 1 to {MAX_DISTANCE}"
    return None


def is_too_much(words: Sequence[Sequence[str]]) -> bool:
    """Whether these words, each one of several terms, would make too many combinations."""
    return prod(map(len, words)) > _MAX_COMBINATIONS or len(words) > 2 * MAX_WORDS
