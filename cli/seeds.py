"""Imports seed documents, and prints them."""

import glob
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from scrapy.settings import BaseSettings
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.console import harmless
from core.errors import UsageError
from core.models import Article, Rejection
from database.engine import open_database
from database.schema import Original, StoredArticle
from database.writer import Writer
from outlets.registry import Registry
from outlets.schema import Outlet
from pipelines.backfill import link_all_older, renew_seed_similarities
from pipelines.seeds.files import SeedFile, UnreadableDocument, find_documents
from pipelines.seeds.seed_import import Imported, import_seed

# Documents in one transaction: a commit costs the same for one and for many.
BATCH = 50
# A table that goes into a file or pipe, where no terminal bounds it.
PLAIN_WIDTH = 200
COLUMNS = (
    "document",
    "result",
    "article",
    "title",
    "published",
    "outlet",
    "authors",
    "dateline",
    "credit",
    "paragraphs",
)
UNREADABLE = "unreadable"

Row = dict[str, Any]


def import_documents(settings: BaseSettings, paths: Sequence[str], style: str) -> int:
    """Import and list seed documents; 1 if one could not be read.

    Raises:
        UsageError: none of the paths exists.
    """
    outlets = Registry.from_settings(settings["OUTLET_PATHS"]).all()
    if not any(map(_exists, paths)):
        raise UsageError(f"no such file or directory: {', '.join(paths)}")
    engine = open_database(settings["DATABASE_URL"])
    writer = Writer(engine)
    look_back, now = settings.getint("STORY_LOOK_BACK_DAYS"), datetime.now(UTC)
    try:
        link_all_older(writer, now, look_back=look_back)
        rows = _print_rows(_import_all(writer, find_documents(paths), outlets, look_back), style)
        renew_seed_similarities(writer, now)
    finally:
        writer.close()
        engine.dispose()
    # JSON lines stay alone on standard output.
    print(summary(rows), file=sys.stderr if style == "json" else sys.stdout)
    return int(any(row["result"] == UNREADABLE for row in rows))


def list_documents(session: Session, style: str) -> int:
    query = select(Original, StoredArticle).join(StoredArticle, StoredArticle.id == Original.article_id)
    rows = _print_rows((_original_row(*row) for row in session.execute(query.order_by(Original.id))), style)
    if style == "table":
        print(f"{len(rows)} documents, {len({row['article'] for row in rows})} articles")
    return 0


def summary(rows: Sequence[Row]) -> str:
    counts = Counter(row["result"] for row in rows)
    bad = [f"{row['document']} ({row['reason']})" for row in rows if row["result"] == UNREADABLE]
    line = f"{counts['new'] + counts['joined']} imported, {counts['known']} already there, {len(bad)} unreadable"
    return harmless(f"{line}: {', '.join(bad)}" if bad else line)


def describe(article: Article) -> Row:
    return {
        "title": article.title,
        "published": article.published.at.isoformat() if article.published else None,
        "published_raw": article.published.raw if article.published else None,
        "outlet": article.outlet,
        "authors": article.authors,
        "dateline": article.dateline,
        "credit": article.credit,
        "paragraphs": len(article.text.splitlines()),
    }


def _exists(path: str) -> bool:
    return os.path.lexists(path) or bool(glob.glob(path, recursive=True))  # noqa: PTH207 - pathlib takes no absolute pattern


def _import_all(
    writer: Writer, given: Iterator[SeedFile | UnreadableDocument], outlets: Sequence[Outlet], look_back: int
) -> Iterator[Row]:
    """Import in batches; yield a row per document once committed."""
    while batch := list(islice(given, BATCH)):
        now = datetime.now(UTC)
        read = [(document, _read(document, outlets, now)) for document in batch]

        def work(session: Session) -> list[Imported | None]:
            return [_import_one(session, document, article, now, look_back) for document, article in read]  # noqa: B023 - it runs before the next batch

        for (document, article), imported in zip(read, writer.run_blocking(work), strict=True):
            yield _row(document.name, article, imported)


def _read(document: SeedFile | UnreadableDocument, outlets: Sequence[Outlet], now: datetime) -> Article | str:
    if isinstance(document, UnreadableDocument):
        return document.reason
    article = document.read(outlets, now)
    if isinstance(article, Rejection):
        return article.detail.removeprefix(f"{document.name}: ") or str(article.reason)
    return article


def _import_one(
    session: Session, document: SeedFile | UnreadableDocument, article: Article | str, now: datetime, look_back: int
) -> Imported | None:
    if isinstance(document, UnreadableDocument) or isinstance(article, str):
        return None
    return import_seed(session, document.name, document.content, article, now, look_back=look_back)


def _row(name: str, article: Article | str, imported: Imported | None) -> Row:
    if imported is None or isinstance(article, str):
        return {"document": name, "result": UNREADABLE, "reason": article}
    return {"document": name, "result": imported.what, "article": imported.article_id, **describe(article)}


def _original_row(original: Original, article: StoredArticle) -> Row:
    published = article.published_at
    return {
        "document": original.name,
        "imported_at": original.imported_at.isoformat(),
        "article": article.id,
        "title": article.title,
        "published": published.astimezone(ZoneInfo(article.timezone)).isoformat() if published else None,
        "outlet": article.outlet,
        "authors": article.authors,
        "dateline": article.dateline,
        "credit": article.credit,
        "paragraphs": len(article.text.splitlines()),
        "url": article.url,
    }


def _print_rows(rows: Iterable[Row], style: str) -> list[Row]:
    if style == "json":
        printed = []
        for row in rows:
            print(json.dumps(row, ensure_ascii=False), flush=True)
            printed.append(row)
        return printed
    printed = list(rows)
    if printed:
        _print_table(printed)
    return printed


def _print_table(rows: Sequence[Row]) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    columns = [column for column in COLUMNS if any(column in row for row in rows)]
    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        short = row | {"document": Path(row["document"]).name}
        table.add_row(*(_cell(short.get(column)) for column in columns))
    console.print(table)


def _cell(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return harmless(text) or "-"
