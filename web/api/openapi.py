"""The OpenAPI document."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web.atom import AtomResponse
from web.errors import PROBLEM_JSON, Problem

_STATUSES = {
    400: "the request cannot be read",
    401: "the token is missing or wrong",
    403: "a browser made the request for another site's page",
    404: "there is nothing of this number or name",
    405: "this address takes no requests of this kind",
    413: "the request's body is too large",
    421: "without a token the server answers to localhost only",
    422: "a parameter or the query is wrong; `errors` and `column` say where",
    500: "a fault in the program; its log has more under `instance`",
    503: "the database does not answer, too much was asked at once, or it takes too long",
}
_ANYWHERE = (400, 401, 405, 421, 422, 500, 503)
_DESCRIPTION = (
    "What a news monitor has stored, searched with Indonesian stemming. Every answer that is no 2xx or 304 is "
    "a problem (RFC 9457). Where the server has a token, present it as a bearer token or as the password of HTTP Basic."
)


def problems(*more: int) -> dict[int | str, dict[str, Any]]:
    return {status: _documented(status) for status in sorted({*_ANYWHERE, *more})}


def atom(*more: int) -> dict[int | str, dict[str, Any]]:
    feed = {"description": "an Atom feed", "content": {AtomResponse.media_type: {"schema": {"type": "string"}}}}
    return {200: feed, 304: {"description": "nothing has changed since the answer with this ETag"}, **problems(*more)}


def openapi_of(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Pantau", version="1", openapi_version=app.openapi_version, description=_DESCRIPTION, routes=app.routes
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(_schemas())
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic", "description": "the token as the password, with any user name"},
    }
    document["security"] = [{}, {"bearer": []}, {"basic": []}]
    return document


def _documented(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _STATUSES[status], "content": {PROBLEM_JSON: {"schema": schema}}}


def _schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}
