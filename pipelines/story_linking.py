"""Linking of articles into stories: the copies of one text, edited or not.

A story is a connected component of articles under one relation of two articles, which is symmetric and depends on
nothing but the two. So neither the order of arrival nor the number of writers can matter:

- *equal*: both have the same text, of enough words to be recognised by, however long ago;
- *near*: their texts are copies (``pipelines/similarity.py``) and came out in neighbouring periods.

Two articles of one outlet need a higher bar, and so do two if one's outlet is unknown: it may be the other's.
Learning it can only add a link then, never take one away.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from database import articles, fingerprints, stories
from database.articles import MatchColumns
from database.stories import Member, by_publication
from pipelines.fingerprint import COMMON_BANDS, SCHEME, Fingerprint, fingerprint
from pipelines.similarity import Shingles, are_copies, similarity

logger = logging.getLogger(__name__)

# Older articles in one transaction: half a second's work, so that other writers get their turn.
_AT_ONCE = 500
# Some outlets' clocks run ahead, by an hour at most; at the turn of a period both must find each other all the same.
_AHEAD = timedelta(days=1)


def link(
    session: Session, article_id: int, own_fingerprint: Fingerprint | None, now: datetime, *, look_back: int
) -> int | None:
    """Put a stored article and all its copies into one story. Idempotent.

    Call it again when the article's text, date or outlet has changed. A former copy stays in the story: links are
    added, never taken away.

    Args:
        session: the transaction is the caller's, and it holds ``articles.lock``.
        article_id: the article, as stored now.
        own_fingerprint: its text's; None for a text too short to be recognised by, which links to nothing.
        now: the time of the call.
        look_back: days before and after its own in which near copies are looked for, in whole periods.

    Returns:
        The story, None if it is the only article with its text.
    """
    same_text = articles.find_same_text(session, article_id)
    own = next(article for article in same_text if article.id == article_id)
    if own.similarity is not None:  # its text may have changed since
        stories.measure(session, {article_id: None})
    if own.scheme != SCHEME:
        articles.mark_linked(session, article_id, SCHEME)
    return link_stored(session, own, same_text, own_fingerprint, now, look_back=look_back)


def link_stored(
    session: Session,
    own: MatchColumns,
    same_text: Sequence[MatchColumns],
    own_fingerprint: Fingerprint | None,
    now: datetime,
    *,
    look_back: int,
) -> int | None:
    """``link`` for a known article, stored with ``SCHEME``, and those of its text."""
    copies = []
    if own_fingerprint is not None:
        copies = [article for article in same_text if article.id != own.id]
        copies += _near_copies(session, own, own_fingerprint, now, look_back)
    story_id = stories.join(session, [own, *copies], now)
    if story_id is not None:
        settle_story(session, story_id)
    return story_id


def settle_story(session: Session, story_id: int) -> None:
    """Write a story's first article, its counts, and each member's similarity.

    Similarities are measured where unknown; all of them if the first article is another, or its own is unknown.
    """
    members = stories.members(session, story_id)
    first = min(members, key=by_publication)
    same_first = first.id == stories.first_of(session, story_id) and first.similarity is not None
    unknown = [article for article in members if article.similarity is None or not same_first]
    stories.measure(session, _similarities(session, first, unknown))
    stories.settle(session, story_id, first, members)


def _near_copies(
    session: Session, own: MatchColumns, own_fingerprint: Fingerprint, now: datetime, look_back: int
) -> list[MatchColumns]:
    """Find the near copies' articles; store the text's fingerprint for later ones."""
    period = fingerprints.period_of(own.at)
    fingerprints.add(session, own.text_sha256, period, own_fingerprint.shingles, own_fingerprint.bands)
    ours = Shingles.unpack(own_fingerprint.shingles)
    # Nothing was published in periods that are yet to begin.
    latest = max(period, fingerprints.period_of(now + _AHEAD))
    periods = [near for near in fingerprints.neighbours(period, look_back) if near <= latest]
    # Most candidates are no copies, so their articles are loaded last.
    copies = {
        (candidate.text_sha256, candidate.period): theirs
        for candidate in fingerprints.candidates(session, own.text_sha256, own_fingerprint.bands, periods, COMMON_BANDS)
        if are_copies(ours, theirs := Shingles.unpack(candidate.shingles), same_outlet=False)
    }
    return [
        article
        for article in (fingerprints.carriers(session, copies) if copies else ())
        if not _may_be_one_outlet(own, article)
        or are_copies(ours, copies[article.text_sha256, fingerprints.period_of(article.at)], same_outlet=True)
    ]


def _may_be_one_outlet(one: MatchColumns, other: MatchColumns) -> bool:
    return one.outlet is None or other.outlet is None or one.outlet == other.outlet


def _similarities(session: Session, first: Member, members: list[Member]) -> dict[int, float | None]:
    """Measure each member's similarity to the first."""
    texts = {article.text_sha256 for article in members} - {first.text_sha256}
    shingles = _shingles(session, texts | {first.text_sha256}) if texts else {}
    ours = shingles.get(first.text_sha256, b"")
    measured = {text_sha256: similarity(ours, shingles[text_sha256]) for text_sha256 in texts}
    return {article.id: measured.get(article.text_sha256, 1.0) for article in members}


def _shingles(session: Session, texts: set[str]) -> dict[str, bytes]:
    """Load the texts' shingles; computed where no fingerprint is stored."""
    shingles = fingerprints.shingles_of(session, texts)
    missing = texts - shingles.keys()
    if missing:
        shingles |= {sha: fingerprint(text).shingles for sha, text in articles.texts(session, sorted(missing)).items()}

    return shingles
