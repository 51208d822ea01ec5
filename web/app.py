"""The server's application: its pages, its API, and what guards both."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from web import errors
from web.errors import Failures
from web.pages import search
from web.security import Guard, SecureHeaders
from web.state import WebState

STATIC = Path(__file__).parent / "static"
_PAGES: tuple[APIRouter, ...] = (search.router,)
_API: tuple[APIRouter, ...] = ()


def create_app(state: WebState) -> FastAPI:
    """The application for one database."""
    app = FastAPI(
        title="Pantau",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        # The first one sees an answer last.
        middleware=[Middleware(SecureHeaders), Middleware(Failures), Middleware(Guard, token=state.token)],
    )
    app.state.pantau = state
    errors.install(app)
    for pages in _PAGES:
        app.include_router(pages, include_in_schema=False)
    for part in _API:
        app.include_router(part, prefix="/api/v1")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
