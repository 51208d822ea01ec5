"""Linking of articles into stories: the copies of one text, edited or not.

A story is a connected component under a symmetric relation, which depends on two articles alone. So neither the order
of arrival nor the number of writers matters:

- *equal*: the same text, of enough words to be recognised by, however long ago;
- *near*: copies that came out in neighbouring periods.

Articles of one outlet need a higher bar, and so do two if one's outlet is unknown: learning it can only add a link.
"""

import logging
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from database import articles, fingerprints, stories
from database.articles import MatchColumns
from database.stories import Member, by_publication
from pipelines.fingerprint import (
    COMMON_BANDS,
    DATES,
    PLACE_BITS,
    SCHEME,
    SIGNS,
    SLOTS,
    VALUES,
    Fingerprint,
    fingerprint,
)

# A copy that lost a fifth of its words to synonyms keeps 0.8³ = 0.51 of its shingles; its similarity is 0.34.
MIN_CONTAINMENT = 0.4
# With less than MOST of the smaller text in common, neither is a part of the other: they must be alike on the whole.
# Else a report and its follow-up with two paragraphs of background would be copies.
MOST = 0.6
MIN_SIMILARITY = 0.28
# An outlet's own closing paragraphs recur: two of its texts must be the same for the most part.
MIN_OWN_SIMILARITY = 0.5
# Fewer are a quotation.
MIN_SHARED = 12

# A copy keeps as large a share of its values as of its plain shingles, save for chance (two standard deviations) and an
# edited number. A number is in three shingles, which are kept or lost together.
PER_NUMBER = 3
DEVIATIONS = 2.0
# Even with all plain shingles kept: an inserted line parts some.
MOST_KEPT = 0.95
# A long text that comes again with another date is a copy whose date was edited; a short one is a daily notice.
NEARLY_ALL = 0.9
LONG = 150

# A copy names the original's places. Its added sentences seldom name another between the same words; a notice of
# another town does so for some of its places.
KEPT_FOR_REPLACED = 3
# One place, named once: a slot before it and one behind.
ONE_PLACE = 2

_BOUNDS = np.array([VALUES, DATES, SIGNS, SLOTS], np.uint32)


class Shingles:
    """A text's shingles (``pipelines.fingerprint``), ready for many comparisons.

    ``plain`` counts shingles without a value, ``values`` the others, ``total`` both.
    """

    __slots__ = ("dates", "numbers", "places", "plain", "signs", "total", "values")

    def __init__(self, numbers: NDArray[np.uint32]) -> None:
        self.numbers = numbers
        values, dates, signs, slots = map(int, numbers.searchsorted(_BOUNDS))
        self.plain = values
        self.values = dates - values
        self.total = dates
        self.dates = signs - dates
        self.signs = slots - signs
        self.places = len(numbers) - slots

    def slots(self) -> set[int]:
        return {place >> PLACE_BITS for place in self.numbers[len(self.numbers) - self.places :].tolist()}

    @classmethod
    def unpack(cls, packed: bytes) -> "Shingles":
        return cls(np.frombuffer(packed, "<u4"))

    def __and__(self, other: "Shingles") -> "Shingles":
        fewer, more = sorted((self.numbers, other.numbers), key=len)
        if not len(fewer):
            return Shingles(fewer)
        places = more.searchsorted(fewer)
        return Shingles(fewer[more.take(places, mode="clip") == fewer])


def similarity(one: bytes, other: bytes) -> float:
    """Return the common share of both texts' shingles, 0.0 to 1.0; 1.0 without any."""
    first, second = Shingles.unpack(one), Shingles.unpack(other)
    common = (first & second).total
    either = first.total + second.total - common
    return common / either if either else 1.0


def are_copies_packed(one: bytes, other: bytes, *, same_outlet: bool) -> bool:
    return are_copies(Shingles.unpack(one), Shingles.unpack(other), same_outlet=same_outlet)


def are_copies(one: Shingles, other: Shingles, *, same_outlet: bool) -> bool:
    common = one & other
    if common.total < MIN_SHARED or not _have_much_in_common(
        common.total, one.total, other.total, same_outlet=same_outlet
    ):
        return False
    return not _notices(common, one, other)


def _have_much_in_common(common: int, one: int, other: int, *, same_outlet: bool) -> bool:
    containment = common / min(one, other)
    similar_part = common / (one + other - common)
    if same_outlet:
        return similar_part >= MIN_OWN_SIMILARITY
    return containment >= MOST or (containment >= MIN_CONTAINMENT and similar_part >= MIN_SIMILARITY)


def _notices(common: Shingles, one: Shingles, other: Shingles) -> bool:
    """True for two uses of a template: the same words, other numbers, dates or places."""
    if one.signs and other.signs and not common.signs:
        return True
    edited = common.total >= max(LONG, NEARLY_ALL * min(one.total, other.total))
    if _other_places(common, one, other, ONE_PLACE if edited else 0):
        return True
    if one.dates and other.dates and not common.dates:
        return not edited
    share = min(MOST_KEPT, common.plain / max(1, min(one.plain, other.plain)))
    values = min(one.values, other.values)
    chance = DEVIATIONS * math.sqrt(PER_NUMBER * values * share * (1 - share))
    return common.values < share * values - chance - PER_NUMBER


def _other_places(common: Shingles, one: Shingles, other: Shingles, edited: int) -> bool:
    if min(one.places, other.places) - common.places <= edited:  # each that was replaced is a place of either
        return False
    kept = len(common.slots())
    replaced = len(one.slots() & other.slots()) - kept
    return replaced > edited and KEPT_FOR_REPLACED * replaced >= kept


logger = logging.getLogger(__name__)

# Older articles in one transaction: half a second's work, so that other writers get their turn.
_AT_ONCE = 500
# Some outlets' clocks run up to an hour ahead; copies must find each other at the turn of a period too.
_AHEAD = timedelta(days=1)


def link(
    session: Session, article_id: int, own_fingerprint: Fingerprint | None, now: datetime, *, look_back: int
) -> int | None:
    """Put a stored article and all its copies into one story. Idempotent.

    Call it again after a change of text, date or outlet: links are added, never taken away. The caller's transaction
    holds ``articles.lock``. ``own_fingerprint``: None for a text too short to link. ``look_back``: days around the
    article in which near copies are looked for, in whole periods.

    Returns the story; None without copies.
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

    Similarities are measured where unknown, and all for another first article.
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
    """Find the articles of near copies; store the text's fingerprint for later ones."""
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
    texts = {article.text_sha256 for article in members} - {first.text_sha256}
    shingles = _shingles(session, texts | {first.text_sha256}) if texts else {}
    ours = shingles.get(first.text_sha256, b"")
    measured = {text_sha256: similarity(ours, shingles[text_sha256]) for text_sha256 in texts}
    return {article.id: measured.get(article.text_sha256, 1.0) for article in members}


def _shingles(session: Session, texts: set[str]) -> dict[str, bytes]:
    shingles = fingerprints.shingles_of(session, texts)
    missing = texts - shingles.keys()
    if missing:
        shingles |= {sha: fingerprint(text).shingles for sha, text in articles.texts(session, sorted(missing)).items()}

    return shingles
