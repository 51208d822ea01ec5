"""Labelled pairs of texts: copies as outlets make them, and look-alikes.

Copies are made from distinct base texts; a base may serve for several kinds, but for one pair of each.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from benchmarks.invented_news import Event, Report, grow, headline, name
from benchmarks.local_notices import VILLAGES
from benchmarks.templates import BY_PLACE, BY_UNKNOWN_PLACE, FAMILIES, LONG, notice, subjects
from benchmarks.vocabulary import CITIES, LEADS, SENTENCES, WORDS

_SENTENCE_END = re.compile(r"(?<=[.!?”]) ")
_PLAIN_WORD = re.compile(r"^[a-z]{3,}$")
MIN_SAVED_WORDS = 80
_MAX_PARAGRAPH = 90
HALF = 0.5
SYNONYMS = tuple(word for kind in ("noun", "adjective", "verb") for word in WORDS[kind] if " " not in word)


class Group(StrEnum):
    """Relation of a kind's pairs."""

    COPY = "copies"
    OTHER = "no copies"
    TEMPLATE = "no copies: one template"
    LIMIT = "no copies: known limits"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts as their outlets print them.

    Attributes:
        kind: how the second came about.
        group: whether they are copies of one text.
        same_outlet: whether one outlet printed both.
    """

    kind: str
    group: Group
    one: Report
    other: Report
    same_outlet: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """A distinct text; ``event`` is its subject, if made up."""

    report: Report
    event: Event | None


Change = Callable[[str, random.Random], str]


def bases(count: int, rng: random.Random, folder: Path | None = None) -> list[Base]:
    """Return made-up reports of distinct events, and the texts in ``folder``."""
    events = (Event.happen(rng) for _ in range(count))
    made = [Base(event.report(rng), event) for event in events]
    return made + ([Base(report, None) for report in _saved(folder)] if folder else [])


def _saved(folder: Path) -> Iterator[Report]:
    for file in sorted(folder.glob("*.txt")):
        text = _in_paragraphs(file.read_text(encoding="utf-8"))
        if len(text.split()) > MIN_SAVED_WORDS:
            yield Report(headline(text), text)


def _in_paragraphs(text: str) -> str:
    """Part the longest paragraphs at sentence ends: some texts have no line breaks."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        whole = len(line.split()) <= _MAX_PARAGRAPH
        lines += [line] if whole else _SENTENCE_END.split(line)
    return "\n".join(lines)


def pairs(known: Sequence[Base], count: int, rng: random.Random) -> Iterator[Pair]:
    """Return ``count`` pairs of every kind."""
    for kind, change in CHANGES.items():
        for base in rng.sample(known, count):
            changed = change(base.report.text, rng)
            title = base.report.title if rng.random() < HALF and kind != "headline changed" else _title(rng)
            yield Pair(kind, Group.COPY, base.report, Report(title, changed))
    for base in rng.sample(known, count):
        again = add_sentences(0.05, 0.1)(swap_words(0.05)(base.report.text, rng), rng)
        yield Pair(
            "one outlet, again, edited", Group.COPY, base.report, Report(base.report.title, again), same_outlet=True
        )
    yield from _rewritten(known, count, rng)
    yield from _merged(known, count, rng)
    yield from _told_again(known, count, rng)
    yield from _followed_up(known, count, rng)
    yield from _closing(known, count, rng)
    for one, other in zip(*[iter(rng.sample(known, 2 * count))] * 2, strict=True):
        yield Pair("unrelated", Group.OTHER, one.report, other.report)
    for family in FAMILIES:
        yield from _other_days(family, Group.LIMIT if family in LONG else Group.TEMPLATE, count, rng)
    for family in BY_PLACE:
        yield from _other_places(f"{family}, other places", Group.TEMPLATE, family, subjects(family), count, rng)
    for family in BY_UNKNOWN_PLACE:
        yield from _other_places(f"{family}, other villages", Group.LIMIT, family, VILLAGES, count, rng)


def _title(rng: random.Random) -> str:
    return headline(grow("{Clause}", {}, rng))


# Copies


