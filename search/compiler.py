"""Compiles a query for SQLite's FTS5 or PostgreSQL's full-text index.

FTS5 knows ``NOT`` only between two expressions, so a query becomes an expression without a free ``NOT`` and a flag for
its complement (``as_plain``). Terms are letters or figures only (``core.text.analyser``) and quoted.

``Near`` is FTS5's NEAR (https://www.sqlite.org/fts5.html#fts5_near_queries): at most so many words between the first
and the last. PostgreSQL is asked for two words at each distance in either order; more words also need a comparison of
positions (ten times as long).

Ranks, higher is better; titles weigh five times the body:

- SQLite: Okapi BM25 with k1 = 1.2, b = 0.75 (https://www.sqlite.org/fts5.html#the_bm25_function).
- PostgreSQL: cover density over 1 + log(length), ``ts_rank_cd`` with normalisation 1 (Clarke, Cormack, Tudhope,
  "Relevance Ranking for One to Three Term Queries", 2000;
  https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-RANKING).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, Protocol

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Float,
    FromClause,
    SmallInteger,
    Text,
    and_,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
)

from database.schema import StoredArticle
from search.ast import (
    And,
    Begins,
    Fact,
    Is,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Place,
    Prefix,
    Published,
    Similar,
    Word,
    join_nodes,
    positive_texts,
)

# The index of title and body, and the one of authors and section.
Kind = Literal["words", "labels"]

_TITLE_WEIGHT, _BODY_WEIGHT = 1.0, 0.2
# PostgreSQL's own language expresses this many words near each other.
_PAIR = 2
# How PostgreSQL marks where a term stands.
_LABELS: Mapping[Place | None, str] = {None: "AB", "title": "A", "author": "A", "section": "B"}


@dataclass(frozen=True, slots=True)
class _Without:
    included: "Plain"
    excluded: "Plain"


@dataclass(frozen=True, slots=True)
class _All:
    plains: tuple["Plain", ...]


@dataclass(frozen=True, slots=True)
class _Any:
    plains: tuple["Plain", ...]


Plain = Word | Phrase | Prefix | Near | _Without | _All | _Any


class Index(Protocol):
    """A full-text index and a lookup in it."""

    table: FromClause
    article_id: ColumnElement[int]
    matches: ColumnElement[bool]
    rank: ColumnElement[float]


def index(kind: Kind, plain: Plain, dialect: str) -> Index:
    return _Fts5(kind, plain) if dialect == "sqlite" else _Tsvector(kind, plain)


def as_plain(node: Node) -> tuple[Plain, bool]:
    """Return a tree of words as an expression; True if its complement is meant."""
    match node:
        case Word() | Phrase() | Prefix() | Near():
            return node, False
        case Not(inner):
            plain, complement = as_plain(inner)
            return plain, not complement
        case And(nodes):
            included, excluded = _parted(nodes)
            if not included:
                return _one(_Any, excluded), True
            both = _one(_All, included)
            return (_Without(both, _one(_Any, excluded)) if excluded else both), False
        case Or(nodes):
            included, excluded = _parted(nodes)
            if not excluded:
                return _one(_Any, included), False
            # a OR NOT b is the complement of b AND NOT a.
            both = _one(_All, excluded)
            return (_Without(both, _one(_Any, included)) if included else both), True
    raise TypeError(f"{node!r} is not in a full-text index")


def _parted(nodes: tuple[Node, ...]) -> tuple[list[Plain], list[Plain]]:
    plains = [as_plain(node) for node in nodes]
    return [plain for plain, complement in plains if not complement], [plain for plain, out in plains if out]


def _one(kind: type[_All | _Any], plains: list[Plain]) -> Plain:
    return plains[0] if len(plains) == 1 else kind(tuple(plains))


class _Fts5:
    def __init__(self, kind: Kind, plain: Plain) -> None:
        name = "article_index" if kind == "words" else "article_label_index"
        index: ColumnElement[Any] = literal_column(name)
        self.table: FromClause = table(name, column("rowid"))
        self.article_id: ColumnElement[int] = self.table.c.rowid
        self.matches: ColumnElement[bool] = index.bool_op("MATCH")(_fts5(plain))
        # FTS5 gives the better match the lower number.
        self.rank: ColumnElement[float] = -func.bm25(index, _TITLE_WEIGHT, _BODY_WEIGHT, type_=Float)


def _fts5(plain: Plain) -> str:
    match plain:
        case Word(term):
            return f'{_column(plain)}"{term}"'
        case Phrase(terms):
            return f'{_column(plain)}"{" ".join(terms)}"'
        case Prefix(start):
            return f'{_column(plain)}"{start}" *'
        case Near(words, distance):
            groups = (" ".join(f'"{term}"' for term in terms) for terms in product(*words))
            return f"({' OR '.join(f'{_column(plain)}NEAR({group}, {distance:d})' for group in groups)})"
        case _All(plains) | _Any(plains):
            between = " AND " if isinstance(plain, _All) else " OR "
            return f"({between.join(map(_fts5, plains))})"
        case _Without(included, excluded):
            return f"({_fts5(included)} NOT {_fts5(excluded)})"


def _column(text: Word | Phrase | Prefix | Near) -> str:
    return f"{text.place} : " if text.place else ""


class _Tsvector:
    table: FromClause = table("article_terms", column("article_id"), column("search"), column("labels"))
    _weights: ColumnElement[Any] = literal_column(
        f"'{{0, 0, {_BODY_WEIGHT}, {_TITLE_WEIGHT}}}'::float4[]"
    )  # of D, C, B and A

    def __init__(self, kind: Kind, plain: Plain) -> None:
        self._terms: ColumnElement[Any] = self.table.c.search if kind == "words" else self.table.c.labels
        loosely = self._terms.bool_op("@@")(_to_tsquery(_replaced(plain, _pairs, _PAIR)))
        self.article_id: ColumnElement[int] = self.table.c.article_id
        self.matches: ColumnElement[bool] = and_(loosely, self._exactly(plain)) if _has_near(plain, _PAIR) else loosely
        words = _to_tsquery(_replaced(plain, _words, 0))
        self.rank: ColumnElement[float] = func.ts_rank_cd(self._weights, self._terms, words, 1, type_=Float)

    def _exactly(self, plain: Plain) -> ColumnElement[bool]:
        match plain:
            case Near(words) if len(words) > _PAIR:
                return _within(self._terms, plain)
            case _All(plains) if _has_near(plain, _PAIR):
                return and_(*map(self._exactly, plains))
            case _Any(plains) if _has_near(plain, _PAIR):
                return or_(*map(self._exactly, plains))
            case _Without(included, excluded) if _has_near(plain, _PAIR):
                return and_(self._exactly(included), not_(self._exactly(excluded)))
        return self._terms.bool_op("@@")(_to_tsquery(plain))


def _to_tsquery(plain: Plain) -> ColumnElement[Any]:
    return func.to_tsquery(literal_column("'simple'::regconfig"), _tsquery(plain))


def _tsquery(plain: Plain) -> str:
    match plain:
        case Word(term, place):
            return f"'{term}':{_LABELS[place]}" if place else f"'{term}'"
        case Phrase(terms, place):
            # Title (A) and body (B) follow each other in one tsvector; a phrase lies within one of them.
            inside = (" <-> ".join(f"'{term}':{label}" for term in terms) for label in _LABELS[place])
            return f"({' | '.join(f'({phrase})' for phrase in inside)})"
        case Prefix(start, place):
            return f"'{start}':*{_LABELS[place] if place else ''}"
        case Near((one, other), distance, place):
            near = (_tsquery_near(one, other, distance, label) for label in _LABELS[place])
            return f"({' | '.join(near)})"
        case _All(plains) | _Any(plains):
            between = " & " if isinstance(plain, _All) else " | "
            return f"({between.join(map(_tsquery, plains))})"
        case _Without(included, excluded):
            return f"({_tsquery(included)} & !{_tsquery(excluded)})"
    raise TypeError(f"{plain!r} is no tsquery")


def _tsquery_near(one: Sequence[str], other: Sequence[str], distance: int, label: str) -> str:
    left, right = (" | ".join(f"'{term}':{label}" for term in terms) for terms in (one, other))
    apart = range(1, distance + 2)
    orders = [f"({left}) <{step:d}> ({right}) | ({right}) <{step:d}> ({left})" for step in apart]
    # A word is near itself.
    return " | ".join([*orders, *(f"'{term}':{label}" for term in one if term in other)])


def _has_near(plain: Plain, most: int) -> bool:
    match plain:
        case Near(words):
            return len(words) > most
        case _All(plains) | _Any(plains):
            return any(_has_near(inner, most) for inner in plains)
        case _Without(included, excluded):
            return _has_near(included, most) or _has_near(excluded, most)
    return False


def _replaced(plain: Plain, instead: Callable[[Near], Plain], most: int) -> Plain:
    """Loosen each ``Near`` of more than ``most`` words, so that no match is lost."""
    match plain:
        case Near(words) if len(words) > most:
            return instead(plain)
        case _All(plains):
            return _All(tuple(_replaced(inner, instead, most) for inner in plains))
        case _Any(plains):
            return _Any(tuple(_replaced(inner, instead, most) for inner in plains))
        case _Without(included, excluded):
            loose = _replaced(included, instead, most)
            return loose if _has_near(excluded, most) else _Without(loose, excluded)
    return plain


def _pairs(near: Near) -> Plain:
    first, *others = near.words
    return _All(tuple(Near((first, other), near.distance, near.place) for other in others))


def _words(near: Near) -> Plain:
    return _All(tuple(_one(_Any, [Word(term, near.place) for term in terms]) for terms in near.words))


def _within(terms: ColumnElement[Any], near: Near) -> ColumnElement[bool]:
    """Match a word with the last ones of all others close enough before it."""
    term = func.unnest(terms).table_valued(
        column("lexeme", Text), column("positions", ARRAY(SmallInteger)), column("weights", ARRAY(Text))
    )
    term = term.render_derived()
    place = func.unnest(term.c.positions, term.c.weights).table_valued(
        column("position", SmallInteger), column("weight", Text)
    )
    place = place.render_derived()
    one_of = [term.c.lexeme.in_(word) for word in near.words]
    last = [
        func.max(place.c.position)
        .filter(is_word)
        .over(partition_by=place.c.weight, order_by=place.c.position)
        .label(f"word{number}")
        for number, is_word in enumerate(one_of)
    ]
    labels = _LABELS[near.place]
    seen = select(place.c.position, *last).select_from(term.join(place, true()))
    occurrences = seen.where(or_(*one_of), place.c.weight.in_(tuple(labels))).subquery()
    _, *words = occurrences.c
    near_enough = (occurrences.c.position - word - 1 <= near.distance for word in words)
    return exists(select(true()).select_from(occurrences).where(*near_enough))


_KINDS: tuple[Kind, ...] = ("words", "labels")
_NOTHING = literal(0.0, Float)
_ID: ColumnElement[int] = StoredArticle.__table__.c.id


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query in SQL.

    Attributes:
        index: read first; None: ``articles`` themselves.
        article_id: to be joined with ``StoredArticle.id``, if an index is read.
        rank: higher is better; 0 where nothing ranks.
        scores: source of ``rank`` if ``index`` has none, for an outer join.
    """

    index: FromClause | None
    article_id: ColumnElement[int]
    rank: ColumnElement[float]
    conditions: tuple[ColumnElement[bool], ...]
    scores: CTE | None = None


