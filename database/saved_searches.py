"""Rows of ``saved_searches``: named searches to return to or to subscribe to."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from sqlalchemy import delete as delete_from
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import UsageError
from database.schema import SavedSearch
from database.sql import insert_new

MAX_TITLE = 120
# ``name`` holds 60 characters; the rest is for a number.
_MAX_NAME = 50
_NO_LETTERS = "search"


def create(session: Session, title: str, parameters: str, now: datetime) -> SavedSearch:
    """Save a search under a unique name derived from its title.

    ``parameters``: the search page's query string, already validated.

    Raises:
        UsageError: the title is empty or too long.
    """
    shown = " ".join("".join(one for one in title if one.isprintable() or one.isspace()).split())
    if not 0 < len(shown) <= MAX_TITLE:
        raise UsageError(f"a saved search needs a title of 1 to {MAX_TITLE} characters, this one has {len(shown)}")
    values = {"title": shown, "parameters": parameters, "created_at": now}
    # Another process may take a name at the same moment: then the next one is tried.
    new = insert_new(session, SavedSearch).values(values).returning(SavedSearch.name)
    made = (session.scalar(new.values(name=name)) for name in _names(shown))
    return session.get_one(SavedSearch, next(name for name in made if name is not None))


def list_all(session: Session) -> list[SavedSearch]:
    return list(session.scalars(select(SavedSearch).order_by(SavedSearch.created_at.desc(), SavedSearch.name)))


def get(session: Session, name: str) -> SavedSearch | None:
    return session.get(SavedSearch, name)


def delete(session: Session, name: str) -> bool:
    """Delete the search of this name; ``False``: none."""
    gone = delete_from(SavedSearch).where(SavedSearch.name == name).returning(SavedSearch.name)
    return session.scalar(gone) is not None


def _names(title: str) -> Iterator[str]:
    """Yield tiongkok-rusia, tiongkok-rusia-2 … for "Tiongkok & Rusia"."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:_MAX_NAME].strip("-") or _NO_LETTERS
    yield name
    yield from (f"{name}-{number}" for number in count(2))
