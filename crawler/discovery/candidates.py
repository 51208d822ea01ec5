"""What a source names that is worth asking for, as far as addresses and dates tell; pure, before the ledger decides."""

from collections.abc import Sequence

from core.models import Candidate, Reason
from core.scheduling.boundary import DAY_TOLERANCE, Boundary
from core.urls import belongs
from crawler.discovery import SourceLink
from outlets.schema import Outlet
from outlets.urls import is_article


def partition_candidates(
    candidates: Sequence[Candidate], outlet: Outlet
) -> tuple[list[Candidate], list[tuple[Candidate, Reason]]]:
    """Those that may be articles of the outlet, and those that cannot be, with the reason."""
    wanted: list[Candidate] = []
    refused: list[tuple[Candidate, Reason]] = []
    for candidate in candidates:
        if not belongs(candidate.url, outlet.domains):
            refused.append((candidate, Reason.OFF_SITE))
        elif outlet.article.url and not is_article(candidate.url, outlet):
            refused.append((candidate, Reason.NOT_ARTICLE_URL))
        else:
            wanted.append(candidate)
    return wanted, refused


def is_too_old(link: SourceLink, boundary: Boundary) -> bool:
    """Whether a child sitemap cannot hold anything from the boundary on.

    A ``lastmod`` often has only a day, and no zone: one day more is allowed for.
    """
    return bool(link.lastmod and boundary.since and link.lastmod < boundary.since - DAY_TOLERANCE)
