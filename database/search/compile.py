"""A query tree → a statement that both databases answer with the same articles.

FTS5 knows ``NOT`` only between two expressions, so every tree is first brought into one expression without a free
``NOT`` and a flag that says whether that or its complement is meant (``_plain``). PostgreSQL could do otherwise; that
it gets the same form keeps the answers equal. Terms are letters or figures only (see ``analyser``) and are quoted, and
the expression travels as a bound parameter.

Ranks, higher is better; titles weigh five times the body:

- SQLite: Okapi BM25 with k1 = 1.2, b = 0.75 (https://www.sqlite.org/fts5.html#the_bm25_function).
- PostgreSQL: cover density over 1 + log(length), ``ts_rank_cd`` with normalisation 1 (Clarke, Cormack, Tudhope,
  "Relevance Ranking for One to Three Term Queries", 2000;
  https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-RANKING).

What is asked for by its complement ("NOT a") has rank 0.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Float, FromClause, column, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSVECTOR

from database.schema import StoredArticle
from database.search.tree import And, Node, Not, Or, Phrase, Word

_TITLE_WEIGHT, _BODY_WEIGHT = 1.0, 0.2


@dataclass(frozen=True, slots=True)
class _Without:
    """What the one matches and the other does not."""

    wanted: "_Plain"
    unwanted: "_Plain"


@dataclass(frozen=True, slots=True)
class _All:
    plains: tuple["_Plain", ...]


@dataclass(frozen=True, slots=True)
class _Any:
    plains: tuple["_Plain", ...]


_Plain = Word | Phrase | _Without | _All | _Any


@dataclass(frozen=True, slots=True)
class Matching:
    """What a query is in SQL.

    Attributes:
        index: the full-text index that is read first; ``None``: ``articles`` themselves are.
        article_id: of the article found; to be joined with ``StoredArticle.id`` where an index is read.
        rank: higher is better; 0 where nothing ranks.
        conditions: what must be true, of the index and of ``StoredArticle``.
    """

    index: FromClause | None
    article_id: ColumnElement[int]
    rank: ColumnElement[float]
    conditions: tuple[ColumnElement[bool], ...]


def matching(root: Node | None, dialect: str) -> Matching:
    """What finds the articles that match, all of them where there is no query.

    Args:
        root: the query.
        dialect: SQLAlchemy's name of the database, ``sqlite`` or ``postgresql``.
    """
    article_id: ColumnElement[int] = StoredArticle.__table__.c.id
    nothing = literal(0.0, Float)
    if root is None:
        return Matching(None, article_id, nothing, ())
    plain, complement = _plain(root)
    index: _Index = _Fts5(plain) if dialect == "sqlite" else _Tsquery(plain)
    if not complement:
        return Matching(index.table, index.article_id, index.rank, (index.found,))
    unwanted = select(index.article_id).where(index.found)
    return Matching(None, article_id, nothing, (article_id.not_in(unwanted),))


class _Index(Protocol):
    """A full-text index and what is looked up in it."""

    table: FromClause
    article_id: ColumnElement[int]
    found: ColumnElement[bool]
    rank: ColumnElement[float]


class _Fts5:
    table: FromClause = table("article_index", column("rowid"))

    def __init__(self, plain: _Plain) -> None:
        index: ColumnElement[Any] = literal_column("article_index")
        self.article_id: ColumnElement[int] = self.table.c.rowid
        self.found: ColumnElement[bool] = index.bool_op("MATCH")(_fts5(plain))
        # FTS5 gives the better match the lower number.
        self.rank: ColumnElement[float] = -func.bm25(index, _TITLE_WEIGHT, _BODY_WEIGHT, type_=Float)


class _Tsquery:
    table: FromClause = table("article_terms", column("article_id"), column("search", TSVECTOR))
    _weights: ColumnElement[Any] = literal_column(
        f"'{{0, 0, {_BODY_WEIGHT}, {_TITLE_WEIGHT}}}'::float4[]"
    )  # of D, C, B and A

    def __init__(self, plain: _Plain) -> None:
        query = func.to_tsquery(literal_column("'simple'::regconfig"), _tsquery(plain))
        self.article_id: ColumnElement[int] = self.table.c.article_id
        self.found: ColumnElement[bool] = self.table.c.search.bool_op("@@")(query)
        self.rank: ColumnElement[float] = func.ts_rank_cd(self._weights, self.table.c.search, query, 1, type_=Float)


def _fts5(plain: _Plain) -> str:
    match plain:
        case Word(term):
            return f'"{term}"'
        case Phrase(terms):
            return f'"{" ".join(terms)}"'
        case _All(plains):
            return f"({' AND '.join(map(_fts5, plains))})"
        case _Any(plains):
            return f"({' OR '.join(map(_fts5, plains))})"
        case _Without(wanted, unwanted):
            return f"({_fts5(wanted)} NOT {_fts5(unwanted)})"


def _tsquery(plain: _Plain) -> str:
    match plain:
        case Word(term):
            return f"'{term}'"
        case Phrase(terms):
            # Title (A) and body (B) follow each other in one tsvector; a phrase lies within one of them.
            inside = (" <-> ".join(f"'{term}':{label}" for term in terms) for label in "AB")
            return f"({' | '.join(f'({phrase})' for phrase in inside)})"
        case _All(plains):
            return f"({' & '.join(map(_tsquery, plains))})"
        case _Any(plains):
            return f"({' | '.join(map(_tsquery, plains))})"
        case _Without(wanted, unwanted):
            return f"({_tsquery(wanted)} & !{_tsquery(unwanted)})"


def _plain(node: Node) -> tuple[_Plain, bool]:
    """The expression, and whether its complement is meant."""
    match node:
        case Word() | Phrase():
            return node, False
        case Not(inner):
            plain, complement = _plain(inner)
            return plain, not complement
        case And(nodes):
            wanted, unwanted = _parted(nodes)
            if not wanted:
                return _one(_Any, unwanted), True
            both = _one(_All, wanted)
            return (_Without(both, _one(_Any, unwanted)) if unwanted else both), False
        case Or(nodes):
            wanted, unwanted = _parted(nodes)
            if not unwanted:
                return _one(_Any, wanted), False
            # a OR NOT b is the complement of b AND NOT a.
            both = _one(_All, unwanted)
            return (_Without(both, _one(_Any, wanted)) if wanted else both), True


def _parted(nodes: tuple[Node, ...]) -> tuple[list[_Plain], list[_Plain]]:
    """The expressions that are meant themselves, and those whose complement is."""
    plains = [_plain(node) for node in nodes]
    return [plain for plain, complement in plains if not complement], [plain for plain, out in plains if out]


def _one(kind: type[_All | _Any], plains: list[_Plain]) -> _Plain:
    return plains[0] if len(plains) == 1 else kind(tuple(plains))
