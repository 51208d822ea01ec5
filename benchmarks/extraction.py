"""Our extraction and trafilatura's on the same pages: quality and CPU time.

    python benchmarks/extraction.py [PAGES_DIR]

``PAGES_DIR`` holds ``manifest.jsonl`` (a line per page: ``file``, ``kind``, ``url``, ``published``, ``gold_text_file``,
``gold_meta_file``) and the files it names; by default ``pages`` in the folder of shared material (``PANTAU_SHARED``).

F1, precision and recall are over word multisets, the mean over the article pages with gold text; a page leaks when a
line of its text begins with the words of page furniture. The table counts correct titles and days among the pages
whose title or day is known. A refused page (a picture with its caption) is scored on the text and title it keeps.
CPU time is this process's.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.models import Article, Page
from crawler.extraction.article import extract
from outlets.schema import Outlet

OURS = "pantau"
LEAKING = re.compile(
    r"\W*(?:baca (?:juga|selengkapnya)|berita (?:lainnya|terkait|terbaru|populer)|simak (?:juga|video)|lihat juga"
    r"|tonton (?:juga|video)|artikel terkait|terpopuler|terkini lainnya|pilihan editor|komentar\b|kirim komentar"
    r"|bagikan|share\b|ikuti .*(?:whatsapp|google news)|follow official|advertisement|scroll to"
    r"|halaman (?:selanjutnya|berikutnya)|copyright|hak cipta|tags?\s*:|\[gambas)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A saved page and what is known of it."""

    name: str
    kind: str
    url: str
    body: bytes
    gold: str | None
    title: str | None
    day: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An extractor's result; ``text`` has dateline and credit, as the gold has."""

    text: str
    title: str | None
    day: str | None
    is_article: bool = True


@dataclass(slots=True)
class Score:
    """One extractor's results over all pages."""

    overlaps: list[tuple[float, float, float]] = field(default_factory=list)
    leaking: list[str] = field(default_factory=list)
    articles: int = 0
    titles: list[bool] = field(default_factory=list)
    days: list[bool] = field(default_factory=list)
    seconds: float = 0.0
    pages: int = 0

    def means(self) -> tuple[float, float, float]:
        """Mean F1, precision and recall."""
        count = max(1, len(self.overlaps))
        f1, precision, recall = (sum(column) / count for column in zip(*self.overlaps, strict=True))
        return f1, precision, recall


def load(folder: Path) -> list[Sample]:
    """The pages that are named in the folder's manifest (feeds are no pages)."""
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines if line.strip())
    return [_sample(folder, row) for row in rows if row["kind"] != "feed"]


def _sample(folder: Path, row: dict[str, Any]) -> Sample:
    meta = json.loads((folder / row["gold_meta_file"]).read_text("utf-8")) if row.get("gold_meta_file") else {}
    day = (row.get("published") or "")[:10].replace("/", "-")
    return Sample(
        name=row["file"],
        kind=row["kind"],
        url=row["url"],
        body=(folder / row["file"]).read_bytes(),
        gold=(folder / row["gold_text_file"]).read_text("utf-8") if row.get("gold_text_file") else None,
        title=meta.get("title"),
        day=day if day[:4].isdigit() else None,
    )


def ours(sample: Sample) -> Reading:
    """This project's extraction with an undeclared outlet: general rules only."""
    result = extract(Page(url=sample.url, body=sample.body), UNDECLARED, datetime.now(UTC))
    if not isinstance(result, Article):
        return Reading(result.text, result.title, None, is_article=False)
    day = result.published.at.astimezone(UNDECLARED.zone).date().isoformat() if result.published else None
    return Reading("\n".join(filter(None, [result.dateline, result.text, result.credit])), result.title, day)


def theirs(*, favor_precision: bool = False) -> Callable[[Sample], Reading]:
    """Trafilatura with its metadata, as a user would call it."""

    def read(sample: Sample) -> Reading:
        found = trafilatura.bare_extraction(
            sample.body, url=sample.url, with_metadata=True, favor_precision=favor_precision
        )
        if found is None or isinstance(found, dict):
            return Reading("", None, None, is_article=False)
        return Reading(found.text or "", found.title, found.date)

    return read


UNDECLARED = Outlet(name="unknown", title="Unknown", site="https://example.com/", domains=("example.com",))
EXTRACTORS: dict[str, Callable[[Sample], Reading]] = {
    OURS: ours,
    "trafilatura": theirs(),
    "trafilatura, favor_precision": theirs(favor_precision=True),
}


def run(samples: Iterable[Sample], extractors: dict[str, Callable[[Sample], Reading]]) -> dict[str, Score]:
    """Run every extractor once on every page, in turn against slow moments.

    Once, because a crawl sees a page once: a second reading would be served from the extractors' caches.
    """
    scores = {name: Score() for name in extractors}
    for sample in samples:
        for name, extractor in extractors.items():
            start = time.process_time()
            reading = extractor(sample)
            scores[name].seconds += time.process_time() - start
            scores[name].pages += 1
            if sample.kind == "article":
                rate(scores[name], sample, reading)
    return scores


def rate(score: Score, sample: Sample, reading: Reading) -> None:
    """Add what one reading of an article page hit and missed."""
    score.articles += 1
    if any(LEAKING.match(line) for line in reading.text.splitlines()):
        score.leaking.append(sample.name)
    if sample.title:
        score.titles.append(words(reading.title) == words(sample.title))
    if sample.day and reading.is_article:
        score.days.append(reading.day == sample.day)
    if sample.gold is not None:
        score.overlaps.append(overlap(reading.text, sample.gold))


def words(text: str | None) -> list[str]:
    """The words in lower case."""
    return re.findall(r"\w+", (text or "").lower())


def overlap(text: str, gold: str) -> tuple[float, float, float]:
    """F1, precision and recall of the words, each as often as it comes."""
    mine, wanted = Counter(words(text)), Counter(words(gold))
    hits = (mine & wanted).total()
    precision, recall = hits / max(1, mine.total()), hits / max(1, wanted.total())
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def table(scores: dict[str, Score]) -> Table:
    """The scores as a table."""
    columns = ("extractor", "F1", "precision", "recall", "leaking", "titles", "days", "CPU ms/page", "times ours")
    drawn = Table(*columns)
    base = scores[OURS].seconds
    for name, score in scores.items():
        f1, precision, recall = score.means()
        drawn.add_row(
            name,
            *(f"{figure:.4f}" for figure in (f1, precision, recall)),
            f"{len(score.leaking)} of {score.articles}",
            f"{sum(score.titles)} of {len(score.titles)}",
            f"{sum(score.days)} of {len(score.days)}",
            f"{1000 * score.seconds / score.pages:.1f}",
            f"{score.seconds / base:.1f}",
        )
    return drawn


def main(arguments: list[str]) -> int:
    """Run the comparison on the pages that the command line or the environment names."""
    shared = Path(os.environ.get("PANTAU_SHARED", Path(__file__).parents[2] / "shared"))
    folder = Path(arguments[0]) if arguments else shared / "pages"
    console = Console(width=120)
    if not (folder / "manifest.jsonl").is_file():
        console.print(f"No pages to measure on: {folder} has no manifest.jsonl. Name a folder that has one.")
        return 1
    samples = load(folder)
    run(samples[:1], EXTRACTORS)  # models and tables are loaded once a process, in a crawl too
    console.print(table(run(samples[1:] + samples[:1], EXTRACTORS)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
