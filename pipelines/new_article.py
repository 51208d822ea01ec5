"""The last stage's transaction: an article and its ledger outcome go in together or not at all (design §4, rule 2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Reason, Rejection
from core.scheduling import rechecks
from core.scheduling.boundary import Boundary
from core.urls import identify
from database import articles, ledger
from database.articles import MatchColumns
from database.ledger.hints import screen
from database.schema import Url
from outlets.schema import Outlet
from outlets.urls import accept_canonical
from pipelines.deduplicate import NewArticle, SameArticle, TakesSeed, judge_page
from pipelines.fingerprint import SCHEME, can_link
from pipelines.normalise import Normalised, clean_text
from pipelines.seeds.seed_import import compose, settle
from pipelines.story_linking import link, link_stored
from search.seed_profile import SeedSimilarity

# A reason in words is a line or two, not a traceback or a page.
_MAX_DETAIL = 500
# What another day may cure: our own fault, or the machine's and the page's together. The ledger bounds the attempts.
PASSING = frozenset({Reason.WORKER_CRASHED, Reason.WORKER_HUNG, Reason.INTERNAL})


@dataclass(frozen=True, slots=True)
class StoreJob:
    """A page to be stored: everything that ``store`` needs, so that it can run in another thread.

    Attributes:
        url_id: the ledger's entry that the page was fetched for.
        page_url: the address that answered.
        requested_url: the ledger entry's own address.
        result: what the page holds.
        boundary: the run's. A page outside is rejected, unless it is within the one that once admitted its URL.
        look_back: how many days before and after it near copies of its text are looked for.
        etag: the answer's, for the next look; ``last_modified`` likewise.
        likeness: tells how much the article is like the seeds; the run's jobs share one, so that it is read once.
    """

    url_id: int
    run_id: int | None
    outlet: Outlet
    page_url: str
    requested_url: str
    fetched_at: datetime
    result: Normalised | Rejection
    boundary: Boundary
    look_back: int
    etag: str | None = None
    last_modified: str | None = None
    likeness: SeedSimilarity = field(default_factory=SeedSimilarity)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a page.

    Attributes:
        state: the ledger entry's; where another writer had decided it already, what that one decided.
        reason: why it became no article of its own.
        article_id: the article that holds it, if any.
        again: another writer had decided it already, and nothing was written.
    """

    state: str
    reason: str | None = None
    article_id: int | None = None
    again: bool = False

    @property
    def label(self) -> str:
        """For the run's counters, e.g. ``stored`` or ``rejected: listing``."""
        if self.again:
            return "decided already"
        return f"{self.state}: {self.reason}" if self.reason else self.state


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an article is: its identity in the ledger, the address to show, and what else leads to it, by identity."""

    identity: str
    url: str
    canonical: str | None
    further: Mapping[str, str]


def store(session: Session, job: StoreJob, now: datetime) -> Stored:
    """Stores the article, or the reason why there is none, and decides the ledger's entry with it.

    The transaction is the caller's. Where another writer was faster, nothing is written and what it decided is told.
    """
    articles.lock(session)
    entry = ledger.claim(session, job.url_id)
    if entry is None:
        return _decided(session, job.url_id)
    refusal = find_refusal(job.result, job.boundary, entry.boundary)
    if refusal is not None:
        return _refuse(session, job, refusal, now)
    assert isinstance(job.result, Normalised)
    return _keep(session, job, job.result, entry.first_seen_at, now)


def find_refusal(result: Normalised | Rejection, *wanted: Boundary) -> Rejection | None:
    """Why the page is not kept: extraction's reason, or a publication date outside all boundaries. Undated is kept."""
    if isinstance(result, Rejection):
        return result
    published = result.article.published
    reasons = [screen(published, None, boundary) for boundary in wanted]
    if published is None or reasons[0] is None or None in reasons:
        return None
    limit = wanted[0].since if reasons[0] is Reason.TOO_OLD else wanted[0].until
    return Rejection(reasons[0], f"published {published.at.isoformat()}, the run's limit was {limit}")


def addresses_of(job: StoreJob) -> Addresses:
    """The page's addresses, by what was asked for, what answered and what the page itself says."""
    stated = job.result.article.canonical_url if isinstance(job.result, Normalised) else None
    canonical = accept_canonical(stated, job.page_url, job.outlet)
    own = identify(job.requested_url)
    # Where the request was redirected to, and what the page calls itself.
    others = {url: identify(url) for url in (job.page_url, canonical) if url and url != job.requested_url}
    further = {identity: url for url, identity in others.items() if identity != own}
    moved = others.get(job.page_url, own) != own
    return Addresses(own, job.page_url if moved else job.requested_url, canonical, further)


