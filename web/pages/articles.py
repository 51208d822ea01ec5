"""Pages of an article, the articles like it, a day's stories and a story."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from core.periods import HOME
from search.selection import Selection
from search.stories import find_stories, load_stories
from web.charts import lag_chart
from web.errors import NotFoundError
from web.parameters import Id
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
from web.rendering import outlet_title, page
from web.state import State

router = APIRouter(include_in_schema=False)

# Nothing older is stored, and calendars end.
Day = Annotated[date, Query(ge=date(1990, 1, 1), le=date(2199, 12, 31))]

_MIN_OUTLETS, _SHOWN = 2, 50
_DAY = timedelta(days=1)


@router.get("/articles/{article_id}")
def show_article(request: Request, article_id: Id, state: State) -> HTMLResponse:
    """Show an article."""
    with state.read() as session:
        view = load_view(session, article_id)
    if view is None:
        raise no_article(article_id)
    chart = lag_chart(view.story, partial(outlet_title, state.outlets)) if view.story else None
    return page(request, "article.html", known=view, article=view.article, chart=chart)


# A page of its own because it compares some thousand articles.
@router.get("/articles/{article_id}/like")
def show_similar(request: Request, article_id: Id, state: State) -> HTMLResponse:
    """Show the articles most like this one."""
    with state.read() as session:
        article, similar = find_similar_to(session, article_id)
    return page(request, "alike.html", article=article, found=similar)


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
    """Show a story with its articles."""
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
