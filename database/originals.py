"""Rows of ``originals``: imported seed documents and their statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.articles import FIELDS
from database.schema import Original, StoredArticle


def find(session: Session, sha256: str) -> Original | None:
    return session.scalar(select(Original).where(Original.sha256 == sha256))


def originals_of(session: Session, article_ids: Sequence[int]) -> list[Original]:
    """Return the articles' documents, first those with an outlet of their own."""
    query = select(Original).where(Original.article_id.in_(article_ids)).execution_options(populate_existing=True)
    return sorted(session.scalars(query), key=lambda original: (names_outlet(original) is None, original.sha256))


def names_outlet(original: Original) -> str | None:
    outlet: str | None = original.found.get("outlet")
    return outlet


def statements(outlet: str | None, fields: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a document's statements (``articles.stated``) as ``Original.found``."""
    plain = {
        name: {column: value.isoformat() if isinstance(value, datetime) else value for column, value in held.items()}
        for name, held in fields.items()
    }
    return {"outlet": outlet, **plain}


def fill_article(original: Original, article: StoredArticle) -> None:
    for name in FIELDS:
        held = original.found.get(name)
        if held is not None and not getattr(article, FIELDS[name][0]):
            original.gave = [*original.gave, name]
            for column, value in held.items():
                setattr(article, column, datetime.fromisoformat(value) if column.endswith("_at") else value)


def withdraw(original: Original, article: StoredArticle) -> None:
    for name in original.gave:
        for column in FIELDS[name]:
            setattr(article, column, [] if column in {"authors", "tags"} else None)
    original.gave = []
