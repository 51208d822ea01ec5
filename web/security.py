"""Access control and security headers. The content comes from strangers.

Without a token every user of this machine has access, but no other site through a browser: Host is checked against DNS
rebinding, Sec-Fetch-Site and Origin against other sites' forms and scripts.
"""

import base64
import binascii
import hmac
import re
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import Problem, answer, problem

# Only our own style sheet and images; no scripts.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Hides addresses from other sites. With "no-referrer" browsers would send "Origin: null" for our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MIN_TOKEN = 16
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Five times the longest saved search.
_MAX_BODY = 64 * 1024
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Pantau", charset="UTF-8"'}


class SecureHeaders:
    """ASGI middleware: add ``HEADERS``; forbid caching unless the answer allows it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                # Revalidated each time, and answered with 304 if unchanged.
                static = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "private, no-cache" if static else "no-store")
            await send(message)

        await self._app(scope, receive, secured)


class Guard:
    """ASGI middleware: refuse requests without access before anything else.

    Args:
        app: the application.
        token: as a bearer token, or as the password of HTTP Basic with any user name, for browsers and feed readers;
            ``None`` accepts requests to this machine only.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":  # there are no web sockets here
            headers = Headers(scope=scope)
            refused = self._refusal(scope["method"], scope["path"], headers)
            if refused is None:
                await self._app(scope, _bounded(receive), send)
            else:
                more = _CHALLENGE if refused.status == HTTPStatus.UNAUTHORIZED else None
                await answer(scope["path"], refused, more)(scope, receive, send)

    def _refusal(self, method: str, path: str, headers: Headers) -> Problem | None:
        if self._token is not None and not _presents(headers.get("authorization", ""), self._token):
            return problem(
                401, "no-token", "A token is needed", "present the token as the password, with any user name"
            )
        if self._token is None and _host(headers.get("host", "")) not in _LOCAL_NAMES:
            return problem(421, "wrong-host", "Not for this server", "without a token it answers to localhost only")
        if _CONTROLS.search(path):  # no name has them; PostgreSQL fails on NUL
            return problem(400, "wrong-address", "No address", "an address has no control characters")
        if method not in _SAFE_METHODS and not _from_own_page(headers):
            return problem(403, "other-site", "From another site", "changes are made from this server's own pages only")
        if _length(headers) > _MAX_BODY:
            return problem(413, "too-large", "Too large", _TOO_LARGE)
        return None


_TOO_LARGE = f"a request's body may have {_MAX_BODY:,} bytes"


def _presents(authorization: str, token: str) -> bool:
    scheme, _, value = authorization.partition(" ")
    presented = value.strip()
    if scheme.lower() == "basic":
        try:
            presented = base64.b64decode(presented, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(presented.encode(), token.encode())


def _host(header: str) -> str | None:
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def _from_own_page(headers: Headers) -> bool:
    """True for our own pages, and for programs, which send neither header."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in {"same-origin", "none"}
    if (origin := headers.get("origin")) is not None:
        return origin.partition("://")[2] == headers.get("host")
    return True


def _length(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _bounded(receive: Receive) -> Receive:
    """Limit a body that does not state its length."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > _MAX_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LARGE)
        return message

    return limited
