"""The test site: its outlets served on loopback, and the handles by which a test changes them meanwhile."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar
from urllib.parse import urlsplit

from tests.site.article import Article, Truth, truth_of
from tests.site.newsroom import Clock, Newsroom
from tests.site.server import Connection, Fault, Host, Request
from tests.site.web import build, names

Result = TypeVar("Result")


class Site:
    """Serves the outlets from a thread of its own between ``start`` and ``stop`` (or as a context manager).

    ``folder`` receives ``outlets/NAME.toml``, ``truth.jsonl`` and ``forbidden.txt`` (URL prefixes that no crawler may
    ask for). ``now`` is the site's time: it stands still until ``set_clock``; articles with a later date are
    not yet online.

    Args:
        folder: where the files go; made if it is not there.
        seed: of all texts and dates.
        now: aware; default the real time at the start.
        bulk: articles of the outlet ``bulk``; 0 for no such outlet.
        slow: seconds that the slow article of ``gema_retak`` takes.
        log: file that gets every request as a line of JSON.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 1,
        now: datetime | None = None,
        bulk: int = 0,
        slow: float = 2,
        log: Path | None = None,
    ) -> None:
        self.folder = folder
        self.clock = Clock(now or datetime.now(UTC))
        self._seed, self._bulk, self._slow, self._log_path = seed, bulk, slow, log
        self._requests: list[Request] = []
        self._log_file: TextIO | None = None
        self._loop: asyncio.AbstractEventLoop
        self._closing = ExitStack()
        self.newsrooms: dict[str, Newsroom] = {}
        self._hosts: dict[str, Host] = {}

    # Life

    def start(self) -> None:
        """Build everything, write the files, serve."""
        sockets = {name: _listen() for name in self.names()}
        bases = {name: f"http://127.0.0.1:{sock.getsockname()[1]}" for name, sock in sockets.items()}
        for newsroom in self.build(bases):
            self.newsrooms[newsroom.name] = newsroom
            host = self._hosts[newsroom.name] = Host(newsroom, self._note)
            host.faults.update(newsroom.faults())
            if newsroom.prebuilt:
                host.build(article.path for article in newsroom.articles)
        if self._log_path:
            self._log_file = self._closing.enter_context(self._log_path.open("a", encoding="utf-8", buffering=1))
        self._write_declarations()
        self.write_truth()
        self._start_loop()
        for name, sock in sockets.items():
            self._wait(self._serve(self._hosts[name], sock))

    def stop(self) -> None:
        """Close all connections and files."""
        self._closing.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def names(self) -> list[str]:
        """The outlets that there will be."""
        return names(self._bulk)

    def build(self, bases: Mapping[str, str]) -> list[Newsroom]:
        """The outlets, each below its base URL."""
        return build(bases, self.clock, self._seed, self._bulk, self._slow)

    # What there is

    @property
    def declarations(self) -> Path:
        """The folder of the outlets' TOML files."""
        return self.folder / "outlets"

    def truth(self) -> list[Truth]:
        """What a crawl of everything that is online now should find."""
        return [
            truth_of(article, newsroom.base)
            for newsroom in self.newsrooms.values()
            for article in newsroom.articles
            if article.published <= self.clock.now
        ]

    def forbidden(self) -> list[str]:
        """URL prefixes that must never be asked for."""
        return [room.base + path for room in self.newsrooms.values() for path in room.forbidden]

    def requests(self, outlet: str | None = None) -> list[Request]:
        """The requests so far, oldest first, of one outlet or all."""
        return [one for one in list(self._requests) if outlet in {None, one.outlet}]

    def forget_requests(self) -> None:
        """Empty the list (not the log file)."""
        self._requests.clear()

    # Changes while it serves

    def set_clock(self, now: datetime) -> None:
        """Set the site's time: what is due goes online, and relative dates move on."""

        def change() -> None:
            before = {name: room.visible() for name, room in self.newsrooms.items()}
            self.clock.now = now
            for name, room in self.newsrooms.items():
                self._hosts[name].forget()
                if room.visible() != before[name]:
                    room.changed()

        self._on_loop(change)

    def publish(self, outlet: str, at: datetime | None = None) -> Truth:
        """Publish a new article, now or at a given time (later than now: it waits for the clock)."""
        newsroom = self.newsrooms[outlet]
        article = self._change(newsroom, lambda: newsroom.compose(at or self.clock.now))
        return truth_of(article, newsroom.base)

    def edit(self, url: str, *, title: str | None = None, paragraphs: list[str] | None = None) -> Truth:
        """Change an article's words; its modification date becomes the site's time."""
        newsroom, article = self._article(url)

        def change() -> None:
            article.title = title or article.title
            article.paragraphs = paragraphs or article.paragraphs
            at = max(self.clock.now.replace(microsecond=0), article.changed + timedelta(seconds=1))
            article.modified = at.astimezone(newsroom.zone)

        self._change(newsroom, change)
        return truth_of(article, newsroom.base)

    def touch(self, outlet: str) -> None:
        """Change the furniture of all pages of an outlet and nothing else."""
        newsroom = self.newsrooms[outlet]

        def change() -> None:
            newsroom.visits += 17
            self._hosts[outlet].forget()

        self._on_loop(change)

    def take_down(self, url: str, status: int = 404) -> None:
        """Answer for an article with 404 or 410, and list it no more."""
        newsroom, article = self._article(url)
        self._change(newsroom, lambda: setattr(article, "status", status))

    def restore(self, url: str) -> None:
        """Undo ``take_down``."""
        self.take_down(url, 200)

    def fail(self, url: str, *, times: int, status: int, retry_after: int | None = None) -> None:
        """Answer the next requests of a URL (an article's or a source's) with a status; 0 drops the connection."""
        self._befall(url, Fault(times, status=status, retry_after=retry_after))

    def hang(self, url: str, seconds: float, *, times: int = 1) -> None:
        """Let the next requests of a URL wait."""
        self._befall(url, Fault(times, wait=seconds))

    def write_truth(self) -> None:
        """Write ``truth.jsonl`` and ``forbidden.txt`` as of now."""
        lines = [json.dumps(one.record(), ensure_ascii=False) + "\n" for one in self.truth()]
        (self.folder / "truth.jsonl").write_text("".join(lines), encoding="utf-8")
        (self.folder / "forbidden.txt").write_text("".join(f"{url}\n" for url in self.forbidden()), encoding="utf-8")

    # Inside

    def _write_declarations(self) -> None:
        self.declarations.mkdir(parents=True, exist_ok=True)
        for newsroom in self.newsrooms.values():
            (self.declarations / f"{newsroom.name}.toml").write_text(_declaration(newsroom), encoding="utf-8")

    def _article(self, url: str) -> tuple[Newsroom, Article]:
        newsroom, target = self._place(url)
        article = newsroom.find(target)
        if article is None:
            raise KeyError(url)
        return newsroom, article

    def _place(self, url: str) -> tuple[Newsroom, str]:
        parts = urlsplit(url)
        newsroom = next(room for room in self.newsrooms.values() if room.base.endswith(f"//{parts.netloc}"))
        return newsroom, parts._replace(scheme="", netloc="").geturl()

    def _befall(self, url: str, fault: Fault) -> None:
        newsroom, target = self._place(url)
        self._hosts[newsroom.name].faults[target] = fault

    def _change(self, newsroom: Newsroom, change: Callable[[], Result]) -> Result:
        """Change an outlet's stock."""

        def run() -> Result:
            result = change()
            newsroom.changed()
            self._hosts[newsroom.name].forget()
            return result

        return self._on_loop(run)

    def _on_loop(self, change: Callable[[], Result]) -> Result:
        """Run a change on the serving thread, so that no answer is built from half of it."""

        async def run() -> Result:
            return change()

        return self._wait(run())

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _serve(self, host: Host, sock: socket.socket) -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Connection(host), sock=sock, backlog=512)
        self._closing.callback(lambda: self._wait(_close(server, host)))

    def _start_loop(self) -> None:
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, name="test site", daemon=True)
        thread.start()

        def stop() -> None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

        self._closing.callback(stop)

    def _note(self, request: Request) -> None:
        self._requests.append(request)
        if self._log_file:
            self._log_file.write(json.dumps(asdict(request), ensure_ascii=False) + "\n")


async def _close(server: asyncio.Server, host: Host) -> None:
    server.close()
    for transport in list(host.transports):
        transport.abort()
    await asyncio.sleep(0)  # lets the connections hear of it


def _listen() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.bind(("127.0.0.1", 0))
    return sock


def _declaration(newsroom: Newsroom) -> str:
    domain = newsroom.base.removeprefix("http://")
    head = (
        f'title = "{newsroom.title}"\nsite = "{newsroom.base}/"\ndomains = ["{domain}"]\n'
        f'timezone = "{newsroom.timezone}"\n'
        'status = "active"\nnote = "An outlet of the test site, on this machine only."\n'
    )
    return f"{head}\n{newsroom.declaration()}\n[politeness]\ndelay = 0\n"
