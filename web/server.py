"""The server: a listening socket, and uvicorn."""

import ipaddress
import os
import socket
from collections.abc import Callable
from contextlib import closing

import uvicorn

from core.errors import PantauError, UsageError
from web.app import create_app
from web.security import MIN_TOKEN
from web.state import WebState

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
    """Open a listening socket.

    Args:
        host: a name or address; other machines may reach it only with a token.
        port: 0 takes any free port.
        guarded: True if a token is required.

    Raises:
        UsageError: no such address, or it needs a token.
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
    """Return the address for a browser."""
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
