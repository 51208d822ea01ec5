"""A small HTTP/1.1 server for pre-built answers: asyncio protocol, keep-alive, no rendering on the way."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote

from tests.site.resource import Resource, failure

_WANTED: Final = re.compile(rb"(?im)^(user-agent|if-none-match|if-modified-since|connection):[ \t]*(.*?)[ \t]*\r?$")


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the request log. ``time`` is in seconds since the epoch, ``bytes`` what was sent back."""

    time: float
    outlet: str
    method: str
    path: str
    user_agent: str | None
    if_none_match: str | None
    if_modified_since: str | None
    status: int
    bytes: int


@dataclass(slots=True)
class Fault:
    """What befalls the next ``times`` requests of an address: a wait, then a status (if set) instead of the answer.

    A status of 0 closes the connection without an answer.
    """

    times: int
    status: int | None = None
    retry_after: int | None = None
    wait: float = 0


class Outlet(Protocol):
    """What the server asks of an outlet."""

    @property
    def name(self) -> str:
        """Its short name."""
        ...

    def answer(self, target: str) -> Resource:
        """The answer to a GET of ``target`` (path and query)."""
        ...


class Host:
    """One outlet behind its port: keeps what was built until it is told that something changed.

    ``delay``: seconds before each answer. ``down``: every connection is dropped at once.
    """

    def __init__(self, outlet: Outlet, log: Callable[[Request], None]) -> None:
        self.outlet = outlet
        self.log = log
        self.faults: dict[str, Fault] = {}
        self.transports: set[asyncio.Transport] = set()
        self.delay = 0.0
        self.down = False
        self._built: dict[str, Resource] = {}

    def forget(self) -> None:
        """Forget what was built: something changed."""
        self._built.clear()

    def build(self, targets: Iterable[str]) -> None:
        """Build answers before they are asked for."""
        for target in targets:
            self.answer(target)

    def answer(self, target: str) -> Resource:
        """The answer to a GET."""
        found = self._built.get(target)
        if found is None:
            found = self._built[target] = self.outlet.answer(target)
        return found

    def fault(self, target: str) -> Fault | None:
        """The fault that befalls this request, counted down."""
        fault = self.faults.get(target)
        if fault is None or fault.times <= 0:
            return None
        fault.times -= 1
        return fault


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host.transports.add(transport)
        if self._host.down:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._host.transports.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            block, self._buffer = self._buffer[: end + 2], self._buffer[end + 4 :]
            self._serve(block)

    def _serve(self, block: bytes) -> None:
        line, _, rest = block.partition(b"\r\n")
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = {name.lower(): value.decode("latin-1") for name, value in _WANTED.findall(rest)}
        fault = self._host.fault(target)
        wait = max(fault.wait if fault else 0, self._host.delay)
        if wait:
            asyncio.get_running_loop().call_later(wait, self._respond, method, target, headers, fault)
        else:
            self._respond(method, target, headers, fault)

    def _respond(self, method: str, target: str, headers: dict[bytes, str], fault: Fault | None) -> None:
        if fault and fault.status == 0:
            self._note(method, target, headers, 0, 0)
            self._transport.abort()
            return
        status, parts = self._answer(method, target, headers, fault)
        self._note(method, target, headers, status, sum(map(len, parts)))
        if not self._transport.is_closing():
            self._transport.writelines(parts)
            if headers.get(b"connection", "").lower() == "close":
                self._transport.close()

    def _answer(
        self, method: str, target: str, headers: dict[bytes, str], fault: Fault | None
    ) -> tuple[int, list[bytes]]:
        if fault and fault.status:
            wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            resource = failure(fault.status, wait)
        elif method in {"GET", "HEAD"}:
            resource = self._host.answer(target)
        else:
            resource = failure(405)
        if resource.unchanged(headers.get(b"if-none-match"), headers.get(b"if-modified-since")):
            return 304, [resource.not_modified]
        return resource.status, [resource.head] if method == "HEAD" else [resource.head, resource.body]

    def _note(self, method: str, target: str, headers: dict[bytes, str], status: int, size: int) -> None:
        self._host.log(
            Request(
                time=time.time(),
                outlet=self._host.outlet.name,
                method=method,
                path=unquote(target),
                user_agent=headers.get(b"user-agent"),
                if_none_match=headers.get(b"if-none-match"),
                if_modified_since=headers.get(b"if-modified-since"),
                status=status,
                bytes=size,
            )
        )
