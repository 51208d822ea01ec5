"""Errors as RFC 9457 problems: JSON for programs, pages for browsers."""

import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import DatabaseError, PantauError, RefusedByDatabaseError, UsageError
from search.query import QueryError
from web.limits import BusyError, TooCostlyError
from web.rendering import render

logger = logging.getLogger(__name__)

API = "/api/"
PROBLEM_JSON = "application/problem+json"
_RETRY_S = 5


class NotFoundError(PantauError):
    """No such number or name."""


class WrongParameter(BaseModel):
    """An invalid parameter."""

    parameter: str = Field(description="its name; of a list, with the place in it")
    problem: str


class Problem(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field(description="which kind of problem, e.g. urn:pantau:problem:wrong-query")
    title: str = Field(description="the kind in words")
    status: int = Field(description="the status of the answer", ge=400, le=599)
    detail: str = Field(description="what happened, and what to do")
    instance: str | None = Field(None, description="what the server's log calls this failure")
    column: int | None = Field(None, description="where the query is wrong, from 1")
    errors: list[WrongParameter] | None = Field(None, description="the parameters that are wrong")


def problem(status: int, kind: str, title: str, detail: str) -> Problem:
    return Problem(type=f"urn:pantau:problem:{kind}", title=title, status=status, detail=detail)


def problem_of(error: PantauError) -> Problem:
    if isinstance(error, QueryError):
        wrong_query = problem(422, "wrong-query", "The query cannot be read", error.problem)
        return wrong_query.model_copy(update={"column": error.column})
    kind = next((kind for error_class, kind in _KINDS.items() if isinstance(error, error_class)), _UNKNOWN)
    return problem(*kind, str(error))


def answer(path: str, failure: Problem, headers: Mapping[str, str] | None = None) -> Response:
    if failure.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(_RETRY_S), **(headers or {})}
    if path.startswith(API):
        content = failure.model_dump(exclude_none=True)
        return JSONResponse(content, failure.status, headers, media_type=PROBLEM_JSON)
    return HTMLResponse(render("error.html", path, problem=failure), failure.status, headers)


def install(app: FastAPI, methods: Callable[[str], list[str]]) -> None:
    """Install the error handlers; ``methods`` returns a path's methods."""

    @app.exception_handler(PantauError)
    def _pantau_error(request: Request, error: PantauError) -> Response:
        if isinstance(error, RefusedByDatabaseError):
            return _failure(request.url.path, error)
        return answer(request.url.path, problem_of(error))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        return answer(request.url.path, _wrong_parameters(error))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        title = HTTPStatus(error.status_code).phrase
        detail = error.detail if error.detail != title else _EXPLAINED.get(error.status_code, error.detail)
        failure = Problem(type="about:blank", title=title, status=error.status_code, detail=detail)
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(methods(request.url.path)) or headers.get("Allow", "GET")
        return answer(request.url.path, failure, headers)


class Failures:
    """ASGI middleware: log an unexpected error, answer with its number only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await _failure(scope["path"], error)(scope, receive, send)


_KINDS = {
    UsageError: (422, "wrong-parameter", "A parameter cannot be read"),
    NotFoundError: (404, "not-found", "Not found"),
    TooCostlyError: (503, "too-costly", "Too costly"),
    BusyError: (503, "busy", "Busy"),
    DatabaseError: (503, "no-database", "The database does not answer"),
}
_UNKNOWN = (500, "failure", "It failed")
_EXPLAINED = {
    404: "there is nothing at this address",
    405: "this address takes no requests of this kind",
}


def _failure(path: str, error: Exception) -> Response:
    number = secrets.token_hex(8)
    logger.error("failure %s at %s", number, path.encode("unicode_escape").decode(), exc_info=error)
    failure = problem(
        500, "failure", "It failed", f"this is an error in the program; its log has details under {number}"
    )
    return answer(path, failure.model_copy(update={"instance": f"urn:pantau:failure:{number}"}))


def _wrong_parameters(error: RequestValidationError) -> Problem:
    wrong = [WrongParameter(parameter=_named(one["loc"]), problem=_message(one)) for one in error.errors()]
    detail = "; ".join(f"{one.parameter}: {one.problem}" for one in wrong)
    failure = problem(422, "wrong-parameter", "A parameter cannot be read", detail)
    return failure.model_copy(update={"errors": wrong})


def _message(wrong: dict[str, Any]) -> str:
    message: str = wrong["msg"]
    return "there is no such parameter" if wrong["type"] == "extra_forbidden" else message


def _named(place: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in place[1:]) or str(place[0])
