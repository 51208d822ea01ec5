"""An article's versions: the stored one and the ones before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from core.text.diff import Change
from database import articles, originals
from database.schema import Base, Revision


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it was at a time. Instants are UTC.

    Attributes:
        revision: from 1.
        seen_at: when first seen; ``None``: unknown (a seed document without a page).
        modified_at: as its page stated.
        words_added: against the version before, as ``words_removed`` and ``title_changed``; zero for the first.
    """

    revision: int
    title: str | None
    text: str
    seen_at: datetime | None
    modified_at: datetime | None
    words_added: int
    words_removed: int
    title_changed: bool


@dataclass(frozen=True, slots=True)
class Current:
    """A stored article as a recheck finds it.

    ``own``: the columns of ``articles.FIELDS`` as its page stated them, without those from seed documents.
    """

    article_id: int
    outlet: str | None
    revision: int
    title: str | None
    text: str
    text_sha256: str
    modified_at: datetime | None
    fetched_at: datetime | None
    own: Mapping[str, Any]


_ARTICLES, _URLS = Base.metadata.tables["articles"], Base.metadata.tables["urls"]
_OF_URL = select(_ARTICLES).join(_URLS, _URLS.c.article_id == _ARTICLES.c.id).where(_URLS.c.id == bindparam("url_id"))
_KEEP = insert(Base.metadata.tables["revisions"])


def current(session: Session, url_id: int) -> Current:
    row = session.connection().execute(_OF_URL, {"url_id": url_id}).one()
    own = {column: getattr(row, column) for columns in articles.FIELDS.values() for column in columns}
    if row.origin == "seed":
        gave = {name for original in originals.originals_of(session, [row.id]) for name in original.gave}
        own |= articles.empty_columns(gave)
    return Current(
        row.id, row.outlet, row.revision, row.title, row.text, row.text_sha256, row.modified_at, row.fetched_at, own
    )


def keep(session: Session, replaced: Current, change: Change, now: datetime) -> None:
    row = {
        "article_id": replaced.article_id,
        "revision": replaced.revision,
        "title": replaced.title,
        "text": replaced.text,
        "text_sha256": replaced.text_sha256,
        "modified_at": replaced.modified_at,
        "fetched_at": replaced.fetched_at,
        "replaced_at": now,
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "title_changed": change.title_changed,
    }
    session.connection().execute(_KEEP, row)


def load_revisions(session: Session, article_id: int) -> list[Version]:
    """Return the article's versions, oldest first; the last is the stored one."""
    query = select(Revision).where(Revision.article_id == article_id).order_by(Revision.revision)
    versions: list[Version] = []
    changes = (0, 0, False)
    for old in session.scalars(query):
        versions.append(Version(old.revision, old.title, old.text, old.fetched_at, old.modified_at, *changes))
        changes = (old.words_added, old.words_removed, old.title_changed)
    now = articles.get(session, article_id)
    return [*versions, Version(now.revision, now.title, now.text, now.fetched_at, now.modified_at, *changes)]
