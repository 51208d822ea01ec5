"""Another look brought a page for a stored article: is it as it was, is it revised, or did something else come?

What was good is never lost to a bad answer. A new version takes the article's place, and the old one stays in
``revisions``. ``published_at`` stays too, for an outlet that gives an article another date does not change when it
came out; the new date counts as that of the modification.
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
from pipelines.story_linking import link

# A page behind a paywall breaks off within a word, or says how to read on.
_BROKEN_OFF = 2
_LONGEST_NOTICE = 40
_NOTICE = re.compile(r"langgan|log ?in|akun|selengkapnya", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Text and headline are as they were, whatever became of the rest of the page."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A new version of the article."""

    change: Change


@dataclass(frozen=True, slots=True)
class Kept:
    """What came does not take the article's place."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the answer led, by what the ledger knows.

    Attributes:
        landed: the address that answered.
        moved: it is none of the article's so far.
        others: an address of another stored article that it leads to: by redirect, by canonical address, or, if it
            moved, by having that article's text.
        new: further addresses of the article that were not known.
    """

    landed: str
    moved: bool = False
    others: str | None = None
    new: tuple[str, ...] = ()


def judge_recheck(held: Current, found: Normalised | Rejection, where: Landing) -> Unchanged | Changed | Kept:
    """What the page is to the article ``held``. Pure.

    Headline and text are compared by their words: case, punctuation and white space are no change. A headline that is
    not there any more is none either, nor is one that was not there before.
    """
    if isinstance(found, Rejection):
        return Kept(found.reason, found.detail)
    if where.others:
        return Kept(Reason.MOVED, f"{where.others} is another article")
    title = found.article.title if held.own["title"] else None
    same_title = not title or folded_words(title) == folded_words(held.title or "")
    if found.text_sha256 == held.text_sha256:
        return Unchanged() if same_title else Changed(Change(0, 0, title_changed=True))
    difference = count_changes(held.title, held.text, held.title if same_title else title, found.article.text)
    words = len(folded_words(held.text))
    if where.moved and words - difference.words_removed < words / 2:
        return Kept(Reason.MOVED, f"{where.landed} has another text")
    if found.words < words / 2 and _nothing_new(held.text, found.article.text, difference):
        return Kept(Reason.CUT_SHORT, f"it shows {found.words} of {words} words")
    return Changed(difference)


def updated_columns(own: Mapping[str, Any], found: Normalised) -> dict[str, Any]:
    """The columns that the page now states otherwise, or states at last. What it says no more stays as it was.

    Headline and text are not among them, unless there was no headline; a date of publication only if there was none.
    """
    said = articles.stated_fields(articles.columns(found.article))
    title, published = said.pop("title", {}), said.pop("published", {})
    modified = said.pop("modified", {})
    values = {column: value for held in said.values() for column, value in held.items()}
    if not own["title"]:
        values |= title
    if own["published_at"] is None:
        values |= published
    moments = [own["modified_at"], modified.get("modified_at"), _redated(own["published_at"], found.article.published)]
    values["modified_at"] = max(filter(None, moments), default=None)
    return {column: value for column, value in values.items() if value != own[column]}


def revise(session: Session, job: StoreJob, now: datetime) -> Stored:
    """Brings the article of the entry ``job.url_id`` up to date with what a look at its page found.

    The transaction is the caller's. The ledger's entry stays ``stored``, whatever came.
    """
    articles.lock(session)
    held = revisions.current(session, job.url_id)
    if isinstance(job.result, Rejection) and job.result.reason in PASSING:
        ledger.fail_recheck(session, job.url_id, job.run_id, job.result.reason, shorten_detail(job.result.detail), now)
        return Stored("failed", job.result.reason, held.article_id)
    where = _locate(session, job, held)
    verdict = judge_recheck(held, job.result, where)
    if isinstance(verdict, Kept):
        ledger.record_recheck_rejected(
            session, job.url_id, job.run_id, verdict.reason, shorten_detail(verdict.detail), now
        )
        return Stored("kept", verdict.reason, held.article_id)
    assert isinstance(job.result, Normalised)
    difference = verdict.change if isinstance(verdict, Changed) else None
    _write(session, job, job.result, held, difference, now)
    for url in where.new:
        ledger.alias(session, job.url_id, job.outlet.name, url, job.run_id, now, held.article_id)
    told = _told(held.revision + 1, difference) if difference else None
    back = ledger.record_recheck(session, job.url_id, job.run_id, now, job.etag, job.last_modified, change=told)
    return Stored("revised" if difference else "restored" if back else "unchanged", article_id=held.article_id)


def _locate(session: Session, job: StoreJob, held: Current) -> Landing:
    addresses = addresses_of(job)
    known = _articles_at(session, addresses)
    landed = identify(job.page_url)
    moved = landed != addresses.identity and known.get(landed) != held.article_id
    others = [url for identity, url in addresses.further.items() if known.get(identity) not in {None, held.article_id}]
    if moved and not others and _is_another_text(session, job, held):
        others = [job.page_url]
    new = tuple(url for identity, url in addresses.further.items() if known.get(identity) is None)
    return Landing(job.page_url, moved, others[0] if others else None, new)


def _articles_at(session: Session, addresses: Addresses) -> dict[str, int | None]:
    """The articles that the further addresses lead to, by identity."""
    if not addresses.further:
        return {}
    query = select(Url.identity, Url.article_id).where(Url.identity.in_(addresses.further))
    return dict(session.execute(query).all())


def _is_another_text(session: Session, job: StoreJob, held: Current) -> bool:
    if isinstance(job.result, Rejection):
        return False
    twins = articles.find_by_text(session, job.result.text_sha256)
    return any(twin.outlet == held.outlet and twin.id != held.article_id for twin in twins)


def _redated(published_at: datetime | None, said: Timestamp | None) -> datetime | None:
    """A later date of publication; not one that is deduced ("2 jam lalu"): it comes out otherwise at every look."""
    later = published_at is not None and said is not None and said.confidence != "low" and said.at > published_at
    return said.at if said is not None and later else None


def _nothing_new(old: str, new: str, difference: Change) -> bool:
    if difference.words_added <= _BROKEN_OFF:
        return True
    if difference.words_added > _LONGEST_NOTICE:
        return False
    return any(piece.kind == "added" and _NOTICE.search(piece.text) for piece in word_diff(old, new))


def _write(
    session: Session, job: StoreJob, found: Normalised, held: Current, difference: Change | None, now: datetime
) -> None:
    values = updated_columns(held.own, found)
    if difference:
        revisions.keep(session, held, difference, now)
        values |= {
            "title": found.article.title or held.own["title"],
            "text": found.article.text,
            "text_sha256": found.text_sha256,
            "revision": held.revision + 1,
            "fetched_at": job.fetched_at,
        }
    if values:
        compose(session, held.article_id, job.likeness, page=values)
    if difference or "published_at" in values:
        link(session, held.article_id, found.fingerprint, now, look_back=job.look_back)


def _told(revision: int, difference: Change) -> str:
    added, removed = difference.words_added, difference.words_removed
    parts = [f"{added} word{'' if added == 1 else 's'} added", f"{removed} removed"] if added or removed else []
    parts += ["headline changed"] if difference.title_changed else []
    return f"revision {revision}: {', '.join(parts)}"
