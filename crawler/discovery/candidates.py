"""Filter a source's candidates by URL and date. No I/O."""

from collections.abc import Sequence

from core.models import Candidate, Reason
from core.scheduling.boundary import DAY_TOLERANCE, Boundary
from core.urls import belongs
from crawler.discovery.result import SourceLink
from outlets.schema import Outlet
from outlets.urls import is_article


def partition_candidates(
    candidates: Sequence[Candidate], outlet: Outlet
) -> tuple[list[Candidate], list[tuple[Candidate, Reason]]]:
    accepted: list[Candidate] = []
    refused: list[tuple[Candidate, Reason]] = []
    for candidate in candidates:
        if not belongs(candidate.url, outlet.domains):
            refused.append((candidate, Reason.OFF_SITE))
        elif outlet.article.url and not is_article(candidate.url, outlet):
            refused.append((candidate, Reason.NOT_ARTICLE_URL))
        else:
            accepted.append(candidate)
    return accepted, refused


def is_too_old(link: SourceLink, boundary: Boundary) -> bool:
    """True for a child sitemap last changed before the boundary.

    One more day is allowed, because ``lastmod`` often is a day without a zone.
    """
    return bool(link.lastmod and boundary.since and link.lastmod < boundary.since - DAY_TOLERANCE)
