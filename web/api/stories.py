"""``/api/v1/stories``: the texts that went through several outlets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from core.paging import Page
from search.records import copy_record
from search.stories import StoryPosition, StoryView, find_stories, load_stories
from web.api import article_schemas
from web.api.feeds import address, newest_first, story_entry, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.errors import NotFoundError
from web.parameters import MAX_LIMIT, Question
from web.queries.stories import Cursor, cursor, place
from web.state import WebState, state_of

router = APIRouter(tags=["stories"])
State = Annotated[WebState, Depends(state_of)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


class StoriesParameters(Question):
    """Which stories are meant: those first published in the period, of which an article holds what is asked for."""

    min_outlets: Annotated[int, Field(ge=1, le=1000, description="told by so many outlets or more")] = 2
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="stories on a page")] = 20
    after: Cursor = ""


class StoriesFeedParameters(StoriesParameters):
    """The same for a feed."""

    since: Annotated[str, Field(max_length=40, description="first published then or later")] = "7d"


@router.get("/stories", responses=problems())
def stories(state: State, parameters: Annotated[StoriesParameters, Query()]) -> article_schemas.Stories:
    """The stories, those that went furthest first, a page at a time."""
    found = _find(state, parameters)
    items = [story_shape(story) for story in found.items]
    return article_schemas.Stories(total=found.total, next=cursor(found.after), items=items)


@router.get("/stories.atom", responses=atom(), response_class=AtomResponse)
def stories_feed(request: Request, state: State, parameters: Annotated[StoriesFeedParameters, Query()]) -> Response:
    """The stories that went furthest, as a feed."""
    entries = newest_first(story_entry(request, story) for story in _find(state, parameters).items)
    return respond(request, Feed(urn("stories"), "Pantau: stories", address(request, "stories"), entries))


@router.get("/stories/{story_id}", responses=problems(404))
def story(state: State, story_id: Id) -> article_schemas.Story:
    """A story with all its articles."""
    with state.read() as session:
        told = load_stories(session, [story_id])
    if story_id not in told:
        raise NotFoundError(f"there is no story {story_id}; stories that turn out to be one become one")
    return story_shape(told[story_id])


def story_shape(story: StoryView) -> article_schemas.Story:
    """A story as the API gives it."""
    copies = [article_schemas.Copy(**copy_record(story, member)) for member in story.members]
    return article_schemas.Story(id=story.id, outlets=list(story.outlets), articles=copies)


def _find(state: WebState, parameters: StoriesParameters) -> Page[StoryView, StoryPosition]:
    with state.read() as session:
        return find_stories(
            session,
            parameters.selection(state.aliases, state.now()),
            min_outlets=parameters.min_outlets,
            limit=parameters.limit,
            after=place(parameters.after),
        )
