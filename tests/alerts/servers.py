"""A webhook and a mail server on loopback that take only some of what they get, and remember what they took."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Takes = Callable[[int], bool]


def always(_number: int) -> bool:
    return True


def never(_number: int) -> bool:
    return False


def every_other(number: int) -> bool:
    """The second, the fourth …"""
    return number % 2 == 0


@dataclass
class Inbox:
    """What a server took, and how often it was asked; ``after`` is called before it answers that it took something."""

    takes: Takes = always
    asked: int = 0
    taken: list[Any] = field(default_factory=list)
    after: Callable[[], None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def offer(self, message: Any) -> bool:
        with self.lock:
            self.asked += 1
            taken = self.takes(self.asked)
            if taken:
                self.taken.append(message)
        if taken and self.after:
            self.after()
        return taken


@contextmanager
def webhook(takes: Takes = always) -> Iterator[tuple[int, Inbox]]:
    """Gives the port and the inbox, whose messages are what the JSON says."""
    inbox = Inbox(takes)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if inbox.offer(body | {"path": self.path}) else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that was killed meanwhile."""

    with Server(("127.0.0.1", 0), Handler) as server:
        yield from _served(server, inbox)


@contextmanager
def mail_server(takes: Takes = always) -> Iterator[tuple[int, Inbox]]:
    """Gives the port and the inbox, whose messages are ``EmailMessage``s. Just enough SMTP (RFC 5321) to be fooled."""
    inbox = Inbox(takes)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 loopback\r\n")
            for line in self.rfile:
                verb = line[:4].upper().strip()
                if verb == b"EHLO":
                    self.wfile.write(b"250-loopback\r\n250 AUTH PLAIN\r\n")
                elif verb == b"AUTH":
                    self.wfile.write(b"235 come in\r\n")
                elif verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    content = b"".join(iter(self.rfile.readline, b".\r\n"))
                    message = message_from_bytes(content, policy=policy.default)
                    self.wfile.write(b"250 taken\r\n" if inbox.offer(message) else b"451 later\r\n")
                elif verb == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 fine\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that was killed meanwhile."""

    with Server(("127.0.0.1", 0), Handler) as server:
        yield from _served(server, inbox)


def _served(server: socketserver.TCPServer, inbox: Inbox) -> Iterator[tuple[int, Inbox]]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1], inbox
    finally:
        server.shutdown()
        thread.join()


def html_of(message: EmailMessage) -> str:
    """The HTML of a mail."""
    part = message.get_body(("html",))
    assert part is not None
    content: str = part.get_content()
    return content
