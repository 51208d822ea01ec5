"""Cost of putting an article into its story, by the size of the database.

``python benchmarks/linking.py [--sizes 10000 100000 1000000] [--new 3000] [--dir DIR]`` makes a SQLite database of each
size (``benchmarks/newsflow.py``: 5,000 articles a day), then stores the articles of the hours after, in the writer's
groups, and shows the cost of looking for copies beside storing without it. One process, in turn.
"""

import argparse
import hashlib
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.newsflow import A_DAY, Flow, Flowing
from benchmarks.throughput import crawl, serving
from benchmarks.throughput import timed as timed_crawl
from core.text.words import folded_words
from database import articles
from database.articles import Terms
from database.engine import open_database
from database.fingerprints import period_of
from database.schema import Base
from pipelines.fingerprint import SCHEME, Fingerprint, fingerprint, fingerprint_words
from pipelines.story_links import link_stored

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
GROUP = 100  # articles in one transaction: what a busy writer collects
LOOK_BACK_DAYS = 60
PAGES = 1_500  # of the test site, crawled to know what a page costs in all
_CHUNK = 40_000
_TABLES = Base.metadata.tables
_flow: Flow | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of an article, in CPU microseconds, at one size of the database.

    Attributes:
        made: seconds that making the database took; 0 where it was there.
        held: its bytes.
        sign: the fingerprint of the words, by which equal texts are recognised, too.
        link: all that is read and written for the story.
        linked: how many of the measured articles are in a story.
    """

    size: int
    made: float
    held: int
    sign: float
    link: float
    linked: int

    @property
    def whole(self) -> float:
        """The stage."""
        return self.sign + self.link


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--new", type=int, default=3_000, help="articles that are measured (default: 3000)")
    parser.add_argument("--rounds", type=int, default=3, help="of each the median counts (default: 3)")
    parser.add_argument("--dir", type=Path, help="where databases are made, kept and found; none are kept if not given")
    options = parser.parse_args()
    page = crawled_page(PAGES)
    with tempfile.TemporaryDirectory() as folder:
        costs = [cost(options.dir or Path(folder), size, options.new, options.rounds) for size in options.sizes]
    print("\n".join(table(costs, page)))
    return 0


def crawled_page(pages: int) -> float:
    """CPU microseconds a page of a whole crawl into SQLite, this stage included."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), pages):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        timed_crawl(*crawl(Path(folder), Path(folder) / "pantau.db"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e6 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / pages


def cost(folder: Path, size: int, new: int, rounds: int) -> Cost:
    """Make the database if missing, and measure on copies of it."""
    path = folder / f"flow-{size}.db"
    made = 0.0
    if not path.exists():
        began = time.monotonic()
        engine = open_database(f"sqlite:///{path}")
        fill(engine, size)
        engine.dispose()
        made = time.monotonic() - began
    found = []
    for _ in range(rounds):
        copy = folder / "measured.db"
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        engine = open_database(f"sqlite:///{copy}")
        found.append(measure(engine, new))
        engine.dispose()
        copy.unlink()
    sign, link_, linked = (statistics.median(column) for column in zip(*found, strict=True))
    return Cost(size, made, path.stat().st_size, sign, link_, int(linked))


def fill(engine: Engine, size: int) -> None:
    """Put the flow's first ``size`` articles into an empty database, linked."""
    with get_context("fork").Pool(os.cpu_count()) as pool:
        chunks = [(start, min(start + _CHUNK, size)) for start in range(0, size, _CHUNK)]
        known: dict[tuple[str, int], int] = {}
        for made in pool.imap(prepared, chunks):
            write(engine, made, known)
            print(f"{made[-1][0].index + 1} of {size}", file=sys.stderr)


def prepared(chunk: tuple[int, int]) -> list[tuple[Flowing, str, Fingerprint]]:
    """Return the workers' results for the flow's articles of a range."""
    global _flow  # noqa: PLW0603 - made once in each process of the pool
    _flow = _flow or Flow(BEGIN)
    return [(one, digest(one.text), fingerprint(one.text)) for one in _flow.articles(*chunk)]


