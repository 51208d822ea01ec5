"""A round of ``scrapy monitor`` over a thousand outlets: memory, start-up, speed.

``python benchmarks/many_outlets.py [--outlets 1000] [--articles 8]``

The outlets are declarations of one small server on this machine, each with a feed of its own and a few articles; they
have no delay between requests, so that the program and not politeness is measured. Beside it stands the same round
with the feeds unchanged, as most rounds are.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from tests.site.words import Writer  # noqa: E402 - found by the line before

_LIMIT_MB = 600
_SAMPLE_S = 0.2


def main() -> int:
    """Run both rounds and print the table; exit status 1 if memory exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=8, help="of each outlet's feed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with _serve(options.articles) as (port, asked):
            _declare(place / "outlets", options.outlets, port)
            print(f"{options.outlets:,} outlets, {options.articles} articles each\n")
            print("| round | first request after s | all in s | requests | requests/s | stored | peak memory MB |")
            print("|---|---|---|---|---|---|---|")
            peaks = [_round(place, asked, what, *more) for what, *more in (("first",), ("again", "--now"))]
    print(f"\nlimit {_LIMIT_MB} MB: {max(peaks) / _LIMIT_MB:.2f} of it (the program with its worker processes)")
    return int(max(peaks) > _LIMIT_MB)


def _round(place: Path, asked: list[float], what: str, *more: str) -> float:
    asked.clear()
    environment = {
        **os.environ,
        "OUTLET_PATHS": str(place / "outlets"),
        "DATABASE_URL": f"sqlite:///{place}/pantau.db",
        "DATA_DIR": str(place),
    }
    began = time.time()
    command = [sys.executable, "-m", "scrapy", "monitor", "--group", "many", *more]
    with (place / "out.txt").open("w") as out:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _memory_mb(process.pid))
            time.sleep(_SAMPLE_S)
    took = time.time() - began
    said = (place / "out.txt").read_text()
    last = next((line for line in said.splitlines() if line.startswith("round ")), said[-500:])
    stored = last.split("; ")[1].split(" new")[0] if "; " in last else last
    first = min(asked, default=began) - began
    rate = len(asked) / (took - first)
    print(f"| {what} | {first:.1f} | {took:.1f} | {len(asked):,} | {rate:.0f} | {stored} | {peak:.0f} |", flush=True)
    return peak


def _memory_mb(pid: int) -> float:
    """Return the process' and its descendants' memory (PSS)."""
    total, wanted = 0, [pid]
    while wanted:
        one = wanted.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
        except OSError:  # it has ended
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        wanted += map(int, children.split())
    return total / 1024


def _declare(folder: Path, outlets: int, port: int) -> None:
    folder.mkdir()
    for number in range(outlets):
        # Each by a loopback address of its own: a host, a slot, a robots.txt.
        host = f"127.{1 + number // 250}.1.{1 + number % 250}:{port}"
        (folder / f"contoh_{number:04}.toml").write_text(
            f'title = "Contoh {number}"\nsite = "http://{host}/"\ndomains = ["{host}"]\ngroups = ["many"]\n'
            f'status = "active"\n[discover]\nfeeds = ["http://{host}/feed"]\n[politeness]\ndelay = 0\n'
        )


@contextmanager
def _serve(articles: int) -> "Iterator[tuple[int, list[float]]]":
    """Start a server for all of them; return its port and the times of requests."""
    asked: list[float] = []
    now = datetime.now(UTC)
    texts = ["\n".join(f"<p>{one}</p>" for one in Writer(f"many {n}").paragraphs(6)) for n in range(4 * articles)]

    def answer(host: str, path: str) -> tuple[str, str]:
        if path == "/feed":
            items = "".join(
                f"<item><title>Berita {number} dari {host}</title><link>http://{host}/berita/{number}</link>"
                f"<pubDate>{format_datetime(now - timedelta(hours=number))}</pubDate></item>"
                for number in range(articles)
            )
            return "application/rss+xml", f'<rss version="2.0"><channel>{items}</channel></rss>'
        if path == "/robots.txt":
            return "text/plain", "User-agent: *\nDisallow: /cari\n"
        number = int(path.rpartition("/")[2])
        text = texts[(hash(host) + number) % len(texts)]
        title = f"Berita {number} dari {host}"
        return (
            "text/html",
            f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>",
        )

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            asked.append(time.time())
            lines = head.decode("latin-1").split("\r\n")
            host = next(line.partition(": ")[2] for line in lines if line.lower().startswith("host:"))
            kind, body = answer(host, lines[0].split(" ")[1])
            sent = body.encode()
            head_out = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(sent)}\r\n\r\n"
            writer.write(head_out.encode() + sent)
            await writer.drain()

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 10_000)), hard))
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(quietly, "0.0.0.0", 0, backlog=2048), loop).result()
    yield server.sockets[0].getsockname()[1], asked
    loop.call_soon_threadsafe(server.close)


if __name__ == "__main__":
    sys.exit(main())
