"""Task of the worker processes: extract, then normalise a page. Pure."""

from datetime import UTC, datetime

from core.models import Page, Rejection
from crawler.extraction.article import extract
from outlets.schema import Outlet
from pipelines.normalise import Normalised, normalise


def prepare(page: Page, outlet: Outlet, now: datetime) -> Normalised | Rejection:
    result = extract(page, outlet, now)
    return result if isinstance(result, Rejection) else normalise(result)


def prepare_all(pages: list[tuple[Page, Outlet]]) -> list[Normalised | Rejection]:
    return [prepare(page, outlet, page.fetched_at or datetime.now(UTC)) for page, outlet in pages]
