"""Work over the whole archive: link older articles, renew seed similarities."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from core.text.words import folded_words
from crawler.resources import Resources
from database import articles
from database.writer import Writer
from pipelines.fingerprint import can_link, fingerprint_words
from pipelines.story_links import link
from search import seed_profile

logger = logging.getLogger(__name__)

# Articles in one transaction: less than half a second's work, so that other writers need not wait.
_AT_ONCE = 1_000
# Above this the log explains the wait.
_LONG = 10_000


def renew_seed_similarities(writer: Writer, now: datetime) -> None:
    """Renew the seeds' profile if due, and articles' similarities to it.

    Each batch is a transaction: an interrupted call leaves the rest to the next.
    """
    draft = writer.run_blocking(lambda session: seed_profile.draft_profile(session, now))
    if draft is not None:
        writer.run_blocking(lambda session: seed_profile.replace_profile(session, draft))
    waiting = writer.run_blocking(seed_profile.count_outdated)
    if waiting > _LONG:
        logger.info("%s articles are compared with the seeds, since these or the archive changed", f"{waiting:,}")
    while writer.run_blocking(lambda session: seed_profile.update_similarities(session, _AT_ONCE)):
        pass


def link_all_older(writer: Writer, now: datetime, *, look_back: int) -> None:
    waiting = writer.run_blocking(articles.count_unlinked)
    if waiting > _AT_ONCE:
        logger.warning("%s articles of an older version are put into stories, which is done once", f"{waiting:,}")
    while writer.run_blocking(lambda session: link_older(session, _AT_ONCE, now, look_back=look_back)):
        pass


def link_older(session: Session, limit: int, now: datetime, *, look_back: int) -> int:
    """Put the next articles of older versions into stories, oldest first.

    One transaction's work. Returns their number; 0: none is left.
    """
    articles.lock(session)
    older = articles.find_unlinked(session, limit)
    for article_id, text in older:
        words = folded_words(text)
        own_fingerprint = fingerprint_words(words) if can_link(len(words)) else None
        link(session, article_id, own_fingerprint, now, look_back=look_back)
    return len(older)


def make_ready(resources: Resources) -> None:
    now = resources.clock()
    link_all_older(resources.writer, now, look_back=resources.look_back)
    renew_seed_similarities(resources.writer, now)
