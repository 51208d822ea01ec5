"""What a search found: the hits with their stories, and its numbers where they cost little."""

from dataclasses import dataclass

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from search.facets import Tally, tally
from search.ranking import Orders
from search.results import Results, search
from search.selection import Selection, select_columns
from search.stories import StoryView, stories_of
from web.parameters import SearchParameters

# Tallying so many articles takes a fifth of a second.
MOST_TALLIED = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, and the stories of those that are in one, by the articles' ids."""

    results: Results
    stories: dict[int, StoryView]


def find(session: Session, parameters: SearchParameters, selection: Selection, orders: Orders) -> Found:
    """The page of hits that the parameters ask for.

    Raises:
        CursorError: there is no such page.
    """
    results = search(
        session,
        selection,
        limit=parameters.limit,
        copies=parameters.copies,
        sort=parameters.sort,
        after=parameters.after or None,
        orders=orders,
    )
    return Found(results, stories_of(session, (hit.article for hit in results.hits)))


def cheap_tally(session: Session, selection: Selection, found: Found, *, copies: bool) -> Tally | None:
    """Facets and timeline of what was found; ``None`` where that are too many articles to count them unasked."""
    if not found.results.exact and _more_than(session, selection, MOST_TALLIED):
        return None
    return tally(session, selection, copies=copies)


def _more_than(session: Session, selection: Selection, number: int) -> bool:
    some = select_columns(session, selection, literal(1)).limit(number + 1).subquery()
    return session.scalars(select(func.count()).select_from(some)).one() > number
