"""Pages per second: the whole crawl into SQLite beside a bare Scrapy spider.

``python benchmarks/throughput.py [--pages 2000] [--rounds 2]`` serves the test site's ``bulk`` outlet (pages of 40 to
100 KB) from a process of its own and runs the two in turn on the same pages, whole processes, start-up included.
"""

import argparse
import os
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

# Scrapy's own defaults but for what would print or open ports; the pages come straight from the list.
BARE = """
import sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for url in open(sys.argv[1]):
            yield scrapy.Request(url.strip())
    def parse(self, response):
        assert response.status == 200 and len(response.body) > 10_000

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
process.crawl(Bare)
process.start()
"""


def main() -> int:
    """Print the table; exit status 1 when a page is missing from the database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), options.pages):
        place = Path(folder)
        urls = place / "urls.txt"
        urls.write_text("\n".join(bulk_urls(place)), encoding="utf-8")
        bare: list[float] = []
        ours: list[float] = []
        for round_number in range(options.rounds):
            bare.append(timed([sys.executable, "-c", BARE, str(urls)], {}))
            database = place / f"pantau-{round_number}.db"
            ours.append(timed(*crawl(place, database)))
            stored = count(database)
            print(f"round {round_number + 1}: {bare[-1]:.1f} s and {ours[-1]:.1f} s, {stored} stored", file=sys.stderr)
            if stored != options.pages:
                print(f"stored {stored} of {options.pages} pages")
                return 1
    print(table(options.pages, bare, ours))
    return 0


@contextmanager
def serving(folder: Path, pages: int) -> Iterator[None]:
    """The test site in a process of its own."""
    command = [sys.executable, "-m", "tests.site", "--dir", str(folder), "--bulk", str(pages)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        while server.stdout.readline().strip() != "ready":
            if server.poll() is not None:
                raise RuntimeError("the test site did not start")
        try:
            yield
        finally:
            server.send_signal(signal.SIGTERM)


def bulk_urls(folder: Path) -> list[str]:
    """The addresses of the bulk outlet's articles."""
    truth = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        match[1] for line in truth if '"outlet": "bulk"' in line and (match := re.search(r'"url": "([^"]+)"', line))
    ]


def crawl(folder: Path, database: Path) -> tuple[list[str], dict[str, str]]:
    """Our command and its environment."""
    command = [sys.executable, "-m", "scrapy", "crawl", "bulk", "-a", "since=3650d"]
    return command, {"DATABASE_URL": f"sqlite:///{database}", "OUTLET_PATHS": str(folder / "outlets")}


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Run a command to its end; gives wall seconds."""
    everyday = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    subprocess.run(command, cwd=PROJECT, env={**everyday, **environment}, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def count(database: Path) -> int:
    """The articles in a database."""
    connection = sqlite3.connect(database)
    try:
        return int(connection.execute("select count(*) from articles").fetchone()[0])
    finally:
        connection.close()


def table(pages: int, bare: list[float], ours: list[float]) -> str:
    """The medians side by side; the ratio is taken round by round."""
    ratio = statistics.median(one / other for one, other in zip(bare, ours, strict=True))
    rows = [("bare Scrapy spider, fetches only", bare, 1.0), ("scrapy crawl, into SQLite", ours, ratio)]
    lines = [
        f"{pages} pages, {len(bare)} rounds in turn, {os.cpu_count()} cores; whole processes",
        "",
        "| what | seconds | pages/s | of the bare spider's pages/s |",
        "|---|---|---|---|",
    ]
    for name, runs, share in rows:
        wall = statistics.median(runs)
        lines.append(f"| {name} | {wall:.1f} | {pages / wall:.0f} | {share:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
