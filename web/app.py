"""The web application: pages, API and the middleware around both."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import errors
from web.api import articles, operations, watchlists
from web.api.openapi import openapi_of
from web.errors import Failures
from web.pages import articles as article_pages
from web.pages import operations as operation_pages
from web.pages import search as search_pages
from web.pages import watchlists as watchlist_pages
from web.security import Guard, SecureHeaders
from web.state import WebState

V1 = "/api/v1"
STATIC = Path(__file__).parent / "static"
API = (*articles.ROUTERS, *operations.ROUTERS, *watchlists.ROUTERS)
PAGES = (search_pages.router, article_pages.router, operation_pages.router, watchlist_pages.router)


def create_app(state: WebState) -> FastAPI:
    """Create the application for one database."""
    app = FastAPI(
        title="Pantau",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{V1}/openapi.json",
        # The first one is outermost: it handles an answer last.
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
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    for router in API:
        app.include_router(router, prefix=V1)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


class Head:
    """ASGI middleware: answers HEAD like GET, without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, bodiless)
        else:
            await self._app(scope, receive, send)


def _methods(path: str) -> list[str]:
    """All methods of a path; the framework's routes know only their own."""
    routes = [(path, route) for router in PAGES for route in router.routes]
    routes += [(path.removeprefix(V1), route) for router in API for route in router.routes if path.startswith(V1)]
    matching = (route for part, route in routes if isinstance(route, APIRoute) and route.path_regex.match(part))
    methods = {method for route in matching for method in route.methods or ()}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)
