"""Whether two texts are copies, decided on their packed shingles (``pipelines/fingerprint.py``). Pure and symmetric.

Resemblance and containment are Broder's: the shingles that two texts share, of all that either has, or of the smaller
text's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.fingerprint import DATES, VALUES

# A copy that lost a fifth of its words to synonyms keeps 0.8³ = 0.51 of its shingles.
MIN_CONTAINMENT = 0.4
# An outlet's own closing paragraphs recur: two of its texts must be the same for the most part.
MIN_OWN_RESEMBLANCE = 0.5
# Fewer are a quotation.
MIN_SHARED = 12

_BOUNDS = np.array([VALUES, DATES], np.uint32)


@dataclass(frozen=True, slots=True)
class Shingles:
    """A text's shingles, ready to be compared with many others."""

    all: NDArray[np.uint32]
    plain: int
    values: int
    dates: int

    @classmethod
    def unpack(cls, packed: bytes) -> "Shingles":
        """Read ``Fingerprint.shingles``."""
        numbers = np.frombuffer(packed, "<u4")
        plain, values, dates = _counts(numbers)
        return cls(numbers, plain, values, dates)


def resemblance(one: bytes, other: bytes) -> float:
    """How many of the shingles that either text has are in both: 0.0 to 1.0; 1.0 for two texts without any."""
    first, second = Shingles.unpack(one), Shingles.unpack(other)
    plain, values, _ = _shared(first, second)
    either = first.plain + first.values + second.plain + second.values - plain - values
    return (plain + values) / either if either else 1.0


def copies(one: bytes, other: bytes, *, same_outlet: bool) -> bool:
    """Whether both texts come from one; ``same_outlet``: the articles are one outlet's."""
    return are_copies(Shingles.unpack(one), Shingles.unpack(other), same_outlet=same_outlet)


def are_copies(one: Shingles, other: Shingles, *, same_outlet: bool) -> bool:
    """``copies`` for shingles that are unpacked."""
    plain, values, _ = _shared(one, other)
    shared = plain + values
    smaller, larger = sorted((one.plain + one.values, other.plain + other.values))
    if shared < MIN_SHARED or shared < MIN_CONTAINMENT * smaller:
        return False
    if same_outlet and shared < MIN_OWN_RESEMBLANCE * (smaller + larger - shared):
        return False
    return not _fills_a_template(plain, values, one, other)


def _fills_a_template(plain: int, values: int, one: Shingles, other: Shingles) -> bool:
    """Whether far more of the numbers than of the words differ: a copy keeps both alike."""
    expected = min(one.values, other.values) * plain / max(1, min(one.plain, other.plain))
    return expected - values > max(4.0, 0.5 * expected)


def _shared(one: Shingles, other: Shingles) -> tuple[int, int, int]:
    fewer, more = sorted((one.all, other.all), key=len)
    if not len(fewer):
        return 0, 0, 0
    places = np.searchsorted(more, fewer)
    places[places == len(more)] = 0
    return _counts(fewer[more[places] == fewer])


def _counts(numbers: NDArray[np.uint32]) -> tuple[int, int, int]:
    plain, values = np.searchsorted(numbers, _BOUNDS).tolist()
    return plain, values - plain, len(numbers) - values
