"""Rechecks of stored articles: unchanged, revised, or something else instead.

A bad answer never replaces good content; old versions stay in ``revisions``. ``published_at`` stays: a later date is
one of modification.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Reason, Rejection, Timestamp
from core.text.diff import Change, count_changes, word_diff
from core.text.words import folded_words
from core.urls import identify
from database import articles, ledger, revisions
from database.revisions import Current
from database.schema import Url
from pipelines.new_article import PASSING, Addresses, Stored, StoreJob, addresses_of, shorten_detail
from pipelines.normalise import Normalised
from pipelines.seeds.seed_import import compose
from pipelines.story_links import link

# A page behind a paywall breaks off within a word, or says how to read on.
_BROKEN_OFF = 2
_LONGEST_NOTICE = 40
_NOTICE = re.compile(r"langgan|log ?in|akun|selengkapnya", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Text and headline are the same; the rest of the page may differ."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A new version of the article."""

    change: Change


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that does not take the article's place."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Destination of the answer, by what the ledger knows.

    Attributes:
        moved: ``landed`` is not one of the article's addresses.
        others: another article's address, by redirect, canonical address or, if moved, the same text.
    """

    landed: str
    moved: bool = False
    others: str | None = None
    new: tuple[str, ...] = ()


def judge_recheck(stored: Current, result: Normalised | Rejection, where: Landing) -> Unchanged | Changed | Kept:
    """Compare a recheck's page with the stored article, by words alone. Pure.

    A headline that appears or disappears is no change.
    """
    if isinstance(result, Rejection):
        return Kept(result.reason, result.detail)
    if where.others:
        return Kept(Reason.MOVED, f"{where.others} is another article")
    title = result.article.title if stored.own["title"] else None
    same_title = not title or folded_words(title) == folded_words(stored.title or "")
    if result.text_sha256 == stored.text_sha256:
        return Unchanged() if same_title else Changed(Change(0, 0, title_changed=True))
    difference = count_changes(stored.title, stored.text, stored.title if same_title else title, result.article.text)
    words = len(folded_words(stored.text))
    if where.moved and words - difference.words_removed < words / 2:
        return Kept(Reason.MOVED, f"{where.landed} has another text")
    if result.words < words / 2 and _nothing_new(stored.text, result.article.text, difference):
        return Kept(Reason.CUT_SHORT, f"it shows {result.words} of {words} words")
    return Changed(difference)


def updated_columns(own: Mapping[str, Any], page: Normalised) -> dict[str, Any]:
    """Return the columns that the page states otherwise, or for the first time.

    Headline and publication date only if the article had none, the text never.
    """
    stated = articles.stated_fields(articles.columns(page.article))
    title, published = stated.pop("title", {}), stated.pop("published", {})
    modified = stated.pop("modified", {})
    values = {column: value for columns in stated.values() for column, value in columns.items()}
    if not own["title"]:
        values |= title
    if own["published_at"] is None:
        values |= published
    moments = [own["modified_at"], modified.get("modified_at"), _redated(own["published_at"], page.article.published)]
    values["modified_at"] = max(filter(None, moments), default=None)
    return {column: value for column, value in values.items() if value != own[column]}


def revise(session: Session, job: StoreJob, now: datetime) -> Stored:
    """Bring the article up to date with a recheck of its page.

    The transaction is the caller's; the ledger entry stays ``stored``.
    """
    articles.lock(session)
    stored = revisions.current(session, job.url_id)
    if isinstance(job.result, Rejection) and job.result.reason in PASSING:
        ledger.fail_recheck(session, job.url_id, job.run_id, job.result.reason, shorten_detail(job.result.detail), now)
        return Stored("failed", job.result.reason, stored.article_id)
    where = _locate(session, job, stored)
    verdict = judge_recheck(stored, job.result, where)
    if isinstance(verdict, Kept):
        ledger.record_recheck_rejected(
            session, job.url_id, job.run_id, verdict.reason, shorten_detail(verdict.detail), now
        )
        return Stored("kept", verdict.reason, stored.article_id)
    assert isinstance(job.result, Normalised)
    difference = verdict.change if isinstance(verdict, Changed) else None
    _write(session, job, job.result, stored, difference, now)
    for url in where.new:
        ledger.alias(session, job.url_id, job.outlet.name, url, job.run_id, now, stored.article_id)
    summary = _summarise(stored.revision + 1, difference) if difference else None
    validators = ledger.PageValidators(job.etag, job.last_modified)
    restored = ledger.record_recheck(session, job.url_id, job.run_id, now, validators, change=summary)
    return Stored("revised" if difference else "restored" if restored else "unchanged", article_id=stored.article_id)


def _locate(session: Session, job: StoreJob, stored: Current) -> Landing:
    addresses = addresses_of(job)
    articles_by_identity = _articles_at(session, addresses)
    landed = identify(job.page_url)
    moved = landed != addresses.identity and articles_by_identity.get(landed) != stored.article_id
    others = [
        url
        for identity, url in addresses.further.items()
        if articles_by_identity.get(identity) not in {None, stored.article_id}
    ]
    if moved and not others and _is_another_text(session, job, stored):
        others = [job.page_url]
    new = tuple(url for identity, url in addresses.further.items() if articles_by_identity.get(identity) is None)
    return Landing(job.page_url, moved, others[0] if others else None, new)


def _articles_at(session: Session, addresses: Addresses) -> dict[str, int | None]:
    if not addresses.further:
        return {}
    query = select(Url.identity, Url.article_id).where(Url.identity.in_(addresses.further))
    return dict(session.execute(query).all())


def _is_another_text(session: Session, job: StoreJob, stored: Current) -> bool:
    if isinstance(job.result, Rejection):
        return False
    twins = articles.find_by_text(session, job.result.text_sha256)
    return any(twin.outlet == stored.outlet and twin.id != stored.article_id for twin in twins)


def _redated(published_at: datetime | None, stated: Timestamp | None) -> datetime | None:
    """Return a later stated date; deduced ones ("2 jam lalu") change at each recheck."""
    later = published_at is not None and stated is not None and stated.confidence != "low" and stated.at > published_at
    return stated.at if stated is not None and later else None


def _nothing_new(old: str, new: str, difference: Change) -> bool:
    if difference.words_added <= _BROKEN_OFF:
        return True
    if difference.words_added > _LONGEST_NOTICE:
        return False
    return any(piece.kind == "added" and _NOTICE.search(piece.text) for piece in word_diff(old, new))


def _write(
    session: Session, job: StoreJob, page: Normalised, stored: Current, difference: Change | None, now: datetime
) -> None:
    values = updated_columns(stored.own, page)
    if difference:
        revisions.keep(session, stored, difference, now)
        values |= {
            "title": page.article.title or stored.own["title"],
            "text": page.article.text,
            "text_sha256": page.text_sha256,
            "revision": stored.revision + 1,
            "fetched_at": job.fetched_at,
        }
    if values:
        compose(session, stored.article_id, job.seed_similarity, page=values)
    if difference or "published_at" in values:
        link(session, stored.article_id, page.fingerprint, now, look_back=job.look_back)


def _summarise(revision: int, difference: Change) -> str:
    added, removed = difference.words_added, difference.words_removed
    parts = [f"{added} word{'' if added == 1 else 's'} added", f"{removed} removed"] if added or removed else []
    parts += ["headline changed"] if difference.title_changed else []
    return f"revision {revision}: {', '.join(parts)}"
