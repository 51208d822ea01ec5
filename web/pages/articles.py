"""An article, all that is known of it, and what is like it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from web.charts import lag_chart
from web.queries import articles as reading
from web.rendering import outlet_title, page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)

# The largest id either database can give.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
State = Annotated[WebState, Depends(state_of)]


@router.get("/articles/{article_id}")
def show(request: Request, article_id: Id, state: State) -> HTMLResponse:
    """The article of this number."""
    with state.read() as session:
        found = reading.known(session, article_id)
    if found is None:
        raise reading.no_article(article_id)
    chart = lag_chart(found.story, partial(outlet_title, state.outlets)) if found.story else None
    return page(request, "article.html", known=found, article=found.article, chart=chart)


# A page of its own, since it compares some thousand articles.
@router.get("/articles/{article_id}/like")
def alike(request: Request, article_id: Id, state: State) -> HTMLResponse:
    """The articles that are most like the one of this number."""
    with state.read() as session:
        article, found = reading.alike(session, article_id)
    return page(request, "alike.html", article=article, found=found)
