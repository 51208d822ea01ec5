"""Third stage: decide whether a text is stored already. Pure.

The result depends on the documents, never on the order of their arrival:

- an outlet has one article for one text; the same text under another URL of that outlet is the same article;
- copies at several outlets are an article each (and in one story: ``pipelines/story_links.py``);
- a seed document is its outlet's article, whether its page comes before it, after it or never;
- a seed document that names no outlet is the article of the outlet that published that text first.
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


def judge_page(outlet: str, same_text: Sequence[MatchColumns]) -> Verdict:
    """Judge an outlet's page by the stored articles with its text.

    ``same_text`` is empty for a text too short to link.
    """
    own = _of(outlet, same_text)
    if own is None:
        return NewArticle()
    return TakesSeed(own.id) if own.fetched_at is None else SameArticle(own.id, Reason.SAME_TEXT)


def judge_seed(outlet: str | None, same_text: Sequence[MatchColumns]) -> Verdict:
    """Judge a seed document by the stored articles with its text.

    ``outlet`` is the one that it names, if any.
    """
    own = _of(outlet, same_text) if outlet else first_published(same_text)
    if own is None:
        return NewArticle()
    return SameArticle(own.id, Reason.SAME_TEXT)


def first_published(same_text: Iterable[MatchColumns]) -> MatchColumns | None:
    """Return the article published first; by outlet, then URL, where equal."""
    return min(same_text, key=by_publication, default=None)


def _of(outlet: str, same_text: Sequence[MatchColumns]) -> MatchColumns | None:
    """Return the outlet's own article, else the one without an outlet.

    There is never one without an outlet beside others.
    """
    return next((article for article in same_text if article.outlet == outlet), None) or next(
        (article for article in same_text if article.outlet is None), None
    )
