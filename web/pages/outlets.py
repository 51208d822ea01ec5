"""The outlets: how they are, and one with everything about it."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from health.overview import DAYS, OutletState
from search.facets import Bar
from web.charts import sparkline, timeline_chart
from web.parameters import SearchParameters
from web.queries.outlets import last_days, outlet_states, whole_outlet
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)
_DAY = timedelta(days=1)


@router.get("/outlets")
def show_all(request: Request, state: Annotated[WebState, Depends(state_of)]) -> HTMLResponse:
    """All outlets in a table."""
    with state.read() as session:
        states = outlet_states(session, state)
    lines = {one.name: sparkline(one.days, f"Articles a day, last {DAYS} days") for one in states}
    return page(request, "outlets.html", states=states, lines=lines, declared=state.outlets, days=DAYS)


@router.get("/outlets/{name:path}")  # a name from long ago may hold a slash
def show_one(
    request: Request, state: Annotated[WebState, Depends(state_of)], name: Annotated[str, Path(max_length=300)]
) -> HTMLResponse:
    """One outlet."""
    with state.read() as session:
        outlet = whole_outlet(session, state, name)
        return page(request, "outlet.html", outlet=outlet, **_links(state, outlet.state))


def _links(state: WebState, outlet: OutletState) -> dict[str, Any]:
    search = SearchParameters(outlet=[outlet.name], sort="newest")

    def link(one: Bar) -> str:
        return f"/?{search.address(since=one.start.isoformat(), until=(one.stop - _DAY).isoformat())}"

    chart = timeline_chart(last_days(outlet, state.now()), link, thing="article") if outlet.articles else None
    return {"chart": chart, "search": search.address(), "days": DAYS}
