"""API routes for searches, articles and stories."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from core.formatting import format_similarity
from core.paging import Page
from database.revisions import load_revisions
from database.schema import StoredArticle
from search.choices import Step
from search.facets import FACETS, Value, tally
from search.records import Record, copy_record, load_records
from search.results import Hit
from search.selection import Selection
from search.stories import StoryPosition, StoryView, find_stories, load_stories, stories_of
from web.api import article_schemas
from web.api.feeds import UNTITLED, address, article_entry, feed_of_hits, newest_first, story_entry, urn
from web.api.openapi import atom, problems
from web.atom import AtomResponse, Feed, respond
from web.errors import NotFoundError
from web.parameters import MAX_LIMIT, BasicFilters, Id, SearchFilters, SearchParameters
from web.queries.articles import Cursor, find_similar_to, format_cursor, no_article, parse_cursor
from web.queries.searches import FoundPage, find
from web.state import State, WebState

MAX_VALUES = 1000

_searches = APIRouter(tags=["search"])
_articles = APIRouter(tags=["articles"])
_stories = APIRouter(tags=["stories"])
ROUTERS = (_searches, _articles, _stories)


class FacetParameters(SearchFilters):
    """Filters of facets."""

    limit: Annotated[int, Field(ge=1, le=MAX_VALUES, description="values of each facet")] = 50


class TimelineParameters(SearchFilters):
    """Filters of a timeline."""

    step: Annotated[Step | None, Field(description="how long a bar is; without it, what makes some sixty")] = None


class FeedParameters(SearchFilters):
    """Filters of a feed."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="entries")] = 50


class StoriesParameters(BasicFilters):
    """Stories begun in the period with a matching article."""

    min_outlets: Annotated[int, Field(ge=1, le=1000, description="told by so many outlets or more")] = 2
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="stories on a page")] = 20
    after: Cursor = ""


class StoriesFeedParameters(StoriesParameters):
    """Stories of the last seven days by default."""

    since: Annotated[str, Field(max_length=40, description="first published then or later")] = "7d"


@_searches.get("/search", responses=problems())
def search(state: State, parameters: Annotated[SearchParameters, Query()]) -> article_schemas.Results:
    """Search articles, a page at a time, in the order of `sort`."""
    selection = parameters.selection(state.aliases, state.now())
    with state.read() as session:
        page = find(session, parameters, selection, state.orders)
        items = _hits(session, page)
    return article_schemas.Results(
        total=page.results.total,
        with_copies=page.results.with_copies,
        exact=page.results.exact,
        aliases=_aliases(selection),
        next=page.results.after,
        items=items,
    )


@_searches.get("/search.atom", responses=atom(), response_class=AtomResponse)
def search_feed(request: Request, state: State, parameters: Annotated[FeedParameters, Query()]) -> Response:
    """The newest articles of a search, as a feed."""
    with state.read() as session:
        feed = feed_of_hits(
            request, session, state, parameters, parameters.limit,
            title=f"Pantau: {parameters.q}" if parameters.q else "Pantau",
            name=f"search?{parameters.filter_address()}",
        )  # fmt: skip
    return respond(request, feed)


@_searches.get("/facets", responses=problems())
def facets(state: State, parameters: Annotated[FacetParameters, Query()]) -> article_schemas.Facets:
    """Hits of a search by outlet, section, author and language."""
    with state.read() as session:
        numbers = tally(session, parameters.selection(state.aliases, state.now()), copies=parameters.copies)
    by_name = {name: _facet(numbers.facets[name], parameters.limit) for name in FACETS}
    return article_schemas.Facets(total=numbers.total, with_copies=numbers.with_copies, **by_name)


@_searches.get("/timeline", responses=problems())
def timeline(state: State, parameters: Annotated[TimelineParameters, Query()]) -> article_schemas.Timeline:
    """Hits of a search by day, week or month."""
    with state.read() as session:
        numbers = tally(session, parameters.selection(state.aliases, state.now()), copies=parameters.copies)
    periods = numbers.timeline(parameters.step)
    bars = [article_schemas.Bar(start=bar.start, stop=bar.stop, hits=bar.hits) for bar in periods.bars]
    return article_schemas.Timeline(
        total=numbers.total, with_copies=numbers.with_copies, step=periods.step, bars=bars, undated=periods.undated
    )


