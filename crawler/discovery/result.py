"""Result of reading a source."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.models import Candidate
from core.urls import belongs, is_home
from outlets.schema import Outlet

SourceKind = Literal["feed", "sitemap", "listing", "home"]

# Limit of the sitemap protocol for one file; no feed or listing comes near.
MAX_CANDIDATES = 50_000


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A source named by another; an old ``lastmod`` (aware) saves the download."""

    url: str
    kind: SourceKind
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceResult:
    """Contents of a source.

    Attributes:
        candidates: in the source's order, each URL once, all on the outlet's domains.
        children: sitemaps of an index or feeds of a home page, each once.
        problem: the unreadable part; the other fields hold the rest.
        truncated: more than ``MAX_CANDIDATES``.
        hint: polling interval that the source asks for.
    """

    candidates: tuple[Candidate, ...] = ()
    children: tuple[SourceLink, ...] = ()
    problem: str | None = None
    truncated: bool = False
    hint: timedelta | None = None

    def with_problem(self, problem: str | None) -> "SourceResult":
        return replace(self, problem="; ".join(filter(None, (problem, self.problem))) or None)


@dataclass(frozen=True, slots=True)
class SourceContext:
    """Facts about a source besides its body; ``now`` is the answer's time, aware."""

    url: str
    outlet: Outlet
    now: datetime
    charset: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Zone for times without one."""
        return self.outlet.zone


def collect(entries: Iterable[Candidate | SourceLink], outlet: Outlet) -> SourceResult:
    kept: dict[str, Candidate | SourceLink] = {}
    foreign = 0
    truncated = False
    for entry in entries:
        if entry.url in kept:
            continue
        if not belongs(entry.url, outlet.domains):
            foreign += 1
        elif len(kept) >= MAX_CANDIDATES:
            truncated = True
            break
        elif not _is_home(entry, outlet):
            kept[entry.url] = entry
    problem = f"all {foreign} URLs are off the outlet's domains" if foreign and not kept else None
    if truncated:
        problem = f"more than {MAX_CANDIDATES} URLs: the rest was not read"
    return SourceResult(
        candidates=tuple(entry for entry in kept.values() if isinstance(entry, Candidate)),
        children=tuple(entry for entry in kept.values() if isinstance(entry, SourceLink)),
        problem=problem,
        truncated=truncated,
    )


def _is_home(entry: Candidate | SourceLink, outlet: Outlet) -> bool:
    # A home page has hardly any path: no need to identify each of 50,000 URLs.
    return (
        isinstance(entry, Candidate)
        and entry.url.count("/") <= outlet.site.count("/")
        and is_home(entry.url, outlet.site)
    )
