"""An article, all that is known of it, and what is like it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from database.schema import StoredArticle
from database.search.likeness import find_like, stored_example
from database.search.selection import Selection
from web.charts import lag_chart
from web.errors import NotFoundError
from web.reading.articles import known
from web.rendering import outlet_title, page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)

# The largest id either database can give.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
State = Annotated[WebState, Depends(state_of)]
_ALIKE = 20


@router.get("/articles/{article_id}")
def show(request: Request, article_id: Id, state: State) -> HTMLResponse:
    """The article of this number."""
    with state.read() as session:
        found = known(session, article_id)
    if found is None:
        raise _no_article(article_id)
    chart = lag_chart(found.story, partial(outlet_title, state.outlets)) if found.story else None
    return page(request, "article.html", known=found, article=found.article, chart=chart)


# A page of its own, since it compares some thousand articles.
@router.get("/articles/{article_id}/like")
def alike(request: Request, article_id: Id, state: State) -> HTMLResponse:
    """The articles that are most like the one of this number."""
    with state.read() as session:
        article = session.get(StoredArticle, article_id)
        if article is None:
            raise _no_article(article_id)
        found = find_like(session, stored_example(session, str(article_id)), Selection(), limit=_ALIKE)
    return page(request, "alike.html", article=article, found=found)


def _no_article(article_id: int) -> NotFoundError:
    return NotFoundError(f"there is no article {article_id}; the search shows which there are")
