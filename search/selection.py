"""Which articles are meant: a query, and what narrows it; as a statement for lists, counts, facets and exports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, exists, func, select, true
from sqlalchemy.orm import Session

from database.schema import StoredArticle
from search.ast import Query
from search.compiler import CompiledQuery, compile_query

# What lists, counts and facets need of an article, without its text (see ``ix_articles_found``).
_INDEX = "INDEXED BY ix_articles_found"
_BY_DATE = "INDEXED BY ix_articles_published_at"
# A month of a million articles in two years takes some milliseconds to bound; of longer periods it would spare less.
_SHORT = timedelta(days=100)
_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles are meant; what is not given does not narrow it.

    What is named in a field is one of several values, as facets name them; fields narrow each other.

    Attributes:
        query: what they hold.
        outlets: their names.
        sections: as outlets call them, whatever their case (of ASCII).
        authors: one of an article's authors, in full, whatever the case (of ASCII).
        languages: codes, e.g. ``id``.
        since: published at this aware moment or later.
        until: published before this aware moment. An article without a date is in no period.
    """

    query: Query | None = None
    outlets: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def lower_ascii(name: str) -> str:
    """ASCII letters in lower case, others as they are: what both databases can do alike."""
    return name.lower() if name.isascii() else name.translate(_LOWER)  # the one takes a tenth of the other


def select_ranked(session: Session, selection: Selection, *columns: Any) -> Select[Any]:
    """The statement that gives ``article_id``, ``rank`` and these columns of ``articles`` for every article meant."""
    found = _found(session, selection)
    statement = _meant(
        session, selection, found, found.article_id.label("article_id"), found.rank.label("rank"), *columns
    )
    if found.scores is None:
        return statement
    return statement.outerjoin(found.scores, found.scores.c.article_id == StoredArticle.id)


def select_ids(session: Session, selection: Selection) -> Select[int]:
    """The statement of the ids of the articles meant, as ``article_id``."""
    found = _found(session, selection)
    return _meant(session, selection, found, found.article_id.label("article_id"))


def select_columns(session: Session, selection: Selection, *columns: Any) -> Select[Any]:
    """The statement of these columns of ``articles`` alone for every article meant."""
    return _meant(session, selection, _found(session, selection), *columns)


def _found(session: Session, selection: Selection) -> CompiledQuery:
    return compile_query(selection.query.root if selection.query else None, _dialect(session))


def _meant(session: Session, selection: Selection, found: CompiledQuery, *columns: Any) -> Select[Any]:
    dialect = _dialect(session)
    return _from(select(*columns), found).where(
        *_stored_within(selection, found, dialect), *found.conditions, *_narrowed(selection, dialect)
    )


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _from(statement: Select[Any], found: CompiledQuery) -> Select[Any]:
    if found.index is None:
        return statement.select_from(StoredArticle)
    joined = statement.select_from(found.index).join(StoredArticle, StoredArticle.id == found.article_id)
    return joined.with_hint(StoredArticle, _INDEX, "sqlite")


def _stored_within(selection: Selection, found: CompiledQuery, dialect: str) -> list[ColumnElement[bool]]:
    """Bounds of the ids, where few articles were published in the period: SQLite's full-text index leaps to them.

    They are the ids of the first and the last one of them that was stored, so that they exclude nothing.
    """
    long = selection.since is None or (selection.until or datetime.now(UTC)) - selection.since > _SHORT
    if dialect != "sqlite" or found.index is None or long:
        return []
    dated = StoredArticle.__table__.alias("dated")
    within = [dated.c.published_at >= selection.since]
    if selection.until is not None:
        within.append(dated.c.published_at < selection.until)
    first, last = (
        select(end(dated.c.id)).where(*within).with_hint(dated, _BY_DATE, "sqlite").scalar_subquery()
        for end in (func.min, func.max)
    )
    return [found.article_id >= first, found.article_id <= last]


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
    """Whether one of the authors is one of these."""
    if dialect == "sqlite":
        listed = func.json_each(StoredArticle.authors).table_valued("value")
    else:
        listed = func.json_array_elements_text(StoredArticle.authors).table_valued("value").render_derived()
    return exists(
        select(true()).select_from(listed).where(_lower(listed.c.value, dialect).in_(map(lower_ascii, authors)))
    )


def _lower(name: Any, dialect: str) -> ColumnElement[str]:
    """``lowered`` in the database: SQLite knows no other letters, PostgreSQL's collation "C" neither."""
    return func.lower(name if dialect == "sqlite" else name.collate("C"), type_=Text)
