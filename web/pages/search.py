"""The search page, also the home page, and the help pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import UsageError
from core.periods import HOME
from database.schema import StoredArticle
from search.choices import SORTS
from search.facets import Bar, Facet, Tally, tally
from search.query import QueryError
from search.selection import Selection
from search.stories import find_stories, load_stories
from web.charts import lag_chart, timeline_chart
from web.errors import NotFoundError
from web.parameters import Id, SearchParameters
from web.queries.articles import (
    Cursor,
    find_similar_to,
    first_per_outlet,
    format_cursor,
    latest_start,
    load_copies,
    load_view,
    no_article,
    parse_cursor,
)
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
    """An address in the OpenAPI document."""

    method: str
    path: str
    summary: str


@router.get("/")
def show(request: Request, parameters: Annotated[PageParameters, Query()], state: State) -> HTMLResponse:
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
    return page(request, "help.html", names=len(state.aliases))


@router.get("/help/api")
def show_api_help(request: Request) -> HTMLResponse:
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


# Nothing older is stored, and calendars end.
Day = Annotated[date, Query(ge=date(1990, 1, 1), le=date(2199, 12, 31))]

_MIN_OUTLETS, _SHOWN = 2, 50


@router.get("/articles/{article_id}")
def show_article(request: Request, article_id: Id, state: State) -> HTMLResponse:
    with state.read() as session:
        view = load_view(session, article_id)
    if view is None:
        raise no_article(article_id)
    chart = lag_chart(view.story, partial(outlet_title, state.outlets)) if view.story else None
    return page(request, "article.html", known=view, article=view.article, chart=chart)


# A page of its own because it compares some thousand articles.
@router.get("/articles/{article_id}/like")
def show_similar(request: Request, article_id: Id, state: State) -> HTMLResponse:
    with state.read() as session:
        article, similar = find_similar_to(session, article_id)
    return page(request, "similar.html", article=article, found=similar)


@router.get("/stories")
def show_stories(
    request: Request, state: State, day: Day | None = None, after: Annotated[Cursor, Query()] = ""
) -> HTMLResponse:
    """Show a day's stories (in Jakarta), by default the latest day with any."""
    today = state.now().astimezone(HOME).date()
    with state.read() as session:
        newest = _latest_day(session) or today
        shown = day or newest
        began = datetime.combine(shown, time(), HOME)
        period = Selection(since=began, until=began + _DAY)
        stories = find_stories(session, period, min_outlets=_MIN_OUTLETS, limit=_SHOWN, after=parse_cursor(after))
    return page(
        request,
        "stories.html",
        total=stories.total,
        stories=[(story, first_per_outlet(story)) for story in stories.items],
        later_page=bool(after),
        next_page=format_cursor(stories.after),
        shown=shown,
        before=shown - _DAY,
        after=shown + _DAY,
        today=today,
        newest=newest,
    )


@router.get("/stories/{story_id}")
def show_story(request: Request, state: State, story_id: Id) -> HTMLResponse:
    with state.read() as session:
        story = load_stories(session, [story_id]).get(story_id)
        if story is None:
            raise NotFoundError(f"there is no story {story_id}; stories that turn out to be one become one")
        copies = load_copies(session, story)
    chart = lag_chart(story, partial(outlet_title, state.outlets))
    return page(request, "story.html", story=story, copies=copies, chart=chart)


def _latest_day(session: Session) -> date | None:
    began = latest_start(session, min_outlets=_MIN_OUTLETS)
    return began and began.astimezone(HOME).date()
