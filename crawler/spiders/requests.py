"""Requests for sources and articles; headers of their answers."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from scrapy.http import Request, Response
from w3lib.encoding import http_content_type_encoding

from core.urls import download_slot
from database.ledger import Validators

# Sources come before articles, these before a listing's next page, which is not needed if this page's articles are too
# old. Rechecks come in between: they can wait for new articles, but not for a walk of hours.
SOURCE_PRIORITY = 100
ARTICLE_PRIORITY = 0
RECHECK_PRIORITY = -50
WALK_PRIORITY = -100


class StoredValidators(Protocol):
    """Validators of an earlier answer."""

    @property
    def etag(self) -> str | None:
        """ETag with its quotes."""

    @property
    def last_modified(self) -> str | None:
        """Last-Modified date as sent."""


def source_request(
    url: str, callback: Callable[..., Any], errback: Callable[..., Any], max_size: int, **cb_kwargs: Any
) -> Request:
    return Request(
        url,
        callback=callback,
        errback=errback,
        cb_kwargs=cb_kwargs,
        priority=SOURCE_PRIORITY,
        dont_filter=True,
        meta={"download_slot": download_slot(url), "expect": "source", "download_maxsize": max_size},
    )


def article_request(
    url: str, callback: Callable[..., Any], errback: Callable[..., Any], priority: int, **cb_kwargs: Any
) -> Request:
    return Request(
        url,
        callback=callback,
        errback=errback,
        cb_kwargs=cb_kwargs,
        priority=priority,
        dont_filter=True,
        meta={"download_slot": download_slot(url), "expect": "page"},
    )


def conditional_headers(state: StoredValidators) -> Mapping[str, str]:
    """Return headers that let the server answer 304 (RFC 9110 §13.1)."""
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value}


def response_validators(response: Response) -> Validators:
    """Return the validators; the hash is for servers without reliable ETag."""
    return Validators(
        etag=header_value(response, b"ETag"),
        last_modified=header_value(response, b"Last-Modified"),
        body_sha256=hashlib.sha256(response.body).hexdigest(),
    )


def charset(response: Response) -> str | None:
    return http_content_type_encoding(header_value(response, b"Content-Type") or "")


def header_value(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
