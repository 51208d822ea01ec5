"""What a query means: a tree that the parser makes and both databases look up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# Where words stand; None: in the title or the body.
Place = Literal["title", "author", "section"]


@dataclass(frozen=True, slots=True)
class Word:
    """One term, as the analyser makes it."""

    term: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand next to each other in this order."""

    terms: tuple[str, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any term that begins so."""

    start: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Words in any order, all in the title or all in the body.

    Attributes:
        words: the terms that each word may be.
        distance: how many other terms may stand between the first and the last of them.
        place: only the title, if given.
    """

    words: tuple[tuple[str, ...], ...]
    distance: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Is:
    """A column of ``articles`` has this value; ``None``: any."""

    column: Literal["outlet", "language", "origin", "story_id"]
    value: str | int | None


@dataclass(frozen=True, slots=True)
class Begins:
    """A column of ``articles`` begins so."""

    column: Literal["outlet"]
    start: str


@dataclass(frozen=True, slots=True)
class Published:
    """At ``start`` or later, and before ``stop``; what has no date never is."""

    start: datetime | None
    stop: datetime | None


@dataclass(frozen=True, slots=True)
class Similar:
    """How much it is like the seed corpus; what was never compared is not."""

    low: float | None
    high: float | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Not:
    """What the node does not match."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """What all of the nodes match."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any of the nodes matches."""

    nodes: tuple["Node", ...]


Text = Word | Phrase | Prefix | Near
Fact = Is | Begins | Published | Similar
Node = Text | Fact | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood.

    Attributes:
        text: as given.
        root: what it means.
        aliases: names as they were typed, each with the names that are looked up beside it.
    """

    text: str
    root: Node
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def wanted(self) -> list[tuple[str, ...]]:
        """The words and phrases to highlight: those of title and body that are not under a NOT.

        A word is a phrase of one term; ``abc*`` stands for every term that begins so.
        """
        phrases = (phrase for text in positive_texts(self.root) for phrase in _shown(text))
        return list(dict.fromkeys(phrases))

    def outlets(self) -> list[str]:
        """The outlets that it names in full, wanted or not."""
        return list(dict.fromkeys(_outlets(self.root)))


def positive_texts(node: Node, *, wanted: bool = True) -> Iterator[Text]:
    """What must or may stand in title and body, as far as it is not under a NOT."""
    match node:
        case Word() | Phrase() | Prefix() | Near():
            if wanted and node.place in {None, "title"}:
                yield node
        case Not(inner):
            yield from positive_texts(inner, wanted=not wanted)
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from positive_texts(inner, wanted=wanted)


def join_nodes(kind: type[And | Or], nodes: Sequence[Node]) -> Node:
    """One node of several; one alone needs no joining."""
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))


def _outlets(node: Node) -> Iterator[str]:
    match node:
        case Is("outlet", str(name)):
            yield name
        case Not(inner):
            yield from _outlets(inner)
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from _outlets(inner)


def _shown(text: Text) -> Iterator[tuple[str, ...]]:
    match text:
        case Word(term):
            yield (term,)
        case Phrase(terms):
            yield terms
        case Prefix(start):
            yield (f"{start}*",)
        case Near(words):
            yield from ((term,) for terms in words for term in terms)
