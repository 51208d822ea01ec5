"""What reading a source gives, and how candidates are gathered into it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.models import Candidate
from core.urls import belongs, is_home
from outlets.schema import Outlet

SourceKind = Literal["feed", "sitemap", "listing", "home"]

# What the sitemap protocol allows in one file; no feed or listing comes near.
MAX_CANDIDATES = 50_000


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A source that another one names.

    ``lastmod`` is when it changed, aware, if that was said: an older child needs no download.
    """

    url: str
    kind: SourceKind
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What a source's body says.

    Attributes:
        candidates: in the source's order, each URL once, all of them the outlet's.
        children: sources that it names (sitemaps of an index, feeds of a home page), each once.
        problem: what could not be read, in words; the rest holds what could be read all the same.
        truncated: more than ``MAX_CANDIDATES`` were named.
        hint: how long the source says that it stays as it is.
    """

    candidates: tuple[Candidate, ...] = ()
    children: tuple[SourceLink, ...] = ()
    problem: str | None = None
    truncated: bool = False
    hint: timedelta | None = None

    def with_problem(self, problem: str | None) -> "SourceResult":
        """The same with one more problem."""
        return replace(self, problem="; ".join(filter(None, (problem, self.problem))) or None)


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a reader must know of the source besides its body.

    Attributes:
        url: the address that the body came from; relative links start there.
        outlet: whose source it is.
        now: when the body came, aware.
        charset: what the Content-Type header says, if anything.
    """

    url: str
    outlet: Outlet
    now: datetime
    charset: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The outlet's zone, for times that state none."""
        return self.outlet.zone


def collect(found: Iterable[Candidate | SourceLink], outlet: Outlet) -> SourceResult:
    """The outlet's own, each URL once and ``MAX_CANDIDATES`` in all; a problem when all were other sites'."""
    kept: dict[str, Candidate | SourceLink] = {}
    foreign = 0
    truncated = False
    for one in found:
        if one.url in kept:
            continue
        if not belongs(one.url, outlet.domains):
            foreign += 1
        elif len(kept) >= MAX_CANDIDATES:
            truncated = True
            break
        elif not _is_home(one, outlet):
            kept[one.url] = one
    problem = f"all {foreign} URLs are off the outlet's domains" if foreign and not kept else None
    if truncated:
        problem = f"more than {MAX_CANDIDATES} URLs: the rest was not read"
    return SourceResult(
        candidates=tuple(one for one in kept.values() if isinstance(one, Candidate)),
        children=tuple(one for one in kept.values() if isinstance(one, SourceLink)),
        problem=problem,
        truncated=truncated,
    )


def _is_home(one: Candidate | SourceLink, outlet: Outlet) -> bool:
    # A home page has hardly any path: no need to identify each of 50,000 URLs.
    return isinstance(one, Candidate) and one.url.count("/") <= outlet.site.count("/") and is_home(one.url, outlet.site)
