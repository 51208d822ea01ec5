"""What differs between two texts, for people: in numbers, in words, in paragraphs. Pure.

Words are compared as ``core.text.words`` folds them: case, punctuation and white space are no difference. What is shown
is the texts' own writing.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, groupby, pairwise
from typing import Literal, NamedTuple

from core.text.words import folded_words

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


Kind = Literal["same", "added", "removed"]

# Fewer unchanged words than this between two changes are shown as part of one change.
_LEAST_SAME = 3
# Unchanged words that are left beside a change when the rest is cut out.
_CONTEXT_WORDS = 8
# Equal words of two paragraphs are so by accident, unless one of the two has this share of its words in the other text.
_LEAST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an article between two versions, in numbers."""

    words_added: int
    words_removed: int
    title_changed: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of two texts: in both (``same``, as the new one writes it), only in the new or only in the old one.

    White space at its end belongs to it.
    """

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of two texts.

    Attributes:
        kind: ``same``; ``changed``; ``added``, in the new text only; ``removed``, in the old text only.
        pieces: its parts; several where it is changed.
    """

    kind: Literal["same", "changed", "added", "removed"]
    pieces: tuple[Piece, ...]


class _Part(NamedTuple):
    """A word of a paragraph of the new text as it is shown: what the old text had for it, and what the new one has."""

    old: str
    new: str
    same: bool


def count_changes(old_title: str | None, old_text: str, new_title: str | None, new_text: str) -> Change:
    """How many words of the text were added and removed, and whether the headline's words changed."""
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
    """The old text and the new one in one, whole words, neighbouring changes joined."""
    was, now = split_words(" ".join(old.split())), split_words(" ".join(new.split()))
    parts: list[_Part] = []
    for step in align(_folded(was), _folded(now)):
        if step.equal:
            parts += map(_both, was[step.first : step.end], now[step.new_first : step.new_end])
        else:
            parts += map(_gone, was[step.first : step.end])
            parts += map(_come, now[step.new_first : step.new_end])
    return _pieces(parts)


def paragraph_diff(old: str, new: str) -> list[Paragraph]:
    """The new text's paragraphs, and between them those that only the old one has.

    A text whose paragraphs were only joined or divided has the same ones.
    """
    found: list[Paragraph] = []
    was, now = split_paragraphs(old), split_paragraphs(new)
    for step in align([tuple(_folded(one)) for one in was], [tuple(_folded(one)) for one in now]):
        new_ones = now[step.new_first : step.new_end]
        found += map(_same, new_ones) if step.equal else _changed(was[step.first : step.end], new_ones)
    return found


def cut_unchanged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces with "…" for what is unchanged, but for the words beside a change."""
    given = list(pieces)
    last = len(given) - 1
    return [
        Piece("same", _shortened(piece.text, before=place > 0, after=place < last)) if piece.kind == "same" else piece
        for place, piece in enumerate(given)
    ]


def _shortened(text: str, *, before: bool, after: bool) -> str:
    """The text's words that stand beside a change, one before it or one after it."""
    words = text.split()
    head = words[:_CONTEXT_WORDS] if before else []
    tail = words[-_CONTEXT_WORDS:] if after else []
    if len(words) <= len(head) + len(tail) + _LEAST_SAME:
        return text
    return " ".join([*head, "…", *tail]) + text[len(text.rstrip()) :]


def _replaced(old: Sequence[list[Word]], new: Sequence[list[Word]]) -> Iterator[tuple[list[Word], list[Word]]]:
    """The words of the paragraphs that stand between equal ones: the old text's and the new one's."""
    for step in align([tuple(_folded(one)) for one in old], [tuple(_folded(one)) for one in new]):
        if not step.equal:
            yield _flat(old[step.first : step.end]), _flat(new[step.new_first : step.new_end])


def _changed(old: Sequence[list[Word]], new: Sequence[list[Word]]) -> Iterator[Paragraph]:
    """The paragraphs of which none is equal to one of the other text."""
    was, now = _flat(old), _flat(new)
    twins = _twins(was, now)
    left = {was[first].paragraph for first, _ in twins}
    places = {one[0].paragraph: place for place, one in enumerate(new)}
    parts: list[list[_Part]] = [[] for _ in new]
    dropped: list[list[Paragraph]] = [[] for _ in range(len(new) + 1)]
    for (before, new_before), (first, new_first) in pairwise([(-1, -1), *twins, (len(was), len(now))]):
        after = places[now[new_before].paragraph] if new_before >= 0 else -1
        for paragraph, words in groupby(was[before + 1 : first], key=_paragraph):
            if paragraph not in left:
                dropped[after + 1].append(Paragraph("removed", _whole("removed", words)))
            elif before >= 0 and was[before].paragraph == paragraph:
                parts[after] += map(_gone, words)
            else:
                parts[places[now[new_first].paragraph]] += map(_gone, words)
        for word in now[new_before + 1 : new_first]:
            parts[places[word.paragraph]].append(_come(word))
        if first < len(was):
            parts[places[now[new_first].paragraph]].append(_both(was[first], now[new_first]))
    for gone, shown in zip(dropped, [*parts, []], strict=True):
        yield from gone
        if shown:
            yield _told(_pieces(shown))


def _twins(was: Sequence[Word], now: Sequence[Word]) -> list[tuple[int, int]]:
    """The places of the words that stayed, in both texts; not those that are the same by accident."""
    twins = [
        (step.first + n, step.new_first + n)
        for step in align(_folded(was), _folded(now))
        if step.equal
        for n in range(step.end - step.first)
    ]
    old_shares = _shares(was, (first for first, _ in twins))
    new_shares = _shares(now, (second for _, second in twins))
    return [
        (first, second)
        for first, second in twins
        if max(old_shares[was[first].paragraph], new_shares[now[second].paragraph]) >= _LEAST_SHARED
    ]


def _shares(words: Sequence[Word], chosen: Iterable[int]) -> dict[int, float]:
    """For each paragraph how much of it is chosen."""
    sizes = Counter(map(_paragraph, words))
    found = Counter(words[place].paragraph for place in chosen)
    return {paragraph: found[paragraph] / size for paragraph, size in sizes.items()}


def _pieces(parts: Iterable[_Part]) -> list[Piece]:
    groups = [(same, list(group)) for same, group in groupby(_undivided(parts), key=lambda part: part.same)]
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


def _undivided(parts: Iterable[_Part]) -> Iterator[_Part]:
    """The parts; what is written together with something changed ("7,5") counts as changed."""
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


def _told(pieces: list[Piece]) -> Paragraph:
    kinds = {piece.kind for piece in pieces}
    if kinds in ({"same"}, {"added"}):
        return Paragraph(pieces[0].kind, tuple(pieces))
    return Paragraph("changed", tuple(pieces))


def _same(words: Iterable[Word]) -> Paragraph:
    return Paragraph("same", _whole("same", words))


def _whole(kind: Kind, words: Iterable[Word]) -> tuple[Piece]:
    return (Piece(kind, "".join(word.text for word in words)),)


def _both(old: Word, new: Word) -> _Part:
    return _Part(old.text, new.text, same=True)


def _gone(word: Word) -> _Part:
    return _Part(word.text, "", same=False)


def _come(word: Word) -> _Part:
    return _Part("", word.text, same=False)


def _paragraph(word: Word) -> int:
    return word.paragraph


def _folded(words: Iterable[Word]) -> list[str]:
    return [word.folded for word in words]


def _flat(paragraphs: Iterable[list[Word]]) -> list[Word]:
    return list(chain.from_iterable(paragraphs))