def cut(share: float, *, keep_end: bool) -> Change:
    """Keep that share of the words, from the first paragraph on or up to the last."""

    def change(text: str, _: random.Random) -> str:
        sentences = [(sentence, last) for line in text.split("\n") for sentence, last in _sentences(line)]
        wanted = share * len(text.split())
        kept: list[tuple[str, bool]] = []
        for sentence in reversed(sentences) if keep_end else sentences:
            if sum(len(one.split()) for one, _ in kept) + len(sentence[0].split()) / 2 > wanted and kept:
                break
            kept.append(sentence)
        return _joined(reversed(kept) if keep_end else kept)

    return change


def _sentences(line: str) -> Iterator[tuple[str, bool]]:
    parts = _SENTENCE_END.split(line)
    return ((part, place == len(parts) - 1) for place, part in enumerate(parts))


def _joined(sentences: Iterator[tuple[str, bool]] | Sequence[tuple[str, bool]]) -> str:
    return "".join(sentence + ("\n" if last else " ") for sentence, last in sentences).strip()


def swap_words(share: float) -> Change:
    """Replace that share of the words; names, numbers and abbreviations stay."""

    def change(text: str, rng: random.Random) -> str:
        parts = re.split(r"(\s+)", text)
        plain = [place for place, part in enumerate(parts) if _PLAIN_WORD.match(part)]
        for place in rng.sample(plain, min(len(plain), round(share * len(text.split())))):
            parts[place] = rng.choice(SYNONYMS)
        return "".join(parts)

    return change


def add_sentences(low: float, high: float) -> Change:
    """Add the outlet's own sentences: a tenth to a third of the words."""

    def change(text: str, rng: random.Random) -> str:
        lines = text.split("\n")
        event = Event.happen(rng)
        wanted = rng.uniform(low, high) * len(text.split())
        while wanted > 0:
            sentence = grow(rng.choice(SENTENCES), event.facts, rng)
            lines.insert(rng.randrange(1, len(lines) + 1), sentence)
            wanted -= len(sentence.split())
        return "\n".join(lines)

    return change


def change_dateline(text: str, rng: random.Random) -> str:
    """Add another dateline and a reporter's code, as if extraction had left them."""
    code = "/".join("".join(rng.sample("abdefhijklmnprstuwyz", 3)) for _ in range(2))
    return f"{rng.choice(CITIES).upper()}, Kabar {rng.choice(CITIES)} — {text} ({code})"


def insert_links(text: str, rng: random.Random) -> str:
    """Insert links to other articles between the paragraphs."""
    lines = text.split("\n")
    for _ in range(rng.randrange(1, 4)):
        lines.insert(rng.randrange(1, len(lines) + 1), f"Baca juga: {_title(rng)}")
    return "\n".join(lines)


def change_punctuation(text: str, rng: random.Random) -> str:
    """Use straight quotes, other dashes, fewer commas, other paragraphs."""
    text = text.translate({ord("“"): '"', ord("”"): '"', ord("—"): "-", ord("–"): "-"})
    text = re.sub(r", ", lambda comma: rng.choice((comma[0], " ")), text)
    return re.sub(r"(?<=[.”]) ", lambda _: rng.choice((" ", "\n")), text)


def _as_it_is(text: str, _: random.Random) -> str:
    return text


def _cuts(how: str, share: float) -> dict[str, Change]:
    ends = {"start": False, "end": True}
    return {f"cut to {how}, {end} kept": cut(share, keep_end=keep_end) for end, keep_end in ends.items()}


CHANGES: dict[str, Change] = {
    "headline changed": _as_it_is,
    "dateline and code changed": change_dateline,
    "punctuation changed": change_punctuation,
    "“Baca juga” inserted": insert_links,
    "sentences added, 10 to 30 %": add_sentences(0.1, 0.3),
    "5 % of words swapped": swap_words(0.05),
    "10 % of words swapped": swap_words(0.1),
    "20 % of words swapped": swap_words(0.2),
    **_cuts("two thirds", 2 / 3),
    **_cuts("a half", 1 / 2),
    **_cuts("a third", 1 / 3),
}


