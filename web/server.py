"""The server: a listening socket, and uvicorn."""

import ipaddress
import os
import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import PantauError, UsageError
from web import errors
from web.api import articles, operations
from web.api.openapi import openapi_of
from web.errors import Failures
from web.pages import operations as operation_pages
from web.pages import operations as watchlist_pages
from web.pages import search as article_pages
from web.pages import search as search_pages
from web.security import MIN_TOKEN, Guard, SecureHeaders
from web.state import WebState

V1 = "/api/v1"
STATIC = Path(__file__).parent / "static"
API = (*articles.ROUTERS, *operations.ROUTERS, *operations.WATCHLIST_ROUTERS)
PAGES = (search_pages.router, article_pages.router, operation_pages.router, watchlist_pages.router)


def create_app(state: WebState) -> FastAPI:
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
    """ASGI middleware: answer HEAD like GET, without the body (RFC 9110, 9.3.2)."""

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


TOKEN = "PANTAU_TOKEN"  # noqa: S105 - the variable's name
# Time for running requests to finish at shutdown.
_GRACE_S = 5


def read_token() -> str | None:
    """Return the token from the environment, which other users cannot read.

    Raises:
        UsageError: it is too short, or has characters that HTTP cannot carry.
    """
    token = os.environ.get(TOKEN)
    if not token:
        return None
    if len(token) < MIN_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"{TOKEN} must have {MIN_TOKEN} characters or more, of ASCII and without spaces; make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token


def listen(host: str, port: int, *, guarded: bool) -> socket.socket:
    """Open a listening socket; port 0 takes any free port.

    Raises:
        UsageError: no such address, or it reaches other machines and is not ``guarded`` by a token.
        PantauError: the port cannot be used, e.g. because another program uses it.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--host {host}: there is no such address here") from error
    if not guarded and not ipaddress.ip_address(address[0]).is_loopback:
        raise UsageError(
            f"--host {host}: other machines could read and change everything there; put a token of {MIN_TOKEN} "
            f"characters or more into the environment variable {TOKEN} first, or listen at 127.0.0.1"
        )
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        raise PantauError(
            f"cannot listen at {host}, port {port}: {error.strerror}; end the other program, or name another --port"
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if listening.family == socket.AF_INET6 else f"http://{host}:{port}/"


def serve(state: WebState, listening: socket.socket, started: Callable[[], None]) -> None:
    """Answer requests until a signal; ``started`` is called before the first."""
    config = uvicorn.Config(
        create_app(state),
        log_config=None,  # use the program's own log
        access_log=False,  # addresses contain users' queries
        server_header=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    with closing(listening):
        started()
        uvicorn.Server(config).run(sockets=[listening])
