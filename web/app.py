"""The server's application: its pages, its API, and what guards both."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from web import errors
from web.api.documented import openapi_of
from web.api.routes import ROUTERS as API
from web.errors import Failures
from web.pages.routes import ROUTERS as PAGES
from web.security import Guard, SecureHeaders
from web.state import WebState

STATIC = Path(__file__).parent / "static"


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
    app.openapi = partial(openapi_of, app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    for pages in PAGES:
        app.include_router(pages, include_in_schema=False)
    for part in API:
        app.include_router(part, prefix="/api/v1")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
