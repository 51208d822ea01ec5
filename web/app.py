"""The server's application: its pages, its API, and what guards both."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import errors
from web.api.openapi import openapi_of
from web.api.routes import ROUTERS as API
from web.errors import Failures
from web.pages.routes import ROUTERS as PAGES
from web.security import Guard, SecureHeaders
from web.state import WebState

V1 = "/api/v1"
STATIC = Path(__file__).parent / "static"


def create_app(state: WebState) -> FastAPI:
    """The application for one database."""
    app = FastAPI(
        title="Pantau",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{V1}/openapi.json",
        # The first one sees an answer last.
        middleware=[
            Middleware(SecureHeaders),
            Middleware(Failures),
            Middleware(Guard, token=state.token),
            Middleware(Head),
        ],
    )
    app.state.pantau = state
    errors.install(app, _methods)
    app.openapi = partial(openapi_of, app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    for pages in PAGES:
        app.include_router(pages, include_in_schema=False)
    for part in API:
        app.include_router(part, prefix=V1)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


class Head:
    """ASGI middleware: HEAD is answered as GET is, without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Called by the server for every request."""

        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, bodiless)
        else:
            await self._app(scope, receive, send)


def _methods(path: str) -> list[str]:
    """The methods that a path takes; a framework's route knows its own only."""
    routes = [(path, one) for router in PAGES for one in router.routes]
    routes += [(path.removeprefix(V1), one) for router in API for one in router.routes if path.startswith(V1)]
    matching = (one for place, one in routes if isinstance(one, APIRoute) and one.path_regex.match(place))
    methods = {method for one in matching for method in one.methods or ()}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)
