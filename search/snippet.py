"""Highlights and snippets of a text, by the analyser: alike on both databases."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.text.analyser import Token, tokens_with_offsets

WORDS = 30
# Most characters to add around a word up to the next space: quotes, brackets, the rest of "covid-19".
_REACH = 20

Span = tuple[int, int]


class Snippet(NamedTuple):
    """A part of a text with its matches' spans (start, end), ordered and disjoint."""

    text: str
    highlights: tuple[Span, ...]


class _Match(NamedTuple):
    """A word or phrase at ``tokens[first:end]``."""

    first: int
    end: int
    phrase: tuple[str, ...]


def highlights(text: str, phrases: Iterable[tuple[str, ...]]) -> tuple[Span, ...]:
    """Return the spans of any of the phrases, each of terms in order or ``abc*``."""
    phrases = tuple(phrases)
    tokens = tokens_with_offsets(text, _terms(phrases))
    return _spans(tokens, _find(tokens, phrases))


def snippet(text: str, phrases: Iterable[tuple[str, ...]], words: int = WORDS) -> Snippet:
    """Return the part of about ``words`` words that shows the phrases best.

    The most different phrases count, then the most matches, then the first place.
    """
    phrases = tuple(phrases)
    tokens = tokens_with_offsets(text, _terms(phrases))
    if not tokens:
        return Snippet("", ())
    matches = _find(tokens, phrases)
    first, end = _window(matches, len(tokens), words)
    start_at = _outward(text, tokens[first].start, -1) if first else 0
    end_at = _outward(text, tokens[end - 1].end, 1) if end < len(tokens) else len(text)
    before, after = ("… " if start_at else ""), (" …" if end_at < len(text) else "")
    inside = [match for match in matches if first <= match.first and match.end <= end]
    shift = len(before) - start_at
    spans = tuple((start + shift, stop + shift) for start, stop in _spans(tokens, inside))
    return Snippet(before + text[start_at:end_at].replace("\n", " ") + after, spans)


def _terms(phrases: Iterable[tuple[str, ...]]) -> set[str]:
    return {term.removesuffix("*") for phrase in phrases for term in phrase}


def _find(tokens: Sequence[Token], phrases: Iterable[tuple[str, ...]]) -> list[_Match]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    beginnings: list[str] = []
    for phrase in phrases:
        if phrase[0].endswith("*"):
            beginnings.append(phrase[0][:-1])
        else:
            by_first.setdefault(phrase[0], []).append(phrase)
    begin_so = tuple(beginnings)
    matches: list[_Match] = []
    for place, token in enumerate(tokens):
        if token.term.startswith(begin_so):
            matches.append(_Match(place, place + 1, (token.term,)))
        for phrase in by_first.get(token.term, ()):
            terms = tokens[place : place + len(phrase)]
            if len(terms) == len(phrase) and all(part.term == term for part, term in zip(terms, phrase, strict=True)):
                matches.append(_Match(place, place + len(phrase), phrase))
    return matches


def _window(matches: Sequence[_Match], length: int, words: int) -> tuple[int, int]:
    if not matches:
        return 0, min(words, length)
    best_score, best_first, best_end = (0, 0), 0, 0
    inside: Counter[tuple[str, ...]] = Counter()
    after = 0
    for match in matches:
        while after < len(matches) and matches[after].end <= max(match.first + words, match.end):
            inside[matches[after].phrase] += 1
            after += 1
        score = (len(inside), inside.total())
        if score > best_score:
            best_score, best_first, best_end = score, match.first, matches[after - 1].end
        inside[match.phrase] -= 1
        if not inside[match.phrase]:
            del inside[match.phrase]
    spare = max(0, words - (best_end - best_first))
    first = max(0, min(best_first - spare // 2, length - words))
    return first, min(length, max(first + words, best_end))


def _spans(tokens: Sequence[Token], matches: Iterable[_Match]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for start, end in sorted((tokens[match.first].start, tokens[match.end - 1].end) for match in matches):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)


def _outward(text: str, place: int, step: int) -> int:
    """Return the end of the unbroken run to the left (-1) or right (1), if near."""
    edge = place
    for _ in range(_REACH):
        beyond = edge - 1 if step < 0 else edge
        if not 0 <= beyond < len(text) or text[beyond].isspace():
            return edge
        edge += step
    return place
