"""A plain text as the lines that its author meant: one a paragraph."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from crawler.extraction.datelines import split_dateline
from crawler.seeds.heading import is_date_line, is_labelled

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad"))
_OPEN_DASH = re.compile(r".{2,90}\s(?:-{1,2}|[–—])$")
_FENCE = re.compile(r"(?:-{3,}|={3,}|\*{3,}|_{3,})$")
_ENDS = re.compile(r"[.!?:;…][\"”’')\]]*$")
_WIDEST_WRAPPED = 100  # columns; a paragraph on one line is hardly ever shorter
_FULL = 0.6  # of the widest line: what is shorter ended there on purpose


def tidy_lines(text: str) -> list[str]:
    """Lines in NFC, with single spaces, none empty, in paragraphs as far as the text shows them.

    Hard-wrapped paragraphs are joined, and so is a dateline on a line of its own with the text below it.
    """
    plain = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    lines = _unwrapped([" ".join(line.split()) for line in plain.splitlines()])
    joined: list[str] = []
    for line in lines:
        if joined and _OPEN_DASH.fullmatch(joined[-1]) and split_dateline(f"{joined[-1]} {line}")[0]:
            joined[-1] += f" {line}"
        elif line and not (_FENCE.match(line) and not joined):
            joined.append(line)
    return joined


def _unwrapped(lines: Sequence[str]) -> list[str]:
    widest = max(map(len, lines), default=0)
    pairs = list(pairwise(lines))
    if widest > _WIDEST_WRAPPED or not any(
        _goes_on(above, below, widest) and below[0].islower() for above, below in pairs
    ):
        return list(lines)
    joined = list(lines[:1])
    for above, below in pairs:
        if _goes_on(above, below, widest):
            joined[-1] += f" {below}"
        else:
            joined.append(below)
    return joined


def _goes_on(above: str, below: str, widest: int) -> bool:
    """Whether a line is the continuation of the one above it."""
    if not above or not below or len(above) < _FULL * widest or is_date_line(below) or is_labelled(below):
        return False
    return below[0].islower() or not _ENDS.search(above)
