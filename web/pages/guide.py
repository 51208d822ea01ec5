"""How to search, and what programs can ask."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from web.rendering import page
from web.state import WebState, state_of

router = APIRouter(include_in_schema=False)


class Address(NamedTuple):
    """Something that a program can ask, as the OpenAPI document describes it."""

    method: str
    path: str
    summary: str


@router.get("/help")
def searching(request: Request, state: Annotated[WebState, Depends(state_of)]) -> HTMLResponse:
    """The query language."""
    return page(request, "help.html", names=len(state.aliases))


@router.get("/help/api")
def programs(request: Request) -> HTMLResponse:
    """What the API answers."""
    described = request.app.openapi()["paths"]
    addresses = [
        Address(method.upper(), path, told.get("description") or told.get("summary", ""))
        for path, methods in described.items()
        for method, told in methods.items()
    ]
    return page(request, "help_api.html", addresses=addresses)
