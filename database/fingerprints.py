"""Rows of ``fingerprints`` and ``bands``: find texts that may be copies.

A fingerprint is stored once for a text and a period of ``PERIOD_DAYS`` days.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import FromClause, Select, bindparam, func, insert, literal_column, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database import articles
from database.articles import MatchColumns
from database.schema import Base
from database.sql import DIALECTS, among, elements

# Bands lie together by period, so that the rows in use fit the memory however much is stored: at 5,000 articles a day
# those of a period are some 100 MB. Shorter periods are more places to seek in for the same look-back (60 days are two
# of these), longer ones reach further beyond it than needed.
PERIOD_DAYS = 60
_PERIOD = timedelta(days=PERIOD_DAYS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that shares bands with another: perhaps a copy of it."""

    text_sha256: str
    period: int
    shingles: bytes


# On the tables: every page passes here.
_FINGERPRINTS, _BANDS = Base.metadata.tables["fingerprints"], Base.metadata.tables["bands"]
_ADD = {
    "sqlite": sqlite.insert(_FINGERPRINTS).on_conflict_do_nothing().returning(_FINGERPRINTS.c.id),
    "postgresql": postgresql.insert(_FINGERPRINTS).on_conflict_do_nothing().returning(_FINGERPRINTS.c.id),
}


def _bands_of_one(dialect: str) -> Select[int, int, int]:
    owner = bindparam("fingerprint_id", type_=_BANDS.c.fingerprint_id.type)
    bands = elements("bands", _BANDS.c.hash.type, dialect)
    return select(bindparam("period", type_=_BANDS.c.period.type), bands.c.value, owner)


def _sharing_bands(dialect: str) -> Select[str, int, bytes]:
    owner = _owners_one_by_one() if dialect == "postgresql" else _owners_by_lists(dialect)
    ids = select(owner.c.fingerprint_id).group_by(owner.c.fingerprint_id).having(func.count() >= bindparam("common"))
    found = _FINGERPRINTS.c
    return select(found.text_sha256, found.period, found.shingles).where(
        found.id.in_(ids), found.text_sha256 != bindparam("text_sha256")
    )


def _owners_by_lists(dialect: str) -> FromClause:
    periods, bands = among(_BANDS.c.period, "periods", dialect), among(_BANDS.c.hash, "bands", dialect)
    return select(_BANDS.c.fingerprint_id).where(periods, bands).subquery()


def _owners_one_by_one() -> FromClause:
    """Select the same on PostgreSQL, which reads whole periods without statistics.

    ``OFFSET`` makes it seek each band in each period.
    """
    periods = elements("periods", _BANDS.c.period.type, "postgresql")
    bands = elements("bands", _BANDS.c.hash.type, "postgresql")
    here = (_BANDS.c.period == periods.c.value, _BANDS.c.hash == bands.c.value)
    owner = select(_BANDS.c.fingerprint_id).where(*here).offset(literal_column("0")).lateral()
    return select(owner.c.fingerprint_id).select_from(periods.join(bands, true()).join(owner, true())).subquery()


_ADD_BANDS = {
    dialect: insert(_BANDS).from_select([column.name for column in _BANDS.columns], _bands_of_one(dialect))
    for dialect in DIALECTS
}
_CANDIDATES = {dialect: _sharing_bands(dialect) for dialect in DIALECTS}
_SHINGLES = {
    dialect: select(_FINGERPRINTS.c.text_sha256, _FINGERPRINTS.c.shingles).where(
        among(_FINGERPRINTS.c.text_sha256, "texts", dialect)
    )
    for dialect in DIALECTS
}


def period_of(at: datetime) -> int:
    """Return the number of whole periods since 1970-01-01 UTC."""
    return (at - _EPOCH) // _PERIOD


def neighbours(period: int, look_back: int) -> list[int]:
    """Return the periods within ``look_back`` days before and after this one.

    Whole periods: of two articles both find each other or neither does.
    """
    reach = -(-look_back // PERIOD_DAYS)
    return list(range(period - reach, period + reach + 1))


def add(session: Session, text_sha256: str, period: int, shingles: bytes, bands: Collection[int]) -> int | None:
    """Store a text's fingerprint for the period; return its id, or ``None`` if known."""
    connection = session.connection()
    dialect = connection.dialect.name
    row = {"text_sha256": text_sha256, "period": period, "shingles": shingles}
    fingerprint_id: int | None = connection.execute(_ADD[dialect], row).scalar_one_or_none()
    if fingerprint_id is not None:
        values = {"period": period, "bands": sorted(set(bands)), "fingerprint_id": fingerprint_id}
        connection.execute(_ADD_BANDS[dialect], values)
    return fingerprint_id


def candidates(
    session: Session, text_sha256: str, bands: Sequence[int], periods: Sequence[int], common: int
) -> list[Candidate]:
    """Return texts that share ``common`` of the bands, each once for a period."""
    connection = session.connection()
    values = {"text_sha256": text_sha256, "bands": list(bands), "periods": list(periods), "common": common}
    return [Candidate(*row) for row in connection.execute(_CANDIDATES[connection.dialect.name], values)]


def carriers(session: Session, carried: Collection[tuple[str, int]]) -> list[MatchColumns]:
    held = articles.find_by_texts(session, sorted({text_sha256 for text_sha256, _ in carried}))
    return [article for article in held if (article.text_sha256, period_of(article.at)) in carried]


def shingles_of(session: Session, texts: Collection[str]) -> dict[str, bytes]:
    connection = session.connection()
    rows = connection.execute(_SHINGLES[connection.dialect.name], {"texts": list(texts)})
    return {row.text_sha256: row.shingles for row in rows}
