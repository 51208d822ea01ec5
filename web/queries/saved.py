"""The saved searches, with what each has found lately."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.errors import UsageError
from database import saved_searches
from database.schema import SavedSearch
from search.aliases import Aliases
from search.results import Results, search
from web.parameters import SearchParameters

LATELY = timedelta(days=7)
# Each asks the database once.
_MOST_ASKED = 50


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search.

    Attributes:
        lately: the newest hit of those published ``LATELY``, and how many there are; ``None`` where nobody counted.
        problem: why it cannot be asked any more.
    """

    search: SavedSearch
    lately: Results | None
    problem: str | None = None


def saved(session: Session, aliases: Aliases, now: datetime) -> list[Saved]:
    """All saved searches, latest first; of very many only the first ones with what they found."""
    listed = saved_searches.list_all(session)
    return [
        _asked(session, one, aliases, now) if place < _MOST_ASKED else Saved(one, None)
        for place, one in enumerate(listed)
    ]


def _asked(session: Session, one: SavedSearch, aliases: Aliases, now: datetime) -> Saved:
    try:
        parameters = SearchParameters.read(one.parameters)
        selection = parameters.selection(aliases, now)
    except UsageError as error:
        return Saved(one, None, str(error))
    since = max(selection.since or now - LATELY, now - LATELY)
    recent = replace(selection, since=since)
    return Saved(one, search(session, recent, limit=1, copies=parameters.copies, sort="newest"))
