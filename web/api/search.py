"""``/api/v1/search``, ``/facets`` and ``/timeline``: what is found, and how it spreads."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from search.facets import FACETS, Step, Value, tally
from search.records import Record, load_records
from search.results import Hit
from search.selection import Selection
from search.stories import StoryView
from web.api import article_schemas
from web.api.feeds import feed_of_hits
from web.api.openapi import atom, problems
from web.atom import AtomResponse, respond
from web.parameters import MAX_LIMIT, Narrowing, SearchParameters
from web.queries.searches import Found, find
from web.state import WebState, state_of

router = APIRouter(tags=["search"])
MAX_VALUES = 1000
State = Annotated[WebState, Depends(state_of)]


class FacetParameters(Narrowing):
    """What facets are wanted of."""

    limit: Annotated[int, Field(ge=1, le=MAX_VALUES, description="values of each facet")] = 50


class TimelineParameters(Narrowing):
    """What a timeline is wanted of."""

    step: Annotated[Step | None, Field(description="how long a bar is; without it, what makes some sixty")] = None


class FeedParameters(Narrowing):
    """What a feed is wanted of."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="entries")] = 50


@router.get("/search", responses=problems())
def search(state: State, parameters: Annotated[SearchParameters, Query()]) -> article_schemas.Results:
    """Articles that are found, a page at a time: the best first, or as `sort` says."""
    selection = parameters.selection(state.aliases, state.now())
    with state.read() as session:
        found = find(session, parameters, selection, state.orders)
        items = _hits(session, found)
    results = found.results
    return article_schemas.Results(
        total=results.total,
        with_copies=results.with_copies,
        exact=results.exact,
        aliases=_aliases(selection),
        next=results.after,
        items=items,
    )


@router.get("/search.atom", responses=atom(), response_class=AtomResponse)
def search_feed(request: Request, state: State, parameters: Annotated[FeedParameters, Query()]) -> Response:
    """The newest articles that are found, as a feed."""
    with state.read() as session:
        feed = feed_of_hits(
            request, session, state, parameters, parameters.limit,
            title=f"Pantau: {parameters.q}" if parameters.q else "Pantau", name=f"search?{parameters.narrowing()}",
        )  # fmt: skip
    return respond(request, feed)


@router.get("/facets", responses=problems())
def facets(state: State, parameters: Annotated[FacetParameters, Query()]) -> article_schemas.Facets:
    """How what is found spreads over outlets, sections, authors and languages."""
    with state.read() as session:
        counted = tally(session, parameters.selection(state.aliases, state.now()), copies=parameters.copies)
    by_name = {name: _facet(counted.facets[name], parameters.limit) for name in FACETS}
    return article_schemas.Facets(total=counted.total, with_copies=counted.with_copies, **by_name)


@router.get("/timeline", responses=problems())
def timeline(state: State, parameters: Annotated[TimelineParameters, Query()]) -> article_schemas.Timeline:
    """How what is found spreads over days, weeks or months."""
    with state.read() as session:
        counted = tally(session, parameters.selection(state.aliases, state.now()), copies=parameters.copies)
    drawn = counted.timeline(parameters.step)
    bars = [article_schemas.Bar(start=bar.start, stop=bar.stop, hits=bar.hits) for bar in drawn.bars]
    return article_schemas.Timeline(
        total=counted.total, with_copies=counted.with_copies, step=drawn.step, bars=bars, undated=drawn.undated
    )


def _hits(session: Session, found: Found) -> list[article_schemas.Hit]:
    rows = load_records(session, [hit.article for hit in found.results.hits])
    pairs = zip(rows, found.results.hits, strict=True)
    return [_hit(record, hit, found.stories.get(hit.article.id)) for record, hit in pairs]


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
    pairs = selection.query.aliases if selection.query else ()
    return [article_schemas.Alias(name=name, others=list(others)) for name, others in pairs]


def _facet(values: Sequence[Value], limit: int) -> article_schemas.Facet:
    named = [article_schemas.Value(name=value.name, hits=value.hits) for value in values[:limit]]
    return article_schemas.Facet(distinct=len(values), values=named)