@_articles.get("/articles/{article_id}", responses=problems(404))
def article(state: State, article_id: Id) -> article_schemas.WholeArticle:
    """An article with its story and its revisions."""
    with state.read() as session:
        stored = session.get(StoredArticle, article_id)
        if stored is None:
            raise no_article(article_id)
        story = stories_of(session, [stored]).get(article_id)
        return article_schemas.WholeArticle(
            **load_records(session, [stored])[0],
            story=_story_schema(story) if story else None,
            revisions=[article_schemas.Revision(**asdict(version)) for version in load_revisions(session, article_id)],
        )


@_articles.get("/articles/{article_id}/like.atom", responses=atom(404), response_class=AtomResponse)
def like_feed(request: Request, state: State, article_id: Id) -> Response:
    """The most similar articles, as a feed."""
    with state.read() as session:
        article, similar = find_similar_to(session, article_id)
        entries = newest_first(
            article_entry(request, state, one.article, f"{format_similarity(one.similarity)} alike") for one in similar
        )
    title = f"Like “{article.title or UNTITLED}”"
    return respond(
        request, Feed(urn(f"like:{article_id}"), title, address(request, f"articles/{article_id}/like"), entries)
    )


@_articles.get("/articles/{article_id}/like", responses=problems(404))
def like(state: State, article_id: Id) -> article_schemas.AllAlike:
    """The most similar articles, without its own copies."""
    with state.read() as session:
        _, similar = find_similar_to(session, article_id)
        records = load_records(session, [one.article for one in similar])
    items = [
        article_schemas.Alike(**record, likeness=one.similarity) for record, one in zip(records, similar, strict=True)
    ]
    return article_schemas.AllAlike(total=len(items), items=items)


@_stories.get("/stories", responses=problems())
def stories(state: State, parameters: Annotated[StoriesParameters, Query()]) -> article_schemas.Stories:
    """Stories, most outlets first, a page at a time."""
    page = _find_stories(state, parameters)
    items = [_story_schema(story) for story in page.items]
    return article_schemas.Stories(total=page.total, next=format_cursor(page.after), items=items)


@_stories.get("/stories.atom", responses=atom(), response_class=AtomResponse)
def stories_feed(request: Request, state: State, parameters: Annotated[StoriesFeedParameters, Query()]) -> Response:
    """Stories with the most outlets, as a feed."""
    entries = newest_first(story_entry(request, story) for story in _find_stories(state, parameters).items)
    return respond(request, Feed(urn("stories"), "Pantau: stories", address(request, "stories"), entries))


@_stories.get("/stories/{story_id}", responses=problems(404))
def story(state: State, story_id: Id) -> article_schemas.Story:
    """A story with all its articles."""
    with state.read() as session:
        view = load_stories(session, [story_id]).get(story_id)
    if view is None:
        raise NotFoundError(f"there is no story {story_id}; stories that turn out to be one become one")
    return _story_schema(view)


def _hits(session: Session, page: FoundPage) -> list[article_schemas.Hit]:
    hits = page.results.hits
    records = load_records(session, [hit.article for hit in hits])
    return [_hit(record, hit, page.stories.get(hit.article.id)) for record, hit in zip(records, hits, strict=True)]


def _hit(record: Record, hit: Hit, story: StoryView | None) -> article_schemas.Hit:
    return article_schemas.Hit(
        **record,
        rank=hit.rank,
        title_highlights=list(hit.title_highlights),
        snippet=hit.snippet.text,
        snippet_highlights=list(hit.snippet.highlights),
        copies=len(story.members) if story else 1,
        outlets=len(story.outlets) if story else int(hit.article.outlet is not None),
    )


def _aliases(selection: Selection) -> list[article_schemas.Alias]:
    aliases = selection.query.aliases if selection.query else ()
    return [article_schemas.Alias(name=name, others=list(others)) for name, others in aliases]


def _facet(values: Sequence[Value], limit: int) -> article_schemas.Facet:
    items = [article_schemas.Value(name=value.name, hits=value.hits) for value in values[:limit]]
    return article_schemas.Facet(distinct=len(values), values=items)


def _story_schema(story: StoryView) -> article_schemas.Story:
    copies = [article_schemas.Copy(**copy_record(story, member)) for member in story.members]
    return article_schemas.Story(id=story.id, outlets=list(story.outlets), articles=copies)


def _find_stories(state: WebState, parameters: StoriesParameters) -> Page[StoryView, StoryPosition]:
    with state.read() as session:
        return find_stories(
            session,
            parameters.selection(state.aliases, state.now()),
            min_outlets=parameters.min_outlets,
            limit=parameters.limit,
            after=parse_cursor(parameters.after),
        )