def compile_query(root: Node | None, dialect: str) -> CompiledQuery:
    """Compile a query; without one all articles match."""
    if root is None:
        return CompiledQuery(None, _ID, _NOTHING, ())
    parts = list(_conjuncts(root))
    same_kind = {kind: [part for part in parts if _kind(part) == kind] for kind in _KINDS}
    lookups = [_Lookup(kind, join_nodes(And, nodes), dialect) for kind, nodes in same_kind.items() if nodes]
    first = next((lookup for lookup in lookups if not lookup.complement), None)
    conditions = [lookup.condition(first) for lookup in lookups if lookup is not first]
    conditions += [_condition(part, dialect) for part in parts if _kind(part) is None]
    scores = None
    rank = first.index.rank if first and first.kind == "words" else _NOTHING
    if rank is _NOTHING and (texts := list(positive_texts(root))):
        scores = _scores(texts, dialect)
        rank = func.coalesce(scores.c.rank, _NOTHING)
    if first is None:
        return CompiledQuery(None, _ID, rank, tuple(conditions), scores)
    return CompiledQuery(first.index.table, first.index.article_id, rank, (first.index.matches, *conditions), scores)


class _Lookup:
    def __init__(self, kind: Kind, node: Node, dialect: str) -> None:
        plain, self.complement = as_plain(node)
        self.kind = kind
        self.index: Index = index(kind, plain, dialect)

    def condition(self, first: "_Lookup | None" = None) -> ColumnElement[bool]:
        if first is not None and first.index.table is self.index.table:
            return not_(self.index.matches) if self.complement else self.index.matches
        # An expression keeps SQLite from reading the ids first, and the other index anew for each of them.
        article_id = _ID if first is None else _ID + 0
        having = select(self.index.article_id).where(self.index.matches).correlate(None)
        return article_id.not_in(having) if self.complement else article_id.in_(having)


