"""Pages and documents to be stored, made up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Article, Candidate, Rejection, Timestamp
from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import Base
from outlets.schema import Outlet
from pipelines.new_article import Stored, StoreJob, store
from pipelines.normalise import normalise

NAMED_AT = datetime(2024, 9, 14, 5, tzinfo=UTC)
NOW = datetime(2024, 9, 14, 6, tzinfo=UTC)
EVERYTHING = Boundary()
LOOK_BACK = 60  # days
TEXT = (
    "Petani di lereng Dieng mulai menanam bawang merah pada awal pekan ini.\n"
    "Mereka berharap panen tiba sebelum musim hujan, dan harga di pasar tetap baik sampai akhir tahun."
)


def outlet(name: str) -> Outlet:
    return Outlet(name=name, title=name.title(), site=f"https://{name}.test/", domains=(f"{name}.test",))


def stamp(hour: int) -> Timestamp:
    at = datetime(2024, 9, 14, hour, tzinfo=UTC)
    return Timestamp(at, at.isoformat(), "json-ld:datePublished")


def article(text: str = TEXT, **fields: Any) -> Article:
    return Article(**({"url": None, "outlet": None, "title": "Petani menanam", "text": text} | fields))


@dataclass(frozen=True)
class Arrival:
    """A page of an outlet at a path, and where it really came from."""

    outlet: str
    path: str
    result: Article | Rejection
    landed: str | None = None
    boundary: Boundary = EVERYTHING

    @property
    def url(self) -> str:
        return f"https://{self.outlet}.test{self.path}"


def name_it(session: Session, page: Arrival, admitted_by: Boundary = EVERYTHING) -> int:
    """The ledger's row for the page, named by a feed if it was not yet."""
    feed = ledger.source(session, page.outlet, f"https://{page.outlet}.test/feed", "feed")
    ledger.admit(session, None, feed.id, ledger.SourceAnswer([Candidate(page.url)]), admitted_by, NAMED_AT)
    found = ledger.history(session, page.url)
    assert found is not None
    return found.url_id


def job(page: Arrival, url_id: int) -> StoreJob:
    return StoreJob(
        url_id=url_id,
        run_id=None,
        outlet=outlet(page.outlet),
        page_url=page.landed or page.url,
        requested_url=page.url,
        fetched_at=NOW,
        result=page.result if isinstance(page.result, Rejection) else normalise(page.result),
        boundary=page.boundary,
        look_back=LOOK_BACK,
    )


def arrive(session: Session, page: Arrival) -> Stored:
    """Names the page and stores it."""
    return store(session, job(page, name_it(session, page)), NOW)


def count_rows(session: Session, table: type[Base]) -> int:
    """Return the number of a table's rows."""
    return session.scalar(select(func.count()).select_from(table)) or 0
