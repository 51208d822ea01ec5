"""``scrapy extract``: articles from saved pages or a WARC archive."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cli.console import PantauCommand
from core.errors import UsageError
from core.models import Article, Page, Rejection, Timestamp

if TYPE_CHECKING:
    from outlets.schema import Outlet

STDIN = "-"
WARC = (".warc", ".warc.gz")


class Command(PantauCommand):
    """Prints a JSON line per page, with ``rejected`` if it is no article."""

    def syntax(self) -> str:
        return 'FILE… [--url URL] [--outlet NAME]   or   - with lines {"file": …, "url": …} on standard input'

    def short_desc(self) -> str:
        return "Extract articles from saved pages (JSON Lines)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="the page's address, for outlet, links and dates (one FILE only)")
        parser.add_argument("--outlet", metavar="NAME", help="read the pages by this declaration")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            raise UsageError("missing FILE, or - to read lines from standard input")
        if opts.url and (len(args) > 1 or args == [STDIN]):
            raise UsageError("--url needs exactly one FILE; for many, give lines with file and url on standard input")
        from outlets.registry import Registry

        registry = Registry.from_settings(self.settings["OUTLET_PATHS"])
        named = registry.get(opts.outlet) if opts.outlet else None
        failed = 0
        for file, url in _files(args, opts.url):
            for page in _pages(file, url):
                record = (
                    page if isinstance(page, dict) else self._record(file, page, named or registry.for_url(page.url))
                )
                failed += "error" in record
                print(json.dumps(record, ensure_ascii=False))
        return int(bool(failed))

    def _record(self, file: str, page: Page, outlet: "Outlet | None") -> dict[str, Any]:
        outlet = outlet or unknown_outlet(page.url)
        head = {"file": file, "url": page.url or None, "outlet": outlet.name}
        from crawler.extraction.article import extract

        result = extract(page, outlet, datetime.now(UTC))
        return head | (_rejection(result) if isinstance(result, Rejection) else _article(result))


def unknown_outlet(url: str) -> "Outlet":
    """Return an outlet for undeclared pages: no rules, Indonesian, WIB."""
    from outlets.schema import Outlet

    site = url if url.startswith("http") else "http://unknown.invalid/"
    host = site.split("/")[2].lower()
    return Outlet(name="unknown", title=host, site=site, domains=(host,))


def _files(args: list[str], url: str | None) -> Iterator[tuple[str, str]]:
    for arg in args:
        if arg == STDIN:
            yield from _lines(sys.stdin)
        else:
            yield arg, url or ""


def _lines(stream: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            yield str(given["file"]), str(given.get("url") or "")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(
                f'line {number} of standard input is not {{"file": …, "url": …}}: {line.strip()[:80]}'
            ) from None


def _pages(file: str, url: str) -> Iterator[Page | dict[str, Any]]:
    from warcio.exceptions import ArchiveLoadFailed

    try:
        if file.endswith(WARC):
            yield from _archived(file)
        else:
            yield Page(url=url, body=Path(file).read_bytes())
    except (OSError, ArchiveLoadFailed) as error:
        yield {"file": file, "error": getattr(error, "strerror", None) or str(error)}


def _archived(file: str) -> Iterator[Page]:
    from w3lib.encoding import http_content_type_encoding
    from warcio.archiveiterator import ArchiveIterator

    with Path(file).open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                content_type = record.http_headers.get_header("Content-Type", "")
                yield Page(
                    url=record.rec_headers.get_header("WARC-Target-URI"),
                    body=record.content_stream().read(),
                    charset=http_content_type_encoding(content_type),
                )


def _rejection(rejection: Rejection) -> dict[str, Any]:
    return {
        "rejected": str(rejection.reason),
        "detail": rejection.detail or None,
        "title": rejection.title,
        "text": rejection.text or None,
    }


def _article(article: Article) -> dict[str, Any]:
    fields = asdict(article)
    published, modified = article.published, article.modified
    for key in ("url", "outlet", "published", "modified", "timezone"):
        del fields[key]
    return fields | {
        "published_at": _iso(published, article.timezone),
        "published_raw": published.raw if published else None,
        "published_source": published.source if published else None,
        "modified_at": _iso(modified, article.timezone),
    }


def _iso(timestamp: Timestamp | None, zone: str) -> str | None:
    return timestamp.at.astimezone(ZoneInfo(zone)).isoformat() if timestamp else None
