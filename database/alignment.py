"""Two texts word by word: what of the one stays in the other, in order. Pure, and bounded for texts of any length."""

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from database.words import folded_words

# What comparing costs grows with the pairs of equal words: 8,000 words of prose have so many. Beyond, nothing is sought
# but what stands equal at both ends.
_MOST_PAIRS = 200_000

_CHUNK = re.compile(r"\S+")
_RUN = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A word as it is compared, the part of the text that belongs to it, up to the next one, and its paragraph."""

    folded: str
    text: str
    paragraph: int


class Step(NamedTuple):
    """``old[first:end]`` is equal to ``new[new_first:new_end]``, or became it."""

    equal: bool
    first: int
    end: int
    new_first: int
    new_end: int


def split_paragraphs(text: str) -> list[list[Word]]:
    """Each line's words; a line without any counts for nothing."""
    lines = (split_words(line, number) for number, line in enumerate(text.splitlines()))
    return [words for words in lines if words]


def split_words(line: str, paragraph: int = 0) -> list[Word]:
    """The line's words; white space follows each, unless a hyphen or the like joins it to the next."""
    begun: list[tuple[str, int]] = []
    for chunk in _CHUNK.finditer(line):
        folded = folded_words(chunk.group())
        starts = [run.start() for run in _RUN.finditer(chunk.group())]
        # Compatibility characters may be words without being letters ("№"): their chunk is not divided.
        if len(starts) != len(folded):
            starts = [len(chunk.group())] * len(folded)
        begun += zip(folded, (chunk.start() + start for start in [0, *starts[1:]]), strict=False)
    edges = [0, *(start for _, start in begun[1:]), len(line)]
    words = [
        Word(folded, line[start:end], paragraph)
        for (folded, _), (start, end) in zip(begun, pairwise(edges), strict=False)
    ]
    return [*words[:-1], *(last._replace(text=f"{last.text.rstrip()} ") for last in words[-1:])]


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """The way from the old ones to the new ones, in order: what stays and what is replaced."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    end, new_end = len(old) - tail, len(new) - tail
    middle = [
        Step(equal, head + first, head + stop, head + new_first, head + new_stop)
        for equal, first, stop, new_first, new_stop in _between(old[head:end], new[head:new_end])
    ]
    ends = Step(True, 0, head, 0, head), Step(True, end, len(old), new_end, len(new))  # noqa: FBT003 - it reads as a row
    return [step for step in (ends[0], *middle, ends[1]) if step.end > step.first or step.new_end > step.new_first]


def _between(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    often = Counter(new)
    if sum(often[one] for one in old) > _MOST_PAIRS:
        return [Step(False, 0, len(old), 0, len(new))]  # noqa: FBT003 - the same
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [Step(tag == "equal", *ends) for tag, *ends in codes]