def _scores(texts: Sequence[Node], dialect: str) -> CTE:
    plain, _ = as_plain(join_nodes(Or, texts))
    words = index("words", plain, dialect)
    ranked = select(words.article_id.label("article_id"), words.rank.label("rank")).where(words.matches)
    # Computed once: for a word's frequency bm25() reads all rows with it.
    return ranked.cte("scores").prefix_with("MATERIALIZED")


def _conjuncts(node: Node, *, included: bool = True) -> Iterator[Node]:
    match node:
        case Not(inner):
            yield from _conjuncts(inner, included=not included)
        case And(nodes) if included:
            for inner in nodes:
                yield from _conjuncts(inner)
        case Or(nodes) if not included:
            for inner in nodes:
                yield from _conjuncts(inner, included=False)
        case _:
            yield node if included else Not(node)


def _kind(node: Node) -> Kind | None:
    """Return the one index that covers all of the node, if any."""
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
            # Unknown counts as false.
            return not_(func.coalesce(_condition(inner, dialect), false()))
        case And(nodes):
            return and_(*(_condition(part, dialect) for part in _gathered(And, nodes)))
        case Or(nodes):
            return or_(*(_condition(part, dialect) for part in _gathered(Or, nodes)))
        case Is() | Begins() | Published() | Similar():
            return _fact(node)
    raise TypeError(f"{node!r} cannot be looked up")


