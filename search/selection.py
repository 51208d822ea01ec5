"""Selection of articles by query and narrowing, as SQL statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, exists, func, select, true
from sqlalchemy.orm import Session

from database.schema import StoredArticle
from search.ast import Query
from search.compiler import CompiledQuery, compile_query

# Columns for lists, counts and facets, without the text (see ``ix_articles_found``).
_INDEX = "INDEXED BY ix_articles_found"
_BY_DATE = "INDEXED BY ix_articles_published_at"
# A month of a million articles in two years takes some milliseconds to bound; of longer periods it would spare less.
_SHORT = timedelta(days=100)
_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


@dataclass(frozen=True, slots=True)
class Selection:
    """Articles to find. A field's values are alternatives; fields narrow each other.

    Attributes:
        sections: ignoring the case of ASCII letters, like ``authors`` (in full).
        since: aware, included.
        until: aware, excluded. Undated articles are in no period.
    """

    query: Query | None = None
    outlets: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def lower_ascii(name: str) -> str:
    """Lower ASCII letters only, as both databases can do alike."""
    return name.lower() if name.isascii() else name.translate(_LOWER)  # the one takes a tenth of the other


def select_ranked(session: Session, selection: Selection, *columns: Any) -> Select[Any]:
    query = _compiled(session, selection)
    statement = _select(
        session, selection, query, query.article_id.label("article_id"), query.rank.label("rank"), *columns
    )
    if query.scores is None:
        return statement
    return statement.outerjoin(query.scores, query.scores.c.article_id == StoredArticle.id)


def select_ids(session: Session, selection: Selection) -> Select[int]:
    query = _compiled(session, selection)
    return _select(session, selection, query, query.article_id.label("article_id"))


def select_columns(session: Session, selection: Selection, *columns: Any) -> Select[Any]:
    return _select(session, selection, _compiled(session, selection), *columns)


def _compiled(session: Session, selection: Selection) -> CompiledQuery:
    return compile_query(selection.query.root if selection.query else None, _dialect(session))


def _select(session: Session, selection: Selection, query: CompiledQuery, *columns: Any) -> Select[Any]:
    dialect = _dialect(session)
    return _from(select(*columns), query).where(
        *_stored_within(selection, query, dialect), *query.conditions, *_narrowed(selection, dialect)
    )


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _from(statement: Select[Any], query: CompiledQuery) -> Select[Any]:
    if query.index is None:
        return statement.select_from(StoredArticle)
    joined = statement.select_from(query.index).join(StoredArticle, StoredArticle.id == query.article_id)
    return joined.with_hint(StoredArticle, _INDEX, "sqlite")


def _stored_within(selection: Selection, query: CompiledQuery, dialect: str) -> list[ColumnElement[bool]]:
    """Bound the ids for a short period: SQLite's full-text index leaps to them.

    The bounds are the period's first and last id, so that they exclude nothing.
    """
    long = selection.since is None or (selection.until or datetime.now(UTC)) - selection.since > _SHORT
    if dialect != "sqlite" or query.index is None or long:
        return []
    dated = StoredArticle.__table__.alias("dated")
    within = [dated.c.published_at >= selection.since]
    if selection.until is not None:
        within.append(dated.c.published_at < selection.until)
    first, last = (
        select(end(dated.c.id)).where(*within).with_hint(dated, _BY_DATE, "sqlite").scalar_subquery()
        for end in (func.min, func.max)
    )
    return [query.article_id >= first, query.article_id <= last]


def _narrowed(selection: Selection, dialect: str) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if selection.outlets:
        clauses.append(StoredArticle.outlet.in_(selection.outlets))
    if selection.languages:
        clauses.append(StoredArticle.language.in_(selection.languages))
    if selection.sections:
        clauses.append(_lower(StoredArticle.section, dialect).in_(map(lower_ascii, selection.sections)))
    if selection.authors:
        clauses.append(_by(selection.authors, dialect))
    if selection.since is not None:
        clauses.append(StoredArticle.published_at >= selection.since)
    if selection.until is not None:
        clauses.append(StoredArticle.published_at < selection.until)
    return clauses


def _by(authors: Iterable[str], dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        listed = func.json_each(StoredArticle.authors).table_valued("value")
    else:
        listed = func.json_array_elements_text(StoredArticle.authors).table_valued("value").render_derived()
    return exists(
        select(true()).select_from(listed).where(_lower(listed.c.value, dialect).in_(map(lower_ascii, authors)))
    )


def _lower(name: Any, dialect: str) -> ColumnElement[str]:
    """Apply ``lower_ascii``; SQLite and collation "C" know no other letters."""
    return func.lower(name if dialect == "sqlite" else name.collate("C"), type_=Text)
