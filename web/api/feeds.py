"""What feeds say of articles, stories, outlets, runs and saved searches."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from sqlalchemy.orm import Session

from alerts.watchlists import Watchlist
from core.formatting import format_count
from database.alerts.matches import Match
from database.schema import Round, Run, SavedSearch, StoredArticle
from health.flags import FlagView
from health.overview import DAYS, OutletState
from search.results import search
from search.snippet import snippet
from search.stories import StoryView, format_origin, format_reach
from web.atom import NEVER, Entry, Feed
from web.parameters import Narrowing
from web.rendering import segment, web_address
from web.state import WebState

UNTITLED = "(no title)"


def feed_of_hits(
    request: Request, session: Session, state: WebState, wanted: Narrowing, limit: int, *, title: str, name: str
) -> Feed:
    """The newest articles that are meant; ``name`` tells this feed from others for ever."""
    selection = wanted.selection(state.aliases, state.now())
    found = search(session, selection, limit=limit, copies=wanted.copies, sort="newest")
    entries = [article_entry(request, state, hit.article, hit.snippet.text) for hit in found.hits]
    return Feed(urn(name), title, address(request, f"?{wanted.narrowing()}"), entries)


def article_entry(request: Request, state: WebState, article: StoredArticle, summary: str) -> Entry:
    """An article in a feed: it changes when a new version of it is seen."""
    outlet = state.outlets.get(article.outlet or "")
    return Entry(
        id=urn(f"article:{article.id}"),
        title=article.title or UNTITLED,
        updated=article.fetched_at or article.first_seen_at,
        published=article.published_at,
        page=address(request, f"articles/{article.id}"),
        via=web_address(article.url),
        summary=summary,
        authors=article.authors or [outlet.title if outlet else article.outlet or "unknown"],
        category=article.section,
    )


def match_entry(request: Request, state: WebState, watch: Watchlist, match: Match) -> Entry:
    """An article in a feed of several watchlists: it is there for each that found it, and stands where it was found."""
    text = snippet(match.article.text, watch.query.phrases()).text
    found = article_entry(request, state, match.article, f"{watch.declared.title}: {text}")
    return replace(found, id=urn(f"match:{match.id}"), updated=match.found_at, category=watch.name)


def story_entry(request: Request, story: StoryView) -> Entry | None:
    """A story in a feed: it changes when a further article of it is published. ``None``: all of it is undated."""
    moments = _moments(story)
    if not moments:
        return None
    return Entry(
        id=urn(f"story:{story.id}"),
        title=story.first.title or UNTITLED,
        updated=max(moments),
        published=min(moments),
        page=address(request, f"stories/{story.id}"),
        via=web_address(story.first.url),
        summary=f"{format_reach(story)}; {format_origin(story)}",
        authors=story.outlets or ["unknown"],
    )


def run_entry(request: Request, run: Run) -> Entry | None:
    """A run in a feed, once it has ended."""
    if run.finished_at is None:
        return None
    stored = run.counts.get("stored", 0)
    return Entry(
        id=urn(f"run:{run.id}"),
        title=f"{run.outlet}: {run.state}",
        updated=run.finished_at,
        published=run.started_at,
        page=address(request, f"runs/{run.id}"),
        summary=run.message or f"{stored} stored",
        authors=[run.outlet],
        category=run.state,
    )


def round_entry(request: Request, one: Round) -> Entry | None:
    """A round of the monitor in a feed, once it has ended."""
    if one.finished_at is None or one.state == "running":
        return None
    raised, new = one.totals.get("raised", 0), one.totals.get("new", 0)
    return Entry(
        id=urn(f"round:{one.id}"),
        title=f"Round {one.id}: {one.state}, {format_count(raised, 'flag')} raised",
        updated=one.finished_at,
        published=one.started_at,
        page=address(request, f"rounds/{one.id}"),
        summary=one.message
        or f"{format_count(one.totals.get('outlets', 0), 'outlet')}, {format_count(new, 'new article')}",
        authors=["Pantau"],
        category=one.state,
    )


def flag_entry(request: Request, state: WebState, flag: FlagView) -> Entry:
    """A flag in a feed: it changes when it is cleared."""
    declared = state.outlets.get(flag.outlet)
    title = declared.title if declared else flag.outlet
    return Entry(
        id=urn(f"flag:{flag.id}"),
        title=f"{title}: {flag.words}" if flag.cleared_at is None else f"{title}: no longer so: {flag.words}",
        updated=flag.cleared_at or flag.raised_at,
        published=flag.raised_at,
        page=address(request, f"outlets/{segment(flag.outlet)}"),
        summary=flag.words,
        authors=[title],
        category=flag.kind,
    )


def outlet_entry(request: Request, state: WebState, how: OutletState) -> Entry:
    """An outlet in a feed, with its health: it changes with every run and article, and every day without a run."""
    declared = state.outlets.get(how.name)
    title = declared.title if declared else how.name
    return Entry(
        id=urn(f"health:{how.name}"),
        title=f"{title}: {how.health.words}",
        updated=how.changed_at or NEVER,
        page=address(request, f"outlets/{segment(how.name)}"),
        via=web_address(declared.site) if declared else None,
        summary=f"{how.health.words}; {format_count(how.articles, 'article')} in the last {DAYS} days",
        authors=[title],
        category=how.health.condition,
    )


def saved_entry(request: Request, saved: SavedSearch) -> Entry:
    """A saved search in a feed: it never changes."""
    return Entry(
        id=urn(f"search:{saved.name}:{saved.created_at:%Y%m%dT%H%M%SZ}"),
        title=saved.title,
        updated=saved.created_at,
        published=saved.created_at,
        page=address(request, f"?{saved.parameters}"),
        summary=saved.parameters,
        authors=["Pantau"],
    )


def newest_first(entries: Iterable[Entry | None]) -> list[Entry]:
    """Those there are, in the order of their last change."""
    return sorted((entry for entry in entries if entry), key=lambda entry: (entry.updated, entry.id), reverse=True)


def urn(name: str) -> str:
    """What identifies a thing of this archive for ever."""
    return f"urn:pantau:{quote(name, safe=':-._~')}"


def address(request: Request, path: str) -> str:
    """A page's absolute address, by which the reader reached the server."""
    return f"{request.base_url}{path}"


def _moments(story: StoryView) -> list[datetime]:
    return [member.published_at for member in story.members if member.published_at is not None]
