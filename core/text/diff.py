"""Compare two texts by words and by paragraphs, for people. Pure.

Case, punctuation and white space do not count.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, groupby, pairwise
from typing import Literal, NamedTuple

from core.text.words import folded_words

# The cost grows with the pairs of equal words; 8,000 words of prose have this many. Beyond, only equal beginnings and
# ends are matched.
_MOST_PAIRS = 200_000

_CHUNK = re.compile(r"\S+")
_RUN = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A folded word, its text up to the next word, and its paragraph's number."""

    folded: str
    text: str
    paragraph: int


class Step(NamedTuple):
    """Slices ``old[first:end]`` and ``new[new_first:new_end]``, equal or replaced."""

    equal: bool
    first: int
    end: int
    new_first: int
    new_end: int


def split_paragraphs(text: str) -> list[list[Word]]:
    lines = (split_words(line, number) for number, line in enumerate(text.splitlines()))
    return [words for words in lines if words]


def split_words(line: str, paragraph: int = 0) -> list[Word]:
    begun: list[tuple[str, int]] = []
    for chunk in _CHUNK.finditer(line):
        folded = folded_words(chunk.group())
        starts = [run.start() for run in _RUN.finditer(chunk.group())]
        # Compatibility characters may be words without letters ("№"): their chunk is not divided.
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
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    end, new_end = len(old) - tail, len(new) - tail
    middle = [
        Step(equal, head + first, head + stop, head + new_first, head + new_stop)
        for equal, first, stop, new_first, new_stop in _between(old[head:end], new[head:new_end])
    ]
    ends = Step(True, 0, head, 0, head), Step(True, end, len(old), new_end, len(new))  # noqa: FBT003 - a row of values
    return [step for step in (ends[0], *middle, ends[1]) if step.end > step.first or step.new_end > step.new_first]


