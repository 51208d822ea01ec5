"""An article, and all that is known of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from web.charts import lag_chart
from web.errors import NotFoundError
from web.reading.articles import known
from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)

# The largest id either database can give.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/articles/{article_id}")
def show(request: Request, article_id: Id, state: Annotated[WebState, Depends(state_of)]) -> HTMLResponse:
    """The article of this number."""
    with state.read() as session:
        found = known(session, article_id)
    if found is None:
        raise NotFoundError(f"there is no article {article_id}; the search shows which there are")
    chart = lag_chart(found.story) if found.story else None
    return page(request, "article.html", known=found, article=found.article, chart=chart)
