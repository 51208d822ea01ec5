"""Keeping each article's likeness to the seeds up to date, whatever became of the seeds and the archive."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from core.text.words import folded_words
from crawler.resources import Resources
from database import articles
from database.writer import Writer
from pipelines.fingerprint import can_link, fingerprint_words
from pipelines.story_linking import link
from search import seed_profile

logger = logging.getLogger(__name__)

# Articles in one transaction: less than half a second's work, so that other writers get their turn.
_AT_ONCE = 1_000
# Beyond, it takes so long that whoever waits should know why.
_LONG = 10_000


def renew_seed_similarities(writer: Writer, now: datetime) -> None:
    """Makes a new profile of the seeds where it is due, and compares every article with it that was not yet.

    A transaction for some of the articles at a time: whoever is killed leaves the rest to the next call.
    """
    made = writer.run_blocking(lambda session: seed_profile.draft_profile(session, now))
    if made is not None:
        writer.run_blocking(lambda session: seed_profile.replace_profile(session, made))
    waiting = writer.run_blocking(seed_profile.count_outdated)
    if waiting > _LONG:
        logger.warning("%s articles are compared with the seeds, since these or the archive changed", f"{waiting:,}")
    while writer.run_blocking(lambda session: seed_profile.update_similarities(session, _AT_ONCE)):
        pass


def link_all_older(writer: Writer, now: datetime, *, look_back: int) -> None:
    """Puts all articles that an older program stored into stories, a transaction for some of them at a time."""
    waiting = writer.run_blocking(articles.count_unlinked)
    if waiting > _AT_ONCE:
        logger.warning("%s articles of an older version are put into stories, which is done once", f"{waiting:,}")
    while writer.run_blocking(lambda session: link_older(session, _AT_ONCE, now, look_back=look_back)):
        pass


def link_older(session: Session, limit: int, now: datetime, *, look_back: int) -> int:
    """Puts the next ``limit`` articles that an older program stored into stories, oldest first; gives how many.

    Zero: none is left. Every call is a transaction's worth of work, so that being killed loses one at most.
    """
    articles.lock(session)
    older = articles.find_unlinked(session, limit)
    for article_id, text in older:
        words = folded_words(text)
        found = fingerprint_words(words) if can_link(len(words)) else None
        link(session, article_id, found, now, look_back=look_back)
    return len(older)


def make_ready(resources: Resources) -> None:
    """Finish what other runs or another version left half done over the whole archive."""
    now = resources.clock()
    link_all_older(resources.writer, now, look_back=resources.look_back)
    renew_seed_similarities(resources.writer, now)
