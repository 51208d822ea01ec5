"""``/api/v1/articles/{id}``: everything we know of an article, and what is like it."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from core.formatting import format_similarity
from database.revisions import history
from database.schema import StoredArticle
from search.records import load_records
from search.stories import stories_of
from web.api import article_schemas
from web.api.feeds import UNTITLED, address, article_entry, newest_first, urn
from web.api.openapi import atom, problems
from web.api.stories import story_shape
from web.atom import AtomResponse, Feed, respond
from web.queries.articles import alike, no_article
from web.state import WebState, state_of

router = APIRouter(tags=["articles"])
# The greatest number that both databases keep.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/articles/{article_id}", responses=problems(404))
def article(state: Annotated[WebState, Depends(state_of)], article_id: Id) -> article_schemas.WholeArticle:
    """An article with its story and its revisions."""
    with state.read() as session:
        stored = session.get(StoredArticle, article_id)
        if stored is None:
            raise no_article(article_id)
        story = stories_of(session, [stored]).get(article_id)
        return article_schemas.WholeArticle(
            **load_records(session, [stored])[0],
            story=story_shape(story) if story else None,
            revisions=[article_schemas.Revision(**asdict(version)) for version in history(session, article_id)],
        )


@router.get("/articles/{article_id}/like.atom", responses=atom(404), response_class=AtomResponse)
def like_feed(request: Request, state: Annotated[WebState, Depends(state_of)], article_id: Id) -> Response:
    """The articles that are most like the one of this number, as a feed."""
    with state.read() as session:
        article, found = alike(session, article_id)
        entries = newest_first(
            article_entry(request, state, one.article, f"{format_similarity(one.similarity)} alike") for one in found
        )
    title = f"Like “{article.title or UNTITLED}”"
    return respond(
        request, Feed(urn(f"like:{article_id}"), title, address(request, f"articles/{article_id}/like"), entries)
    )


@router.get("/articles/{article_id}/like", responses=problems(404))
def like(state: Annotated[WebState, Depends(state_of)], article_id: Id) -> article_schemas.AllAlike:
    """The articles that are most like the one of this number, without its own copies."""
    with state.read() as session:
        _, found = alike(session, article_id)
        known = load_records(session, [one.article for one in found])
    items = [article_schemas.Alike(**record, likeness=one.similarity) for record, one in zip(known, found, strict=True)]
    return article_schemas.AllAlike(total=len(items), items=items)
