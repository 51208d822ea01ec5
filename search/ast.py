"""Syntax tree of a query, made by the parser and compiled for both databases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# Where to look for words; None: in title and body.
Place = Literal["title", "author", "section"]


@dataclass(frozen=True, slots=True)
class Word:
    """One term, as the analyser makes it."""

    term: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms next to each other, in this order."""

    terms: tuple[str, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any term with this beginning."""

    start: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Words in any order, all in the title or all in the body.

    Attributes:
        words: for each its alternative terms.
        distance: most other terms between the first and the last.
    """

    words: tuple[tuple[str, ...], ...]
    distance: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Is:
    """A column of ``articles`` with this value; ``None``: with any value."""

    column: Literal["outlet", "language", "origin", "story_id"]
    value: str | int | None


@dataclass(frozen=True, slots=True)
class Begins:
    """A column of ``articles`` with this beginning."""

    column: Literal["outlet"]
    start: str


@dataclass(frozen=True, slots=True)
class Published:
    """Published from ``start`` to before ``stop``; never true without a date."""

    start: datetime | None
    stop: datetime | None


@dataclass(frozen=True, slots=True)
class Similar:
    """A similarity to the seed corpus; never true where not compared yet."""

    low: float | None
    high: float | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Not:
    """Complement of a node."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Intersection of the nodes."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Union of the nodes."""

    nodes: tuple["Node", ...]


Text = Word | Phrase | Prefix | Near
Fact = Is | Begins | Published | Similar
Node = Text | Fact | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; ``aliases`` are names as typed, with those looked up beside."""

    text: str
    root: Node
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def phrases(self) -> list[tuple[str, ...]]:
        """Return the words and phrases to highlight, outside of any NOT.

        A word is a phrase of one term; ``abc*`` any term with that beginning.
        """
        phrases = (phrase for text in positive_texts(self.root) for phrase in _phrases(text))
        return list(dict.fromkeys(phrases))

    def outlets(self) -> list[str]:
        """Return the outlets named in full, inside of a NOT too."""
        return list(dict.fromkeys(_outlets(self.root)))


def positive_texts(node: Node, *, positive: bool = True) -> Iterator[Text]:
    match node:
        case Word() | Phrase() | Prefix() | Near():
            if positive and node.place in {None, "title"}:
                yield node
        case Not(inner):
            yield from positive_texts(inner, positive=not positive)
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from positive_texts(inner, positive=positive)


def join_nodes(kind: type[And | Or], nodes: Sequence[Node]) -> Node:
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


def _phrases(text: Text) -> Iterator[tuple[str, ...]]:
    match text:
        case Word(term):
            yield (term,)
        case Phrase(terms):
            yield terms
        case Prefix(start):
            yield (f"{start}*",)
        case Near(words):
            yield from ((term,) for terms in words for term in terms)