def _decided(session: Session, url_id: int) -> Stored:
    query = select(Url.state, Url.reason, Url.article_id).where(Url.id == url_id)
    state, reason, article_id = session.execute(query).one()
    return Stored(state, reason, article_id, again=True)


def _refuse(session: Session, job: StoreJob, refusal: Rejection, now: datetime) -> Stored:
    detail = shorten_detail(refusal.detail)
    if refusal.reason in PASSING:
        ledger.fail(session, job.url_id, job.run_id, refusal.reason, detail, now)
        return Stored("failed", refusal.reason)
    published = job.result.article.published if isinstance(job.result, Normalised) else None
    ledger.decide(session, job.url_id, job.run_id, "rejected", refusal.reason, detail, now, published=published)
    return Stored("rejected", refusal.reason)


def shorten_detail(detail: str) -> str | None:
    """A reason in words as the ledger keeps it."""
    return clean_text(detail)[:_MAX_DETAIL] or None


def _keep(session: Session, job: StoreJob, found: Normalised, first_seen_at: datetime, now: datetime) -> Stored:
    addresses = addresses_of(job)
    stored = _stored_at(session, addresses.further)
    if stored is not None:
        return _same(session, job, stored, Reason.SAME_URL, now)
    held = articles.find_by_text(session, found.text_sha256) if can_link(found.words) else []
    verdict = judge_page(job.outlet.name, held)
    if isinstance(verdict, SameArticle):
        return _same(session, job, _entry_of(session, verdict.article_id), verdict.reason, now)
    values = {**_columns(job, found, addresses), "first_seen_at": first_seen_at}
    article_id = _write(session, job, found, values, verdict, held, now)
    published = found.article.published
    ledger.decide(
        session, job.url_id, job.run_id, "stored", None, None, now, article_id=article_id, published=published
    )
    born_at = rechecks.age_starts_at(published.at, published.precision, first_seen_at) if published else first_seen_at
    ledger.plan_recheck(session, article_id, job.url_id, job.outlet.name, born_at, now, job.etag, job.last_modified)
    for url in addresses.further.values():
        ledger.alias(session, job.url_id, job.outlet.name, url, job.run_id, now, article_id)
    return Stored("stored", article_id=article_id)


def _stored_at(session: Session, identities: Collection[str]) -> tuple[int, int] | None:
    """The ledger's row and the article that one of the addresses leads to already."""
    if not identities:
        return None
    query = select(Url.id, Url.article_id).where(Url.identity.in_(identities)).order_by(Url.id)
    rows = session.execute(query).all()
    return next(((url_id, article_id) for url_id, article_id in rows if article_id is not None), None)


def _entry_of(session: Session, article_id: int) -> tuple[int | None, int]:
    """The ledger's row under which the article was stored, and the article."""
    query = select(Url.id).where(Url.article_id == article_id, Url.state == "stored").order_by(Url.id).limit(1)
    return session.scalar(query), article_id


def _same(session: Session, job: StoreJob, stored: tuple[int | None, int], reason: Reason, now: datetime) -> Stored:
    same_as_id, article_id = stored
    ledger.decide(
        session, job.url_id, job.run_id, "same-as", reason, None, now, article_id=article_id, same_as_id=same_as_id
    )
    return Stored("same-as", reason, article_id)


def _columns(job: StoreJob, found: Normalised, addresses: Addresses) -> dict[str, Any]:
    return {
        **articles.columns(found.article),
        "outlet": job.outlet.name,
        "url": addresses.url,
        "canonical_url": addresses.canonical,
        "text": found.article.text,
        "text_sha256": found.text_sha256,
        "timezone": found.article.timezone,
        "fetched_at": job.fetched_at,
    }


def _write(
    session: Session,
    job: StoreJob,
    found: Normalised,
    values: dict[str, Any],
    verdict: NewArticle | TakesSeed,
    held: Sequence[MatchColumns],
    now: datetime,
) -> int:
    """Writes the article and puts it into its story; ``held``: those that had its text before."""
    if isinstance(verdict, TakesSeed):
        article_id = verdict.article_id
        compose(session, article_id, job.likeness, page=values)
    else:
        seed_similarity = job.likeness.of(session, found.terms)
        values |= {"origin": "crawl", "scheme": SCHEME, "seed_similarity": seed_similarity}
        article_id = articles.add(session, values, found.terms)
    if any(article.origin == "seed" for article in held):
        for changed in sorted({article_id, *settle(session, found.text_sha256, job.likeness)}):
            link(session, changed, found.fingerprint, now, look_back=job.look_back)
    else:
        own = articles.as_match_columns(article_id, values)
        link_stored(session, own, held, found.fingerprint, now, look_back=job.look_back)
    return article_id
