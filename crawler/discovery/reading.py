"""What reading a source gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crawler.items import Candidate

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
class Reading:
    """What a source's body says.

    Attributes:
        candidates: in the source's order, each URL once, all of them the outlet's.
        children: sources that it names (sitemaps of an index, feeds of a home page), each once.
        problem: what could not be read, in words; the rest holds what could be read all the same.
        truncated: more than ``MAX_CANDIDATES`` were named.
    """

    candidates: tuple[Candidate, ...] = ()
    children: tuple[SourceLink, ...] = ()
    problem: str | None = None
    truncated: bool = False
