"""The real server on the made-up archive, and a browser that reports whatever it does not like."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, expect

from web.server import create_app
from web.state import WebState

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
# Machines that do much else at the same time are slow.
_PATIENCE_S = 30


@contextmanager
def served(state: WebState) -> Iterator[str]:
    """The server in a thread; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(state), log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        until = time.monotonic() + _PATIENCE_S
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@dataclass
class Window:
    """A page of the browser, and what it did that no page of ours may do.

    Attributes:
        errors: what the console was told, the policy's violations among it; dialogs; exceptions of scripts.
        strays: addresses asked that are not the server's.
    """

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("dialog", self._dialog)

    def open(self, path: str) -> Page:
        """Goes to a page of the server's."""
        self.page.goto(self.address + path)
        return self.page

    def _console(self, message: ConsoleMessage) -> None:
        # An answer that is an error by its number is not one of the page.
        if message.type in {"error", "warning"} and "server responded with a status of" not in message.text:
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.address}/"):
            self.strays.append(request.url)

    def _dialog(self, dialog: Dialog) -> None:
        self.errors.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()


@contextmanager
def window(browser: Browser, address: str, **options: object) -> Iterator[Window]:
    """A window of its own, without anything remembered from others."""
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]  # Playwright's many options
    context.set_default_timeout(1000 * _PATIENCE_S)
    expect.set_options(timeout=1000 * _PATIENCE_S)
    try:
        yield Window(context.new_page(), address)
    finally:
        context.close()
