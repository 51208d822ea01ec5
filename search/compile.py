"""A query tree → a statement that both databases answer with the same articles.

What must all be true is parted: the words become one expression of one full-text index, which is read first and
ranks; what is known of an article beside its words becomes a condition on ``articles``. Where words and such facts are
mixed ("outlet:antara OR title:gempa"), each is a condition of its own. What is asked for by its complement ("NOT a")
has rank 0, and so has what matches none of the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Float, FromClause, and_, false, func, literal, not_, or_, select

from database.schema import StoredArticle
from search.fulltext import Index, Kind, as_plain, index
from search.tree import (
    And,
    Begins,
    Fact,
    Is,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Similar,
    Word,
    together,
    wanted_texts,
)

_KINDS: tuple[Kind, ...] = ("words", "labels")
_NOTHING = literal(0.0, Float)
_ID: ColumnElement[int] = StoredArticle.__table__.c.id


@dataclass(frozen=True, slots=True)
class Matching:
    """What a query is in SQL.

    Attributes:
        index: the full-text index that is read first; ``None``: ``articles`` themselves are.
        article_id: of the article found; to be joined with ``StoredArticle.id`` where an index is read.
        rank: higher is better; 0 where nothing ranks.
        conditions: what must be true, of the index and of ``StoredArticle``.
        scores: what ``rank`` needs, where the index that is read first does not rank: to be joined from outside, its
            ``article_id`` with ``StoredArticle.id``.
    """

    index: FromClause | None
    article_id: ColumnElement[int]
    rank: ColumnElement[float]
    conditions: tuple[ColumnElement[bool], ...]
    scores: CTE | None = None


def matching(root: Node | None, dialect: str) -> Matching:
    """What finds the articles that match, all of them where there is no query.

    Args:
        root: the query.
        dialect: SQLAlchemy's name of the database, ``sqlite`` or ``postgresql``.
    """
    if root is None:
        return Matching(None, _ID, _NOTHING, ())
    parts = list(_conjuncts(root))
    alike = {kind: [part for part in parts if _kind(part) == kind] for kind in _KINDS}
    lookups = [_Lookup(kind, together(And, nodes), dialect) for kind, nodes in alike.items() if nodes]
    first = next((lookup for lookup in lookups if not lookup.complement), None)
    conditions = [lookup.condition(first) for lookup in lookups if lookup is not first]
    conditions += [_condition(part, dialect) for part in parts if _kind(part) is None]
    scores = None
    rank = first.index.rank if first and first.kind == "words" else _NOTHING
    if rank is _NOTHING and (texts := list(wanted_texts(root))):
        scores = _scores(texts, dialect)
        rank = func.coalesce(scores.c.rank, _NOTHING)
    if first is None:
        return Matching(None, _ID, rank, tuple(conditions), scores)
    return Matching(first.index.table, first.index.article_id, rank, (first.index.found, *conditions), scores)


class _Lookup:
    """Words that one full-text index is asked for."""

    def __init__(self, kind: Kind, node: Node, dialect: str) -> None:
        plain, self.complement = as_plain(node)
        self.kind = kind
        self.index: Index = index(kind, plain, dialect)

    def condition(self, first: "_Lookup | None" = None) -> ColumnElement[bool]:
        """Whether an article has the words, or has them not, when another index may be read first."""
        if first is not None and first.index.table is self.index.table:
            return not_(self.index.found) if self.complement else self.index.found
        # An expression keeps SQLite from reading the ids first, and the other index anew for each of them.
        article_id = _ID if first is None else _ID + 0
        having = select(self.index.article_id).where(self.index.found).correlate(None)
        return article_id.not_in(having) if self.complement else article_id.in_(having)


def _scores(texts: Sequence[Node], dialect: str) -> CTE:
    """The articles that have any of the words, with their ranks."""
    plain, _ = as_plain(together(Or, texts))
    words = index("words", plain, dialect)
    ranked = select(words.article_id.label("article_id"), words.rank.label("rank")).where(words.found)
    # Once for all: bm25() reads all that has a word to know how frequent it is.
    return ranked.cte("scores").prefix_with("MATERIALIZED")


def _conjuncts(node: Node, *, wanted: bool = True) -> Iterator[Node]:
    """The nodes that must all match for this one to match, or not to match."""
    match node:
        case Not(inner):
            yield from _conjuncts(inner, wanted=not wanted)
        case And(nodes) if wanted:
            for inner in nodes:
                yield from _conjuncts(inner)
        case Or(nodes) if not wanted:
            for inner in nodes:
                yield from _conjuncts(inner, wanted=False)
        case _:
            yield node if wanted else Not(node)


def _kind(node: Node) -> Kind | None:
    """The one index that knows all of the node, if there is one."""
    match node:
        case Word() | Phrase() | Prefix() | Near():
            return "words" if node.place in {None, "title"} else "labels"
        case Not(inner):
            return _kind(inner)
        case And(nodes) | Or(nodes):
            kinds = {_kind(inner) for inner in nodes}
            return kinds.pop() if len(kinds) == 1 else None
    return None


def _condition(node: Node, dialect: str) -> ColumnElement[bool]:
    if kind := _kind(node):
        return _Lookup(kind, node, dialect).condition()
    match node:
        case Not(inner):
            # What is not known is not so.
            return not_(func.coalesce(_condition(inner, dialect), false()))
        case And(nodes):
            return and_(*(_condition(part, dialect) for part in _gathered(And, nodes)))
        case Or(nodes):
            return or_(*(_condition(part, dialect) for part in _gathered(Or, nodes)))
        case Is() | Begins() | Published() | Similar():
            return _fact(node)
    raise TypeError(f"{node!r} cannot be looked up")


def _gathered(kind: type[And | Or], nodes: Sequence[Node]) -> Iterator[Node]:
    """The same nodes, those that one index knows as one."""
    for index_kind in _KINDS:
        if alike := [node for node in nodes if _kind(node) == index_kind]:
            yield together(kind, alike)
    yield from (node for node in nodes if _kind(node) is None)


def _fact(fact: Fact) -> ColumnElement[bool]:
    match fact:
        case Is(name, None):
            return _column(name).is_not(None)
        case Is(name, value):
            return _column(name) == value
        case Begins(name, start):
            return func.substr(_column(name), 1, len(start)) == start
        case Published(start, stop):
            return _between("published_at", start, stop, with_high=False)
        case Similar(low, high, with_low, with_high):
            return _between("seed_similarity", low, high, with_low=with_low, with_high=with_high)


def _between(name: str, low: Any, high: Any, *, with_low: bool = True, with_high: bool = True) -> ColumnElement[bool]:
    """Whether it is known and lies between the bounds, as far as they are given."""
    value = _column(name)
    bounds: list[ColumnElement[bool]] = []
    if low is not None:
        bounds.append(value >= low if with_low else value > low)
    if high is not None:
        bounds.append(value <= high if with_high else value < high)
    return and_(*bounds) if bounds else value.is_not(None)


def _column(name: str) -> ColumnElement[Any]:
    return StoredArticle.__table__.c[name]
