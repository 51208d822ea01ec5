"""Copies of a text, decided on packed shingles. Pure and symmetric.

Similarity (Broder's resemblance) is the shared shingles' part of all that either text has, containment their part of
the smaller text's.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pipelines.fingerprint import DATES, PLACE_BITS, SIGNS, SLOTS, VALUES

# A copy that lost a fifth of its words to synonyms keeps 0.8³ = 0.51 of its shingles; its similarity is 0.34.
MIN_CONTAINMENT = 0.4
# Of two texts that have less than MOST of the smaller one in common, neither is a part of the other: they must be alike
# on the whole. Else a report and its follow-up, which repeats two paragraphs of background, would be copies.
MOST = 0.6
MIN_SIMILARITY = 0.28
# An outlet's own closing paragraphs recur: two of its texts must be the same for the most part.
MIN_OWN_SIMILARITY = 0.5
# Fewer are a quotation.
MIN_SHARED = 12

# A copy keeps as large a share of its values as of its plain shingles, but for what chance does (two standard
# deviations) and for a number that was edited. A number is in three shingles, which are kept or lost together.
PER_NUMBER = 3
DEVIATIONS = 2.0
# Even where all plain shingles were kept: a line that was inserted parts some.
MOST_KEPT = 0.95
# A long text that comes again with another date is a copy whose date was edited; a short one is a daily notice.
NEARLY_ALL = 0.9
LONG = 150

# Where a copy names a place, the original names it too. Now and then an added sentence names another between the same
# words; a notice of another town names some of its places so.
KEPT_FOR_REPLACED = 3
# One place that is named once, between two words before and two behind.
ONE_PLACE = 2

_BOUNDS = np.array([VALUES, DATES, SIGNS, SLOTS], np.uint32)


class Shingles:
    """A text's shingles (``pipelines.fingerprint``), ready for many comparisons.

    Attributes:
        numbers: the packed form's, sorted.
        plain: number of shingles without a value.
        values: number of shingles with one.
        dates: number of dates.
        signs: number of signs of the zodiac.
        places: number of places in slots.
        total: number of shingles.
    """

    __slots__ = ("dates", "numbers", "places", "plain", "signs", "total", "values")

    def __init__(self, numbers: NDArray[np.uint32]) -> None:
        self.numbers = numbers
        values, dates, signs, slots = map(int, numbers.searchsorted(_BOUNDS))
        self.plain = values
        self.values = dates - values
        self.total = dates
        self.dates = signs - dates
        self.signs = slots - signs
        self.places = len(numbers) - slots

    def slots(self) -> set[int]:
        """Return the slots of places, without the places in them."""
        return {place >> PLACE_BITS for place in self.numbers[len(self.numbers) - self.places :].tolist()}

    @classmethod
    def unpack(cls, packed: bytes) -> "Shingles":
        """Read ``Fingerprint.shingles``."""
        return cls(np.frombuffer(packed, "<u4"))

    def __and__(self, other: "Shingles") -> "Shingles":
        """Return the common shingles."""
        fewer, more = sorted((self.numbers, other.numbers), key=len)
        if not len(fewer):
            return Shingles(fewer)
        places = more.searchsorted(fewer)
        return Shingles(fewer[more.take(places, mode="clip") == fewer])


def similarity(one: bytes, other: bytes) -> float:
    """Return the common part of both texts' shingles: 0.0 to 1.0; 1.0 without any."""
    first, second = Shingles.unpack(one), Shingles.unpack(other)
    common = (first & second).total
    either = first.total + second.total - common
    return common / either if either else 1.0


def are_copies_packed(one: bytes, other: bytes, *, same_outlet: bool) -> bool:
    """Return whether both texts have one origin.

    ``same_outlet``: the articles are one outlet's.
    """
    return are_copies(Shingles.unpack(one), Shingles.unpack(other), same_outlet=same_outlet)


def are_copies(one: Shingles, other: Shingles, *, same_outlet: bool) -> bool:
    """``are_copies_packed`` for unpacked shingles."""
    common = one & other
    if common.total < MIN_SHARED or not _have_much_in_common(
        common.total, one.total, other.total, same_outlet=same_outlet
    ):
        return False
    return not _notices(common, one, other)


def _have_much_in_common(common: int, one: int, other: int, *, same_outlet: bool) -> bool:
    containment = common / min(one, other)
    similar_part = common / (one + other - common)
    if same_outlet:
        return similar_part >= MIN_OWN_SIMILARITY
    return containment >= MOST or (containment >= MIN_CONTAINMENT and similar_part >= MIN_SIMILARITY)


def _notices(common: Shingles, one: Shingles, other: Shingles) -> bool:
    """Return whether a template was filled in twice.

    The words are the same, and numbers, dates or places are not.
    """
    if one.signs and other.signs and not common.signs:
        return True
    edited = common.total >= max(LONG, NEARLY_ALL * min(one.total, other.total))
    if _other_places(common, one, other, ONE_PLACE if edited else 0):
        return True
    if one.dates and other.dates and not common.dates:
        return not edited
    share = min(MOST_KEPT, common.plain / max(1, min(one.plain, other.plain)))
    values = min(one.values, other.values)
    chance = DEVIATIONS * math.sqrt(PER_NUMBER * values * share * (1 - share))
    return common.values < share * values - chance - PER_NUMBER


def _other_places(common: Shingles, one: Shingles, other: Shingles, edited: int) -> bool:
    """Return whether both name other places between the same words.

    In more slots than were ``edited``, and in many.
    """
    if min(one.places, other.places) - common.places <= edited:  # each that was replaced is a place of either
        return False
    kept = len(common.slots())
    replaced = len(one.slots() & other.slots()) - kept
    return replaced > edited and KEPT_FOR_REPLACED * replaced >= kept
