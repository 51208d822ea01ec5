"""What is new for a watchlist: found once and for all, in the transaction that remembers it.

New are the articles that were stored since it last looked, and those that were revised since and did not match before.
A story is told once: of several articles that carry one text, the first published stands for all, and what joins the
story later is no news. What somebody imported himself (seeds) is none either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from alerts.watchlists import Watchlist
from core.periods import HOME
from database.alerts import deliveries
from database.alerts.deliveries import WatchProgress
from database.schema import StoredArticle
from database.sql import chunks
from search.selection import Selection, select_ranked

# A revision bears the moment at which its page was read, and is committed somewhat later; what was seen is known.
_OVERLAP = timedelta(days=1)
# Pages are looked at again for a week (core.scheduling.rechecks): older articles get no new revision.
_MAY_CHANGE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MatchingArticle:
    """An article that matches, as far as it decides what is told."""

    id: int
    story_id: int | None
    published_at: datetime | None
    first_seen_at: datetime

    @property
    def at(self) -> datetime:
        """When it came out, as far as anybody knows."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class NewMatches:
    """What a look found.

    Attributes:
        tell: the articles to tell of, in the order in which they came out.
        known: what matches and is no news: it was there before the watchlist asked for it.
        now: how far the watchlist has looked now.
    """

    tell: tuple[int, ...]
    known: tuple[int, ...]
    now: WatchProgress


def find_new_matches(
    session: Session, watchlist: Watchlist, now: datetime, since: datetime | None = None
) -> NewMatches:
    """Looks for what is new; writes nothing.

    Args:
        session: the look is one transaction, and that of ``remember`` if the caller goes on to it.
        watchlist: what to look for.
        now: the moment of the look.
        since: of a watchlist that begins: it tells of what is stored and was published then or later, too.
    """
    before = deliveries.load_progress(session, watchlist.name)
    up_to = deliveries.load_newest_id(session)
    looked = WatchProgress(watchlist.declared.criteria, up_to, now)
    if before is None or before.checked_to is None:
        begun = _stored(session, watchlist.selection, _begins(watchlist, since), up_to)
        there = _may_change(session, watchlist.selection, now, up_to)
        return _news(session, watchlist.name, begun, there, looked)
    there = []
    if before.criteria != looked.criteria:
        there = _may_change(session, watchlist.selection, now, before.checked_to)
    fresh = _matching(session, watchlist.selection, after=before.checked_to, up_to=up_to)
    revised = deliveries.find_revised_articles(session, before.checked_at - _OVERLAP, before.checked_to)
    if before.criteria == looked.criteria:
        for ids in chunks(revised):
            fresh += _matching(session, watchlist.selection, StoredArticle.id.in_(ids), up_to=up_to)
    return _news(session, watchlist.name, fresh, there, looked)


def save_matches(
    session: Session, watchlist: Watchlist, news: NewMatches, channels: Sequence[tuple[str, datetime]], now: datetime
) -> None:
    """Writes down what was found, and that each channel (with when it is due) shall be told."""
    deliveries.save_progress(session, watchlist.name, news.now)
    matches = deliveries.add_matches(session, watchlist.name, news.tell, now, told=True)
    deliveries.add_matches(session, watchlist.name, news.known, now, told=False)
    for channel, due_at in channels if matches else ():
        deliveries.queue_matches(session, watchlist.name, channel, matches, due_at=due_at, now=now)


def _begins(watchlist: Watchlist, since: datetime | None) -> datetime | None:
    if since is not None or watchlist.declared.since is None:
        return since
    return datetime.combine(watchlist.declared.since, time(0), HOME)


def _stored(session: Session, selection: Selection, since: datetime | None, up_to: int) -> list[MatchingArticle]:
    """What was published since then, of what is stored; nothing if there is no such moment."""
    return _matching(session, replace(selection, since=since), up_to=up_to) if since else []


def _may_change(session: Session, selection: Selection, now: datetime, up_to: int) -> list[MatchingArticle]:
    """What matches already and may yet be revised."""
    young = or_(StoredArticle.published_at > now - _MAY_CHANGE, StoredArticle.first_seen_at > now - _MAY_CHANGE)
    return _matching(session, selection, young, up_to=up_to)


def _matching(
    session: Session, selection: Selection, *conditions: ColumnElement[bool], after: int = 0, up_to: int
) -> list[MatchingArticle]:
    """The crawled articles with these numbers that match and for which the conditions are true."""
    columns: tuple[Any, ...] = (StoredArticle.story_id, StoredArticle.published_at, StoredArticle.first_seen_at)
    statement = select_ranked(session, selection, *columns).where(StoredArticle.origin == "crawl", *conditions)
    # Of the index that is read first: it looks at no other articles then.
    number = statement.selected_columns.article_id
    rows = session.execute(statement.where(number > after, number <= up_to))
    return [MatchingArticle(row.article_id, row.story_id, row.published_at, row.first_seen_at) for row in rows]


def _news(
    session: Session,
    watch: str,
    fresh: Sequence[MatchingArticle],
    there: Sequence[MatchingArticle],
    looked: WatchProgress,
) -> NewMatches:
    """One article for each story that was not told yet."""
    seen = deliveries.find_known_articles(session, watch, [one.id for one in (*fresh, *there)])
    stories = deliveries.find_notified_stories(
        session, watch, sorted({one.story_id for one in fresh if one.story_id is not None})
    )
    tell: dict[tuple[str, int], MatchingArticle] = {}
    for one in sorted(fresh, key=lambda one: (one.at, one.id)):
        if one.id not in seen and one.story_id not in stories:
            tell.setdefault(("story", one.story_id) if one.story_id is not None else ("alone", one.id), one)
    told = tuple(one.id for one in tell.values())
    known = tuple(sorted({one.id for one in there} - seen - set(told)))
    return NewMatches(told, known, looked)