def write(engine: Engine, made: list[tuple[Flowing, str, Fingerprint]], known: dict[tuple[str, int], int]) -> None:
    """Write the rows of ``link`` all at once.

    ``known``: the fingerprints so far, by text and period.
    """
    new: dict[tuple[str, int], Fingerprint] = {}
    for one, sha, found in made:
        key = (sha, period_of(one.published_at))
        if key not in known:
            known[key] = len(known) + 1
            new[key] = found
    bands = sorted((key[1], band, known[key]) for key, found in new.items() for band in set(found.bands))
    with engine.begin() as connection:
        connection.execute(
            insert(_TABLES["fingerprints"]),
            [
                {"id": known[key], "text_sha256": key[0], "period": key[1], "shingles": found.shingles}
                for key, found in new.items()
            ],
        )
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.executemany("INSERT INTO bands (period, hash, fingerprint_id) VALUES (?, ?, ?)", bands)
        stories = {one.copy_of for one, _, _ in made if one.copy_of is not None}
        driver.executemany(
            "INSERT OR IGNORE INTO stories (id, created_at, articles, outlets) VALUES (?, ?, 0, 0)",
            ((original + 1, BEGIN.isoformat()) for original in stories),
        )
        connection.execute(
            insert(_TABLES["articles"]), [columns(one, sha) | {"scheme": SCHEME} for one, sha, _ in made]
        )
        driver.executemany(
            "UPDATE articles SET story_id = ?1, similarity = coalesce(similarity, 1.0) WHERE id = ?1",
            ((original + 1,) for original in stories),
        )
        driver.executemany(
            "UPDATE stories SET first_id = id, articles = n, outlets = n FROM "
            "(SELECT count(*) AS n FROM articles WHERE story_id = ?1) WHERE id = ?1",
            ((original + 1,) for original in stories),
        )


def columns(one: Flowing, sha: str) -> dict[str, Any]:
    """An article's row."""
    return {
        **articles.empty_columns(articles.FIELDS),
        "id": one.index + 1,
        "outlet": one.outlet,
        "url": f"https://{one.outlet}.example/{one.index}",
        "title": one.text[:60],
        "text": one.text,
        "text_sha256": sha,
        "published_at": one.published_at,
        "published_precision": "second",
        "timezone": "Asia/Jakarta",
        "first_seen_at": one.published_at,
        "fetched_at": one.published_at,
        "origin": "crawl",
        "story_id": None if one.copy_of is None else one.copy_of + 1,
        "similarity": None if one.copy_of is None else 0.8,
        "revision": 1,
    }


def measure(engine: Engine, count: int) -> tuple[float, float, int]:
    """Store the flow's next articles, half of them without looking for copies.

    Returns ``Cost``'s sign, link and linked.
    """
    with engine.connect() as connection:
        start = connection.scalar(text("SELECT max(id) FROM articles")) or 0
    coming = list(Flow(BEGIN).articles(start, start + 2 * count))
    plain = timed(engine, ((one, None) for one in coming[count:]))
    folded = [folded_words(one.text) for one in coming[:count]]
    began = time.process_time()
    found = [fingerprint_words(words) for words in folded]
    sign = time.process_time() - began
    signed = zip(coming[:count], found, strict=True)
    linked = timed(engine, signed)
    with engine.connect() as connection:
        query = text("SELECT count(*) FROM articles WHERE id > :start AND id <= :stop AND story_id IS NOT NULL")
        stories = connection.scalar(query, {"start": start, "stop": start + count}) or 0
    return 1e6 * sign / count, 1e6 * (linked - plain) / count, stories


def timed(engine: Engine, coming: Iterable[tuple[Flowing, Fingerprint | None]]) -> float:
    """CPU seconds of storing articles, a group in a transaction.

    They are linked where they have a fingerprint.
    """
    ready = [
        (columns(one, digest(one.text)) | {"story_id": None, "similarity": None, "scheme": SCHEME}, found)
        for one, found in coming
    ]
    began = time.process_time()
    for group in groups(ready):
        with Session(engine) as session, session.begin():
            for values, found in group:
                same_text = articles.find_by_text(session, values["text_sha256"])
                own = articles.as_match_columns(articles.add(session, values, Terms()), values)
                if found is not None:
                    link_stored(session, own, same_text, found, own.at, look_back=LOOK_BACK_DAYS)
    return time.process_time() - began


def groups(ready: Iterable[tuple[dict[str, Any], Fingerprint | None]]) -> Iterator[list[Any]]:
    """Yield the articles in the writer's groups."""
    waiting = iter(ready)
    while group := list(islice(waiting, GROUP)):
        yield group


def digest(content: str) -> str:
    """Return the common key of equal texts."""
    return hashlib.sha256(" ".join(folded_words(content)).encode()).hexdigest()


def table(costs: list[Cost], page: float) -> list[str]:
    """The lines to print."""
    setting = f"{A_DAY:,} articles a day, look-back {LOOK_BACK_DAYS} days; CPU time, {GROUP} articles a transaction"
    names = (
        "articles held", "made in s", "MiB", "signing µs", "linking µs", "articles/s", "times the first",
        "of a crawled page", "in a story",
    )  # fmt: skip
    lines = [
        f"{setting}. A whole crawl takes {page / 1000:.1f} ms a page.",
        "",
        f"| {' | '.join(names)} |",
        "|---" * len(names) + "|",
    ]
    for one in costs:
        cells = (
            f"{one.size:,}", f"{one.made:.0f}", f"{one.held / 2**20:,.0f}", f"{one.sign:.0f}", f"{one.link:.0f}",
            f"{1e6 / one.whole:,.0f}", f"{one.whole / costs[0].whole:.2f}", f"{one.whole / page:.1%}",
            f"{one.linked:,}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