def _rewritten(known: Sequence[Base], count: int, rng: random.Random) -> Iterator[Pair]:
    """Keep half of the text under a new first paragraph, a twentieth of it reworded."""
    for base in rng.sample(known, count):
        facts = base.event.facts if base.event else Event.happen(rng).facts | {"day": "kemarin"}
        first = " ".join(grow(frame, facts, rng) for frame in (rng.choice(LEADS), rng.choice(SENTENCES)))
        half = cut(1 / 2, keep_end=rng.random() < HALF)(base.report.text, rng)
        text = f"{first}\n{swap_words(0.05)(half, rng)}"
        yield Pair("half, new start, 5 % swapped", Group.COPY, base.report, Report(_title(rng), text))


def _merged(known: Sequence[Base], count: int, rng: random.Random) -> Iterator[Pair]:
    for first, second in zip(*[iter(rng.sample(known, 2 * count))] * 2, strict=True):
        merged = Report(_title(rng), f"{first.report.text}\n{second.report.text}")
        yield Pair("two wires merged", Group.COPY, rng.choice((first, second)).report, merged)


# No copies


def _told_again(known: Sequence[Base], count: int, rng: random.Random) -> Iterator[Pair]:
    """Report the same event anew; every second time both quote one sentence."""
    for base in rng.sample([base for base in known if base.event], count):
        assert base.event is not None
        own = base.event.report(rng)
        quotes = [sentence for sentence in base.report.text.replace("\n", " ").split(". ") if "“" in sentence]
        text = f"{own.text}\n{quotes[0]}." if quotes and rng.random() < HALF else own.text
        yield Pair("same event told independently", Group.OTHER, base.report, Report(own.title, text))


def _followed_up(known: Sequence[Base], count: int, rng: random.Random) -> Iterator[Pair]:
    """Report a later event with one or two background paragraphs of the first."""
    for base in rng.sample([base for base in known if base.event], count):
        assert base.event is not None
        later = Event(Event.happen(rng).facts | _who(base.event), base.event.day + timedelta(days=2))
        lines = base.report.text.split("\n")
        background = rng.sample(lines, min(len(lines), rng.randrange(1, 3)))
        own = later.report(rng).text
        short = cut(0.5, keep_end=False)(own, rng) if rng.random() < HALF else own
        text = "\n".join((short, *background))
        next_day = Report(_title(rng), text)
        yield Pair("follow-up with background", Group.OTHER, base.report, next_day, rng.random() < HALF)


def _who(event: Event) -> dict[str, str]:
    return {key: event.facts[key] for key in ("person", "person2", "office", "post", "city")}


def _closing(known: Sequence[Base], count: int, rng: random.Random) -> Iterator[Pair]:
    """Return two texts of one outlet with its own closing paragraph."""
    for first, second in zip(*[iter(rng.sample(known, 2 * count))] * 2, strict=True):
        words = " ".join(grow("{Clause} {because} {clause}.", {}, rng) for _ in range(rng.randrange(2, 7)))
        closing = f"{words} Hubungi redaksi lewat {name(rng)}."
        one, other = (Report(base.report.title, f"{base.report.text}\n{closing}") for base in (first, second))
        yield Pair("one outlet's closing words", Group.OTHER, one, other, same_outlet=True)


def _other_days(family: str, group: Group, count: int, rng: random.Random) -> Iterator[Pair]:
    for _ in range(count):
        day = Event.happen(rng).day
        later = day + timedelta(days=rng.choice((1, 1, 2, 3, 7, 14, 30)))
        place = rng.choice(subjects(family))
        elsewhere = rng.choice(subjects(family)) if rng.random() < HALF else place
        one, other = notice(family, place, day), notice(family, elsewhere, later)
        yield Pair(f"{family}, other days", group, one, other, rng.random() < HALF)


def _other_places(
    kind: str, group: Group, family: str, places: Sequence[str], count: int, rng: random.Random
) -> Iterator[Pair]:
    for _ in range(count):
        day = Event.happen(rng).day
        one, other = (notice(family, place, day) for place in rng.sample(places, 2))
        yield Pair(kind, group, one, other, rng.random() < HALF)
