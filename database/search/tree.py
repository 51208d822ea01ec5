"""What a query means: a tree of words and phrases, as the parser makes it and both databases look it up."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One term, as the analyser makes it."""

    term: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand next to each other in this order."""

    terms: tuple[str, ...]


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


Node = Word | Phrase | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood: the text as given, and what it means."""

    text: str
    root: Node

    def wanted(self) -> list[tuple[str, ...]]:
        """The words and phrases to highlight: those not under a NOT. A word is a phrase of one term."""
        return list(dict.fromkeys(_wanted(self.root, wanted=True)))


def _wanted(node: Node, *, wanted: bool) -> Iterator[tuple[str, ...]]:
    match node:
        case Word(term):
            if wanted:
                yield (term,)
        case Phrase(terms):
            if wanted:
                yield terms
        case Not(inner):
            yield from _wanted(inner, wanted=not wanted)
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from _wanted(inner, wanted=wanted)
