"""Third stage: decide whether a text is stored already. Pure.

The order of arrival does not matter:

- an outlet has one article for one text, under any of its URLs;
- copies at several outlets are an article each;
- a seed document is its outlet's article, with or without a page;
- one without an outlet is the article of the outlet that published the text first.
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
    """The page of the seed article ``article_id``, which had none."""

    article_id: int


Verdict = NewArticle | SameArticle | TakesSeed


def judge_page(outlet: str, same_text: Sequence[MatchColumns]) -> Verdict:
    """Judge a page by the stored articles with its text (none if too short to link)."""
    own = _of(outlet, same_text)
    if own is None:
        return NewArticle()
    return TakesSeed(own.id) if own.fetched_at is None else SameArticle(own.id, Reason.SAME_TEXT)


def judge_seed(outlet: str | None, same_text: Sequence[MatchColumns]) -> Verdict:
    own = _of(outlet, same_text) if outlet else first_published(same_text)
    if own is None:
        return NewArticle()
    return SameArticle(own.id, Reason.SAME_TEXT)


def first_published(same_text: Iterable[MatchColumns]) -> MatchColumns | None:
    """Return the article published first; by outlet, then URL, where equal."""
    return min(same_text, key=by_publication, default=None)


def _of(outlet: str, same_text: Sequence[MatchColumns]) -> MatchColumns | None:
    """Return the outlet's article, else one without an outlet (never beside others)."""
    return next((article for article in same_text if article.outlet == outlet), None) or next(
        (article for article in same_text if article.outlet is None), None
    )
