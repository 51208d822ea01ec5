"""Unknown words, as frequent as Zipf's law has it."""

from collections.abc import Sequence

import numpy as np


def zipf(count: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The cumulated shares of so many words, the commonest first."""
    weights = 1 / np.arange(1, count + 1)
    return np.cumsum(weights / weights.sum())


def word(number: int, syllables: Sequence[str]) -> str:
    """Another one for every number."""
    parts = []
    number += len(syllables)
    while number:
        number, rest = divmod(number, len(syllables))
        parts.append(syllables[rest])
    return "".join(parts)
