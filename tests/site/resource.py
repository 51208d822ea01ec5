"""An answer of the test site, kept as the bytes that go over the wire."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from hashlib import blake2s
from http import HTTPStatus


@dataclass
class Resource:
    """One answer to a GET.

    Attributes:
        etag: with its quotes; ``None`` for none.
        lies: send the validators but never answer 304.
    """

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: datetime | None = None
    lies: bool = False

    @cached_property
    def head(self) -> bytes:
        """Status line and headers."""
        return _head(self.status, self._validators() | self.headers | {
            "Content-Type": self.content_type, "Content-Length": str(len(self.body)),
        })  # fmt: skip

    @cached_property
    def not_modified(self) -> bytes:
        """The 304 answer."""
        return _head(304, self._validators())

    def unchanged(self, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Whether a conditional request gets 304 (RFC 9110 §13.2.2: the ETag goes first)."""
        if self.status != 200 or self.lies:
            return False
        if if_none_match is not None:
            return self.etag is not None and self.etag in if_none_match
        return if_modified_since is not None and if_modified_since == self._validators().get("Last-Modified")

    def _validators(self) -> dict[str, str]:
        found = {}
        if self.etag:
            found["ETag"] = self.etag
        if self.last_modified:
            found["Last-Modified"] = http_date(self.last_modified)
        return found


def http_date(at: datetime) -> str:
    """RFC 9110 §5.6.7."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def etag_of(body: bytes) -> str:
    """A strong validator."""
    return f'"{blake2s(body, digest_size=8).hexdigest()}"'


def redirect(location: str, status: int = 301) -> Resource:
    """A redirect to an absolute URL or a path."""
    return Resource(b"", status=status, headers={"Location": location})


def failure(status: int, headers: dict[str, str] | None = None) -> Resource:
    """An error answer with a small page."""
    phrase = HTTPStatus(status).phrase
    return Resource(
        f"<html><body><h1>{status} {phrase}</h1></body></html>".encode(), status=status, headers=headers or {}
    )


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
