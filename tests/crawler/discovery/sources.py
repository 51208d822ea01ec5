"""An outlet and a moment for the tests of discovery, and a short way to read a made-up source."""

from datetime import UTC, datetime

from crawler.discovery import read_source
from crawler.discovery.result import SourceKind, SourceResult
from outlets.schema import ArticleRules, Discover, Outlet

NOW = datetime(2026, 7, 24, 10, 30, tzinfo=UTC)  # 17:30 in Jakarta
OUTLET = Outlet(name="contoh", title="Contoh", site="https://contoh.id/", domains=("contoh.id",))


def outlet(*, links: str | None = None, url: str | None = None, timezone: str = "Asia/Jakarta") -> Outlet:
    changes = {"discover": Discover(links=links), "article": ArticleRules(url=url), "timezone": timezone}
    return OUTLET.model_copy(update=changes)


def read(
    kind: SourceKind,
    body: str | bytes,
    *,
    url: str = "https://contoh.id/sumber/",
    of: Outlet = OUTLET,
    charset: str | None = None,
) -> SourceResult:
    return read_source(kind, body.encode() if isinstance(body, str) else body, url, of, charset=charset, now=NOW)


def urls(reading: SourceResult) -> list[str]:
    return [candidate.url for candidate in reading.candidates]


def titles(reading: SourceResult) -> list[str | None]:
    return [candidate.title for candidate in reading.candidates]


def dates(reading: SourceResult) -> list[str | None]:
    return [one.published.at.isoformat() if one.published else None for one in reading.candidates]
