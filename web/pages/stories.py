"""The stories of a day, by how far they went, and each with its copies."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from core.periods import HOME
from search.selection import Selection
from search.stories import find_stories, load_stories
from web.charts import lag_chart
from web.errors import NotFoundError
from web.queries.stories import Cursor, copies, cursor, latest, place, spread
from web.rendering import outlet_title, page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)

State = Annotated[WebState, Depends(state_of)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
# What was printed before is no news, and calendars end.
Day = Annotated[date, Query(ge=date(1990, 1, 1), le=date(2199, 12, 31))]

_MIN_OUTLETS, _SHOWN = 2, 50
_ONE = timedelta(days=1)


@router.get("/stories")
def of_the_day(
    request: Request, state: State, day: Day | None = None, after: Annotated[Cursor, Query()] = ""
) -> HTMLResponse:
    """The stories that began on that day, by Jakarta's clock; on the last that has any, if none is given."""
    today = state.now().astimezone(HOME).date()
    with state.read() as session:
        newest = _latest_day(session) or today
        shown = day or newest
        began = datetime.combine(shown, time(), HOME)
        period = Selection(since=began, until=began + _ONE)
        found = find_stories(session, period, min_outlets=_MIN_OUTLETS, limit=_SHOWN, after=place(after))
    stories = [(story, spread(story)) for story in found.items]
    return page(
        request,
        "stories.html",
        total=found.total,
        stories=stories,
        later_page=bool(after),
        next_page=cursor(found.after),
        shown=shown,
        before=shown - _ONE,
        after=shown + _ONE,
        today=today,
        newest=newest,
    )


@router.get("/stories/{story_id}")
def one(request: Request, state: State, story_id: Id) -> HTMLResponse:
    """A story with all its articles."""
    with state.read() as session:
        story = load_stories(session, [story_id]).get(story_id)
        if story is None:
            raise NotFoundError(f"there is no story {story_id}; stories that turn out to be one become one")
        listed = copies(session, story)
    chart = lag_chart(story, partial(outlet_title, state.outlets))
    return page(request, "story.html", story=story, copies=listed, chart=chart)


def _latest_day(session: Session) -> date | None:
    began = latest(session, min_outlets=_MIN_OUTLETS)
    return began and began.astimezone(HOME).date()
