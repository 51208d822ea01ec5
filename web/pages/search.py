"""The search page, which is also the home page, and the help pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import Field
from sqlalchemy import func, select

from core.errors import UsageError
from database.schema import StoredArticle
from search.choices import SORTS
from search.facets import Bar, Facet, Tally, tally
from search.query import QueryError
from search.selection import Selection
from web.charts import timeline_chart
from web.parameters import SearchParameters
from web.queries.searches import active_filters, cheap_tally, facet_choices, find, language_name
from web.rendering import outlet_title, page
from web.state import State, WebState

router = APIRouter(include_in_schema=False)

# Characters of a long query shown on either side of its error.
_AROUND = 40
_DAY = timedelta(days=1)


class PageParameters(SearchParameters):
    """A search on the page."""

    count: Annotated[bool, Field(description="number facets and timeline, whatever that takes")] = False

    def plain(self) -> str:
        """Return the query string for the API and for saving."""
        return self.address(count=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in a search, with the part of the query around it."""

    message: str
    part: str = ""
    place: int = 0


class Address(NamedTuple):
    """An address of the API, as the OpenAPI document describes it."""

    method: str
    path: str
    summary: str


@router.get("/")
def show(request: Request, parameters: Annotated[PageParameters, Query()], state: State) -> HTMLResponse:
    """Show a search, or the newest articles."""
    label = _labels(state)
    values: dict[str, Any] = {
        "parameters": parameters,
        "narrowed": list(active_filters(parameters, label)),
        "sorts": SORTS,
        "plain": parameters.plain(),
    }
    try:
        selection = parameters.selection(state.aliases, state.now())
    except UsageError as error:
        return page(request, "search.html", status=422, fault=_fault(parameters.q, error), **values)
    return page(request, "search.html", fault=None, **values, **_answer(state, parameters, selection, label))


@router.get("/help")
def show_help(request: Request, state: State) -> HTMLResponse:
    """Show the query language."""
    return page(request, "help.html", names=len(state.aliases))


@router.get("/help/api")
def show_api_help(request: Request) -> HTMLResponse:
    """Show the API's addresses."""
    addresses = [
        Address(method.upper(), path, operation.get("description") or operation.get("summary", ""))
        for path, methods in request.app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    return page(request, "help_api.html", addresses=addresses)


def _answer(
    state: WebState, parameters: PageParameters, selection: Selection, label: Callable[[Facet, str], str]
) -> dict[str, Any]:
    with state.read() as session:
        hits = find(session, parameters, selection, state.orders)
        if parameters.count:
            numbers: Tally | None = tally(session, selection, copies=parameters.copies)
        else:
            numbers = cheap_tally(session, selection, hits, copies=parameters.copies)
        held = 0 if hits.results.hits else session.scalars(select(func.count(StoredArticle.id))).one()
    return {
        "results": hits.results,
        "stories": hits.stories,
        "numbers": numbers,
        "aliases": selection.query.aliases if selection.query else (),
        "held": held,
        "facets": facet_choices(parameters, numbers, label) if numbers else [],
        "chart": _chart(parameters, numbers) if numbers else None,
    }


def _chart(parameters: PageParameters, numbers: Tally) -> Markup | None:
    """``None`` if all hits fall into one day, week or month."""
    timeline = numbers.timeline()

    def link(bar: Bar) -> str:
        return f"/?{parameters.address(since=bar.start.isoformat(), until=(bar.stop - _DAY).isoformat())}"

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
