"""The page that everybody comes to first: the newest articles, and whatever is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import Field
from sqlalchemy import func, select

from core.errors import UsageError
from database.schema import StoredArticle
from search.facets import Bar, Facet, Tally, tally
from search.query import QueryError
from search.ranking import SORTS
from search.selection import Selection
from web.charts import timeline_chart
from web.parameters import SearchParameters
from web.queries.narrowing import facets, language_name, narrowed
from web.queries.searches import cheap_tally, find
from web.rendering import outlet_title, page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)

# What is shown of a long query on either side of its fault.
_AROUND = 40
_DAY = timedelta(days=1)


class PageParameters(SearchParameters):
    """A search as the page takes it."""

    count: Annotated[bool, Field(description="number facets and timeline, whatever that takes")] = False

    def plain(self) -> str:
        """The address of the same search elsewhere: at the API, or saved."""
        return self.address(count=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a search cannot be made; of a wrong query, the part around the fault and how far in it that is."""

    message: str
    part: str = ""
    place: int = 0


@router.get("/")
def show(
    request: Request,
    parameters: Annotated[PageParameters, Query()],
    state: Annotated[WebState, Depends(state_of)],
) -> HTMLResponse:
    """Search, or the newest articles."""
    label = _labels(state)
    known: dict[str, Any] = {
        "parameters": parameters,
        "narrowed": list(narrowed(parameters, label)),
        "sorts": SORTS,
        "plain": parameters.plain(),
    }
    try:
        selection = parameters.selection(state.aliases, state.now())
    except UsageError as error:
        return page(request, "search.html", status=422, fault=_fault(parameters.q, error), **known)
    return page(request, "search.html", fault=None, **known, **_answer(state, parameters, selection, label))


def _answer(
    state: WebState, parameters: PageParameters, selection: Selection, label: Callable[[Facet, str], str]
) -> dict[str, Any]:
    with state.read() as session:
        found = find(session, parameters, selection, state.orders)
        if parameters.count:
            numbers: Tally | None = tally(session, selection, copies=parameters.copies)
        else:
            numbers = cheap_tally(session, selection, found, copies=parameters.copies)
        held = 0 if found.results.hits else session.scalars(select(func.count(StoredArticle.id))).one()
    return {
        "results": found.results,
        "stories": found.stories,
        "numbers": numbers,
        "aliases": selection.query.aliases if selection.query else (),
        "held": held,
        "facets": facets(parameters, numbers, label) if numbers else [],
        "chart": _chart(parameters, numbers) if numbers else None,
    }


def _chart(parameters: PageParameters, numbers: Tally) -> Markup | None:
    """The hits by day, week or month; ``None`` where all are of the same, or of none."""
    timeline = numbers.timeline()

    def link(one: Bar) -> str:
        return f"/?{parameters.address(since=one.start.isoformat(), until=(one.stop - _DAY).isoformat())}"

    return timeline_chart(timeline, link) if len(timeline.bars) > 1 else None


def _labels(state: WebState) -> Callable[[Facet, str], str]:
    def label(facet: Facet, value: str) -> str:
        match facet:
            case "outlet":
                return outlet_title(state.outlets, value)
            case "language":
                return language_name(value)
            case _:
                return value

    return label


def _fault(query: str, error: UsageError) -> Fault:
    if not isinstance(error, QueryError):
        return Fault(str(error))
    place = min(error.column - 1, len(query))
    first = max(0, place - _AROUND)
    return Fault(f"Wrong at column {error.column}: {error.problem}", query[first : place + _AROUND], place - first)
