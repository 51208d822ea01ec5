"""The third stage decides what a text is that may be stored already. No I/O: it is told what the database holds.

The end state depends on what came, never on the order in which it came:

- an outlet has one article for one text; the same text under a further URL of that outlet is the same article;
- copies at several outlets are an article each (and in one story: ``pipelines/story_linking.py``);
- a seed document is its outlet's article, whether its page comes before it, after it or never;
- a seed document that names no outlet is the article of whichever outlet published that text first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.models import Reason
from database.articles import MatchColumns
from database.stories import by_publication


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article of its own."""


@dataclass(frozen=True, slots=True)
class SameArticle:
    """The stored article ``article_id`` under another URL."""

    article_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class TakesSeed:
    """The page of the seed article ``article_id``, which had none yet."""

    article_id: int


Verdict = NewArticle | SameArticle | TakesSeed


def judge_page(outlet: str, held: Sequence[MatchColumns]) -> Verdict:
    """What the outlet's page is, whose text the articles ``held`` have (none if the text does not link)."""
    own = _of(outlet, held)
    if own is None:
        return NewArticle()
    return TakesSeed(own.id) if own.fetched_at is None else SameArticle(own.id, Reason.SAME_TEXT)


def judge_seed(outlet: str | None, held: Sequence[MatchColumns]) -> Verdict:
    """What a seed document is, whose text the articles ``held`` have; ``outlet`` is the one it names, if any."""
    own = _of(outlet, held) if outlet else first_published(held)
    if own is None:
        return NewArticle()
    return SameArticle(own.id, Reason.SAME_TEXT)


def first_published(held: Iterable[MatchColumns]) -> MatchColumns | None:
    """The article with the earliest publication time; by outlet, then URL, where equal."""
    return min(held, key=by_publication, default=None)


def _of(outlet: str, held: Sequence[MatchColumns]) -> MatchColumns | None:
    """The outlet's own article, or else the one whose outlet nobody knows: there is none beside known ones."""
    return next((article for article in held if article.outlet == outlet), None) or next(
        (article for article in held if article.outlet is None), None
    )
