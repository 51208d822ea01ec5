"""Putting stored articles into stories: the copies of one text, whichever outlet printed it and whatever it changed.

A story is a connected component of articles under one relation of two articles, which is symmetric and depends on
nothing but the two. So neither the order in which they come nor the number of writers can matter:

- *equal*: both have the same text, of enough words to be recognised by, however long ago;
- *near*: their texts are copies (``pipelines/similarity.py``) and came out in neighbouring periods.

Two articles of one outlet need a higher bar, and so do two of which one's outlet is unknown: it may be the other's.
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


def link(session: Session, article_id: int, found: Fingerprint | None, now: datetime, *, look_back: int) -> int | None:
    """Puts a stored article into its story, together with all its copies; a second time changes nothing.

    Call it again when the article's text, date or outlet has changed. What was a copy once stays in the story: links
    are added, never taken away.

    Args:
        session: the transaction is the caller's, and it holds ``articles.lock``.
        article_id: the article, as it is stored now.
        found: its text's fingerprint; None for a text too short to be recognised by, which links to nothing.
        now: the time of the call.
        look_back: how many days before and after its own near copies are looked for, in whole periods.

    Returns:
        The story, None where it has none: it is the only article with its text.
    """
    same_text = articles.find_same_text(session, article_id)
    own = next(article for article in same_text if article.id == article_id)
    if own.similarity is not None:  # its text may have changed since
        stories.measure(session, {article_id: None})
    if own.scheme != SCHEME:
        articles.mark_linked(session, article_id, SCHEME)
    return link_stored(session, own, same_text, found, now, look_back=look_back)


def link_stored(
    session: Session,
    own: MatchColumns,
    same_text: Sequence[MatchColumns],
    found: Fingerprint | None,
    now: datetime,
    *,
    look_back: int,
) -> int | None:
    """``link`` for a caller who knows the article, stored with ``SCHEME``, and those that have the same text."""
    copies = []
    if found is not None:
        copies = [article for article in same_text if article.id != own.id]
        copies += _near_copies(session, own, found, now, look_back)
    story_id = stories.join(session, [own, *copies], now)
    if story_id is not None:
        settle_story(session, story_id)
    return story_id


def settle_story(session: Session, story_id: int) -> None:
    """Writes who was first, how many articles of how many outlets there are, and how similar each is to the first.

    Measured are those whose similarity is not known; all, where the first is another, or its own is not known.
    """
    members = stories.members(session, story_id)
    first = min(members, key=by_publication)
    same_first = first.id == stories.first_of(session, story_id) and first.similarity is not None
    unknown = [article for article in members if article.similarity is None or not same_first]
    stories.measure(session, _similarities(session, first, unknown))
    stories.settle(session, story_id, first, members)


def _near_copies(
    session: Session, own: MatchColumns, found: Fingerprint, now: datetime, look_back: int
) -> list[MatchColumns]:
    """The articles that carry near copies of the text; its own fingerprint is stored for those to come."""
    period = fingerprints.period_of(own.at)
    fingerprints.add(session, own.text_sha256, period, found.shingles, found.bands)
    ours = Shingles.unpack(found.shingles)
    # Nothing was published in periods that are yet to begin.
    latest = max(period, fingerprints.period_of(now + _AHEAD))
    periods = [one for one in fingerprints.neighbours(period, look_back) if one <= latest]
    # Most candidates are none, so that their articles are asked for last.
    alike = {
        (candidate.text_sha256, candidate.period): theirs
        for candidate in fingerprints.candidates(session, own.text_sha256, found.bands, periods, COMMON_BANDS)
        if are_copies(ours, theirs := Shingles.unpack(candidate.shingles), same_outlet=False)
    }
    return [
        article
        for article in (fingerprints.carriers(session, alike) if alike else ())
        if not _may_be_one_outlet(own, article)
        or are_copies(ours, alike[article.text_sha256, fingerprints.period_of(article.at)], same_outlet=True)
    ]


def _may_be_one_outlet(one: MatchColumns, other: MatchColumns) -> bool:
    return one.outlet is None or other.outlet is None or one.outlet == other.outlet


def _similarities(session: Session, first: Member, members: list[Member]) -> dict[int, float | None]:
    """Each member's resemblance with the first."""
    texts = {article.text_sha256 for article in members} - {first.text_sha256}
    shingles = _shingles(session, texts | {first.text_sha256}) if texts else {}
    ours = shingles.get(first.text_sha256, b"")
    measured = {text_sha256: similarity(ours, shingles[text_sha256]) for text_sha256 in texts}
    return {article.id: measured.get(article.text_sha256, 1.0) for article in members}


def _shingles(session: Session, texts: set[str]) -> dict[str, bytes]:
    """The shingles of these texts, from the texts themselves where no fingerprint is kept (too short, or not yet)."""
    known = fingerprints.shingles_of(session, texts)
    missing = texts - known.keys()
    if missing:
        known |= {sha: fingerprint(text).shingles for sha, text in articles.texts(session, sorted(missing)).items()}
    return known
