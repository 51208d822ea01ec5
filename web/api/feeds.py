"""Feed entries for articles, stories, outlets, flags, rounds, runs and searches."""

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
from web.parameters import SearchFilters
from web.rendering import segment, web_address
from web.state import WebState

UNTITLED = "(no title)"


def feed_of_hits(
    request: Request, session: Session, state: WebState, filters: SearchFilters, limit: int, *, title: str, name: str
) -> Feed:
    """Return the newest articles; ``name`` is the feed's permanent identity."""
    selection = filters.selection(state.aliases, state.now())
    results = search(session, selection, limit=limit, copies=filters.copies, sort="newest")
    entries = [article_entry(request, state, hit.article, hit.snippet.text) for hit in results.hits]
    return Feed(urn(name), title, address(request, f"?{filters.filter_address()}"), entries)


def article_entry(request: Request, state: WebState, article: StoredArticle, summary: str) -> Entry:
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
    text = snippet(match.article.text, watch.query.phrases()).text
    entry = article_entry(request, state, match.article, f"{watch.declared.title}: {text}")
    return replace(entry, id=urn(f"match:{match.id}"), updated=match.found_at, category=watch.name)


def story_entry(request: Request, story: StoryView) -> Entry | None:
    """Return a story's entry, updated with each new article; ``None`` if undated."""
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
    """Return a run's entry; ``None`` while it is running."""
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


def round_entry(request: Request, round_: Round) -> Entry | None:
    """Return a round's entry; ``None`` while it is running."""
    if round_.finished_at is None or round_.state == "running":
        return None
    raised, new = round_.totals.get("raised", 0), round_.totals.get("new", 0)
    return Entry(
        id=urn(f"round:{round_.id}"),
        title=f"Round {round_.id}: {round_.state}, {format_count(raised, 'flag')} raised",
        updated=round_.finished_at,
        published=round_.started_at,
        page=address(request, f"rounds/{round_.id}"),
        summary=round_.message
        or f"{format_count(round_.totals.get('outlets', 0), 'outlet')}, {format_count(new, 'new article')}",
        authors=["Pantau"],
        category=round_.state,
    )


def flag_entry(request: Request, state: WebState, flag: FlagView) -> Entry:
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


def outlet_entry(request: Request, state: WebState, outlet: OutletState) -> Entry:
    """Return an outlet's entry, updated with every run, article and day without a run."""
    declared = state.outlets.get(outlet.name)
    title = declared.title if declared else outlet.name
    return Entry(
        id=urn(f"health:{outlet.name}"),
        title=f"{title}: {outlet.health.words}",
        updated=outlet.changed_at or NEVER,
        page=address(request, f"outlets/{segment(outlet.name)}"),
        via=web_address(declared.site) if declared else None,
        summary=f"{outlet.health.words}; {format_count(outlet.articles, 'article')} in the last {DAYS} days",
        authors=[title],
        category=outlet.health.condition,
    )


def saved_entry(request: Request, saved: SavedSearch) -> Entry:
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
    return sorted((entry for entry in entries if entry), key=lambda entry: (entry.updated, entry.id), reverse=True)


def urn(name: str) -> str:
    return f"urn:pantau:{quote(name, safe=':-._~')}"


def address(request: Request, path: str) -> str:
    return f"{request.base_url}{path}"


def _moments(story: StoryView) -> list[datetime]:
    return [member.published_at for member in story.members if member.published_at is not None]