def _between(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    often = Counter(new)
    if sum(often[one] for one in old) > _MOST_PAIRS:
        return [Step(False, 0, len(old), 0, len(new))]  # noqa: FBT003 - the same
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [Step(tag == "equal", *ends) for tag, *ends in codes]


Kind = Literal["same", "added", "removed"]

# With fewer unchanged words than this between them, two changes are shown as one.
_LEAST_SAME = 3
# Unchanged words kept beside a change when the rest is cut.
_CONTEXT_WORDS = 8
# Paragraphs correspond if one of them has at least this share of its words in the other text.
_LEAST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """Size of the difference between two versions."""

    words_added: int
    words_removed: int
    title_changed: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of both texts (``same``: as in the new one) or of one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of both texts (``same``, ``changed``) or of one."""

    kind: Literal["same", "changed", "added", "removed"]
    pieces: tuple[Piece, ...]


class _Part(NamedTuple):
    old: str
    new: str
    same: bool


def count_changes(old_title: str | None, old_text: str, new_title: str | None, new_text: str) -> Change:
    added = removed = 0
    old, new = split_paragraphs(old_text), split_paragraphs(new_text)
    # Lines that moved count as changed, but not if only the line breaks moved: then the words are the same.
    if _folded(_flat(old)) != _folded(_flat(new)):
        for was, now in _replaced(old, new):
            for step in align(_folded(was), _folded(now)):
                if not step.equal:
                    removed += step.end - step.first
                    added += step.new_end - step.new_first
    return Change(added, removed, folded_words(old_title or "") != folded_words(new_title or ""))


def word_diff(old: str, new: str) -> list[Piece]:
    """Merge both texts into one list of whole-word pieces."""
    was, now = split_words(" ".join(old.split())), split_words(" ".join(new.split()))
    parts: list[_Part] = []
    for step in align(_folded(was), _folded(now)):
        if step.equal:
            parts += map(_same_part, was[step.first : step.end], now[step.new_first : step.new_end])
        else:
            parts += map(_removed_part, was[step.first : step.end])
            parts += map(_added_part, now[step.new_first : step.new_end])
    return _pieces(parts)


def paragraph_diff(old: str, new: str) -> list[Paragraph]:
    """Return the new text's paragraphs and the removed ones.

    Joining or dividing is no change.
    """
    found: list[Paragraph] = []
    was, now = split_paragraphs(old), split_paragraphs(new)
    for step in align([tuple(_folded(one)) for one in was], [tuple(_folded(one)) for one in now]):
        new_ones = now[step.new_first : step.new_end]
        found += map(_same, new_ones) if step.equal else _changed(was[step.first : step.end], new_ones)
    return found


def cut_unchanged(pieces: Iterable[Piece]) -> list[Piece]:
    """Replace unchanged text by "…", except beside a change."""
    given = list(pieces)
    last = len(given) - 1
    return [
        Piece("same", _shortened(piece.text, before=place > 0, after=place < last)) if piece.kind == "same" else piece
        for place, piece in enumerate(given)
    ]


def _shortened(text: str, *, before: bool, after: bool) -> str:
    words = text.split()
    head = words[:_CONTEXT_WORDS] if before else []
    tail = words[-_CONTEXT_WORDS:] if after else []
    if len(words) <= len(head) + len(tail) + _LEAST_SAME:
        return text
    return " ".join([*head, "…", *tail]) + text[len(text.rstrip()) :]


def _replaced(old: Sequence[list[Word]], new: Sequence[list[Word]]) -> Iterator[tuple[list[Word], list[Word]]]:
    for step in align([tuple(_folded(one)) for one in old], [tuple(_folded(one)) for one in new]):
        if not step.equal:
            yield _flat(old[step.first : step.end]), _flat(new[step.new_first : step.new_end])


def _changed(old: Sequence[list[Word]], new: Sequence[list[Word]]) -> Iterator[Paragraph]:
    was, now = _flat(old), _flat(new)
    unchanged = _unchanged(was, now)
    left = {was[first].paragraph for first, _ in unchanged}
    places = {one[0].paragraph: place for place, one in enumerate(new)}
    parts: list[list[_Part]] = [[] for _ in new]
    dropped: list[list[Paragraph]] = [[] for _ in range(len(new) + 1)]
    for (before, new_before), (first, new_first) in pairwise([(-1, -1), *unchanged, (len(was), len(now))]):
        after = places[now[new_before].paragraph] if new_before >= 0 else -1
        for paragraph, words in groupby(was[before + 1 : first], key=_paragraph):
            if paragraph not in left:
                dropped[after + 1].append(Paragraph("removed", _whole("removed", words)))
            elif before >= 0 and was[before].paragraph == paragraph:
                parts[after] += map(_removed_part, words)
            else:
                parts[places[now[new_first].paragraph]] += map(_removed_part, words)
        for word in now[new_before + 1 : new_first]:
            parts[places[word.paragraph]].append(_added_part(word))
        if first < len(was):
            parts[places[now[new_first].paragraph]].append(_same_part(was[first], now[new_first]))
    for removed, new_parts in zip(dropped, [*parts, []], strict=True):
        yield from removed
        if new_parts:
            yield _paragraph_of_pieces(_pieces(new_parts))


def _unchanged(was: Sequence[Word], now: Sequence[Word]) -> list[tuple[int, int]]:
    unchanged = [
        (step.first + n, step.new_first + n)
        for step in align(_folded(was), _folded(now))
        if step.equal
        for n in range(step.end - step.first)
    ]
    old_shares = _shares(was, (first for first, _ in unchanged))
    new_shares = _shares(now, (second for _, second in unchanged))
    return [
        (first, second)
        for first, second in unchanged
        if max(old_shares[was[first].paragraph], new_shares[now[second].paragraph]) >= _LEAST_SHARED
    ]


def _shares(words: Sequence[Word], chosen: Iterable[int]) -> dict[int, float]:
    sizes = Counter(map(_paragraph, words))
    found = Counter(words[place].paragraph for place in chosen)
    return {paragraph: found[paragraph] / size for paragraph, size in sizes.items()}


def _pieces(parts: Iterable[_Part]) -> list[Piece]:
    groups = [(same, list(group)) for same, group in groupby(_by_chunk(parts), key=lambda part: part.same)]
    pieces: list[Piece] = []
    removed = added = ""
    for place, (same, group) in enumerate(groups):
        old, new = "".join(part.old for part in group), "".join(part.new for part in group)
        if same and (len(group) >= _LEAST_SAME or place in {0, len(groups) - 1}):
            pieces += [*_exchange(removed, added), Piece("same", new)]
            removed = added = ""
        else:
            removed, added = removed + old, added + new
    return [*pieces, *_exchange(removed, added)]


def _by_chunk(parts: Iterable[_Part]) -> Iterator[_Part]:
    """Count a chunk as changed if a part of it is ("7,5")."""
    chunk: list[_Part] = []
    for part in chain(parts, [None]):
        if part is None or (chunk and (chunk[-1].new or chunk[-1].old)[-1:].isspace()):
            same = all(one.same for one in chunk)
            yield from (one._replace(same=same) for one in chunk)
            chunk = []
        if part is not None:
            chunk.append(part)


def _exchange(removed: str, added: str) -> list[Piece]:
    both = (Piece("removed", removed), Piece("added", added))
    return [piece for piece in both if piece.text]


def _paragraph_of_pieces(pieces: list[Piece]) -> Paragraph:
    kinds = {piece.kind for piece in pieces}
    if kinds in ({"same"}, {"added"}):
        return Paragraph(pieces[0].kind, tuple(pieces))
    return Paragraph("changed", tuple(pieces))


def _same(words: Iterable[Word]) -> Paragraph:
    return Paragraph("same", _whole("same", words))


def _whole(kind: Kind, words: Iterable[Word]) -> tuple[Piece]:
    return (Piece(kind, "".join(word.text for word in words)),)


def _same_part(old: Word, new: Word) -> _Part:
    return _Part(old.text, new.text, same=True)


def _removed_part(word: Word) -> _Part:
    return _Part(word.text, "", same=False)


def _added_part(word: Word) -> _Part:
    return _Part("", word.text, same=False)


def _paragraph(word: Word) -> int:
    return word.paragraph


def _folded(words: Iterable[Word]) -> list[str]:
    return [word.folded for word in words]


def _flat(paragraphs: Iterable[list[Word]]) -> list[Word]:
    return list(chain.from_iterable(paragraphs))
