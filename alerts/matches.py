"""New matches of a watchlist, found in the transaction that stores them.

New are articles stored since it last looked, and revised ones that did not match before. A story is reported once, by
its first published article. Imported articles (seeds) are no news.
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

# A revision bears the moment at which its page was read, and is committed somewhat later.
_OVERLAP = timedelta(days=1)
# Pages are rechecked for a week (core.scheduling.rechecks): older articles get no new revision.
_MAY_CHANGE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MatchingArticle:
    """Columns that decide if a matching article is reported."""

    id: int
    story_id: int | None
    published_at: datetime | None
    first_seen_at: datetime

    @property
    def at(self) -> datetime:
        """Publication, or first sight of an undated article."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class NewMatches:
    """Result of looking for new matches.

    Attributes:
        new: article ids to report, in the order of publication.
        old: matching ids stored before the watchlist asked for them.
        progress: how far the watchlist has looked.
    """

    new: tuple[int, ...]
    old: tuple[int, ...]
    progress: WatchProgress


def find_new_matches(
    session: Session, watchlist: Watchlist, now: datetime, since: datetime | None = None
) -> NewMatches:
    """Find a watchlist's news; write nothing.

    Call ``save_matches`` in the same transaction. ``since``: as for ``run_watchlists``.
    """
    before = deliveries.load_progress(session, watchlist.name)
    up_to = deliveries.load_newest_id(session)
    progress = WatchProgress(watchlist.declared.criteria, up_to, now)
    if before is None or before.checked_to is None:
        stored = _stored(session, watchlist.selection, _first_moment(watchlist, since), up_to)
        old = _may_change(session, watchlist.selection, now, up_to)
        return _one_for_each_story(session, watchlist.name, stored, old, progress)
    old = []
    if before.criteria != progress.criteria:
        old = _may_change(session, watchlist.selection, now, before.checked_to)
    candidates = _matching(session, watchlist.selection, after=before.checked_to, up_to=up_to)
    revised = deliveries.find_revised_articles(session, before.checked_at - _OVERLAP, before.checked_to)
    if before.criteria == progress.criteria:
        for ids in chunks(revised):
            candidates += _matching(session, watchlist.selection, StoredArticle.id.in_(ids), up_to=up_to)
    return _one_for_each_story(session, watchlist.name, candidates, old, progress)


def save_matches(
    session: Session, watchlist: Watchlist, matches: NewMatches, channels: Sequence[tuple[str, datetime]], now: datetime
) -> None:
    deliveries.save_progress(session, watchlist.name, matches.progress)
    match_ids = deliveries.add_matches(session, watchlist.name, matches.new, now, told=True)
    deliveries.add_matches(session, watchlist.name, matches.old, now, told=False)
    for channel, due_at in channels if match_ids else ():
        deliveries.queue_matches(session, watchlist.name, channel, match_ids, due_at=due_at, now=now)


def _first_moment(watchlist: Watchlist, since: datetime | None) -> datetime | None:
    if since is not None or watchlist.declared.since is None:
        return since
    return datetime.combine(watchlist.declared.since, time(0), HOME)


def _stored(session: Session, selection: Selection, since: datetime | None, up_to: int) -> list[MatchingArticle]:
    """Return stored matches published since then; none without such a moment."""
    return _matching(session, replace(selection, since=since), up_to=up_to) if since else []


def _may_change(session: Session, selection: Selection, now: datetime, up_to: int) -> list[MatchingArticle]:
    """Return stored matches young enough to be revised."""
    young = or_(StoredArticle.published_at > now - _MAY_CHANGE, StoredArticle.first_seen_at > now - _MAY_CHANGE)
    return _matching(session, selection, young, up_to=up_to)


def _matching(
    session: Session, selection: Selection, *conditions: ColumnElement[bool], after: int = 0, up_to: int
) -> list[MatchingArticle]:
    columns: tuple[Any, ...] = (StoredArticle.story_id, StoredArticle.published_at, StoredArticle.first_seen_at)
    statement = select_ranked(session, selection, *columns).where(StoredArticle.origin == "crawl", *conditions)
    # The column of the index that is read first, so that it reads no other articles.
    number = statement.selected_columns.article_id
    rows = session.execute(statement.where(number > after, number <= up_to))
    return [MatchingArticle(row.article_id, row.story_id, row.published_at, row.first_seen_at) for row in rows]


def _one_for_each_story(
    session: Session,
    watch: str,
    candidates: Sequence[MatchingArticle],
    old: Sequence[MatchingArticle],
    progress: WatchProgress,
) -> NewMatches:
    known = deliveries.find_known_articles(session, watch, [article.id for article in (*candidates, *old)])
    story_ids = sorted({article.story_id for article in candidates if article.story_id is not None})
    notified = deliveries.find_notified_stories(session, watch, story_ids)
    chosen: dict[tuple[str, int], MatchingArticle] = {}
    for article in sorted(candidates, key=lambda article: (article.at, article.id)):
        if article.id not in known and article.story_id not in notified:
            chosen.setdefault(
                ("story", article.story_id) if article.story_id is not None else ("alone", article.id), article
            )
    new = tuple(article.id for article in chosen.values())
    return NewMatches(new, tuple(sorted({article.id for article in old} - known - set(new))), progress)
