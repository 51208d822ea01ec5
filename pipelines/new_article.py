"""Storing a new article: article and ledger outcome in one transaction."""

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
from pipelines.story_links import link, link_stored
from search.seed_profile import SeedSimilarity

# Characters: a line or two, not a traceback.
_MAX_DETAIL = 500
# Causes that may pass by another day; the ledger bounds the attempts.
PASSING = frozenset({Reason.WORKER_CRASHED, Reason.WORKER_HUNG, Reason.INTERNAL})


@dataclass(frozen=True, slots=True)
class StoreJob:
    """A page to be stored.

    Attributes:
        page_url: the address that answered.
        requested_url: the ledger entry's own.
        boundary: the run's. A page outside is rejected, unless within the one that admitted its URL.
        look_back: days around the page in which near copies are looked for.
        seed_similarity: shared by the run's jobs: the profile is read once.
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
    seed_similarity: SeedSimilarity = field(default_factory=SeedSimilarity)


@dataclass(frozen=True, slots=True)
class Stored:
    """Outcome of a page.

    Attributes:
        state: the ledger entry's.
        reason: why there is no article of its own.
        again: another writer was first; nothing was written.
    """

    state: str
    reason: str | None = None
    article_id: int | None = None
    again: bool = False

    @property
    def label(self) -> str:
        """Key of the run's counters, like ``rejected: listing``."""
        if self.again:
            return "decided already"
        return f"{self.state}: {self.reason}" if self.reason else self.state


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of a page; ``identity`` is the ledger entry's, ``further`` others."""

    identity: str
    url: str
    canonical: str | None
    further: Mapping[str, str]


def store(session: Session, job: StoreJob, now: datetime) -> Stored:
    """Store the article or the reason for having none, and decide the ledger entry.

    The transaction is the caller's. A faster writer's outcome is returned.
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


def find_refusal(result: Normalised | Rejection, *boundaries: Boundary) -> Rejection | None:
    """Return extraction's rejection, or one for a date outside all boundaries.

    Undated pages are kept.
    """
    if isinstance(result, Rejection):
        return result
    published = result.article.published
    reasons = [screen(published, None, boundary) for boundary in boundaries]
    if published is None or reasons[0] is None or None in reasons:
        return None
    limit = boundaries[0].since if reasons[0] is Reason.TOO_OLD else boundaries[0].until
    return Rejection(reasons[0], f"published {published.at.isoformat()}, the run's limit was {limit}")


def addresses_of(job: StoreJob) -> Addresses:
    stated = job.result.article.canonical_url if isinstance(job.result, Normalised) else None
    canonical = accept_canonical(stated, job.page_url, job.outlet)
    own = identify(job.requested_url)
    # The redirect's target, and the page's canonical address.
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
    ledger.decide(
        session, job.url_id, job.run_id, ledger.UrlOutcome("rejected", refusal.reason, detail, published=published), now
    )
    return Stored("rejected", refusal.reason)


def shorten_detail(detail: str) -> str | None:
    return clean_text(detail)[:_MAX_DETAIL] or None


def _keep(session: Session, job: StoreJob, normalised: Normalised, first_seen_at: datetime, now: datetime) -> Stored:
    addresses = addresses_of(job)
    stored = _stored_at(session, addresses.further)
    if stored is not None:
        return _same(session, job, stored, Reason.SAME_URL, now)
    same_text = articles.find_by_text(session, normalised.text_sha256) if can_link(normalised.words) else []
    verdict = judge_page(job.outlet.name, same_text)
    if isinstance(verdict, SameArticle):
        return _same(session, job, _entry_of(session, verdict.article_id), verdict.reason, now)
    values = {**_columns(job, normalised, addresses), "first_seen_at": first_seen_at}
    article_id = _write(session, job, normalised, values, verdict, same_text, now)
    published = normalised.article.published
    ledger.decide(
        session, job.url_id, job.run_id, ledger.UrlOutcome("stored", article_id=article_id, published=published), now
    )
    born_at = rechecks.age_starts_at(published.at, published.precision, first_seen_at) if published else first_seen_at
    ledger.plan_recheck(
        session,
        article_id,
        job.url_id,
        job.outlet.name,
        born_at,
        now,
        ledger.PageValidators(job.etag, job.last_modified),
    )
    for url in addresses.further.values():
        ledger.alias(session, job.url_id, job.outlet.name, url, job.run_id, now, article_id)
    return Stored("stored", article_id=article_id)


def _stored_at(session: Session, identities: Collection[str]) -> tuple[int, int] | None:
    if not identities:
        return None
    query = select(Url.id, Url.article_id).where(Url.identity.in_(identities)).order_by(Url.id)
    rows = session.execute(query).all()
    return next(((url_id, article_id) for url_id, article_id in rows if article_id is not None), None)


def _entry_of(session: Session, article_id: int) -> tuple[int | None, int]:
    query = select(Url.id).where(Url.article_id == article_id, Url.state == "stored").order_by(Url.id).limit(1)
    return session.scalar(query), article_id


def _same(session: Session, job: StoreJob, stored: tuple[int | None, int], reason: Reason, now: datetime) -> Stored:
    same_as_id, article_id = stored
    ledger.decide(
        session,
        job.url_id,
        job.run_id,
        ledger.UrlOutcome("same-as", reason, article_id=article_id, same_as_id=same_as_id),
        now,
    )
    return Stored("same-as", reason, article_id)


def _columns(job: StoreJob, normalised: Normalised, addresses: Addresses) -> dict[str, Any]:
    return {
        **articles.columns(normalised.article),
        "outlet": job.outlet.name,
        "url": addresses.url,
        "canonical_url": addresses.canonical,
        "text": normalised.article.text,
        "text_sha256": normalised.text_sha256,
        "timezone": normalised.article.timezone,
        "fetched_at": job.fetched_at,
    }


def _write(
    session: Session,
    job: StoreJob,
    normalised: Normalised,
    values: dict[str, Any],
    verdict: NewArticle | TakesSeed,
    same_text: Sequence[MatchColumns],
    now: datetime,
) -> int:
    if isinstance(verdict, TakesSeed):
        article_id = verdict.article_id
        compose(session, article_id, job.seed_similarity, page=values)
    else:
        seed_similarity = job.seed_similarity.of(session, normalised.terms)
        values |= {"origin": "crawl", "scheme": SCHEME, "seed_similarity": seed_similarity}
        article_id = articles.add(session, values, normalised.terms)
    if any(article.origin == "seed" for article in same_text):
        for changed in sorted({article_id, *settle(session, normalised.text_sha256, job.seed_similarity)}):
            link(session, changed, normalised.fingerprint, now, look_back=job.look_back)
    else:
        own = articles.as_match_columns(article_id, values)
        link_stored(session, own, same_text, normalised.fingerprint, now, look_back=job.look_back)
    return article_id