def _gathered(kind: type[And | Or], nodes: Sequence[Node]) -> Iterator[Node]:
    for index_kind in _KINDS:
        if same_kind := [node for node in nodes if _kind(node) == index_kind]:
            yield join_nodes(kind, same_kind)
    yield from (node for node in nodes if _kind(node) is None)


def _fact(fact: Fact) -> ColumnElement[bool]:
    match fact:
        case Is(name, None):
            return _column_of(name).is_not(None)
        case Is(name, value):
            return _column_of(name) == value
        case Begins(name, start):
            return func.substr(_column_of(name), 1, len(start)) == start
        case Published(start, stop):
            return _between("published_at", start, stop, with_high=False)
        case Similar(low, high, with_low, with_high):
            return _between("seed_similarity", low, high, with_low=with_low, with_high=with_high)


def _between(name: str, low: Any, high: Any, *, with_low: bool = True, with_high: bool = True) -> ColumnElement[bool]:
    value = _column_of(name)
    bounds: list[ColumnElement[bool]] = []
    if low is not None:
        bounds.append(value >= low if with_low else value > low)
    if high is not None:
        bounds.append(value <= high if with_high else value < high)
    return and_(*bounds) if bounds else value.is_not(None)


def _column_of(name: str) -> ColumnElement[Any]:
    return StoredArticle.__table__.c[name]
