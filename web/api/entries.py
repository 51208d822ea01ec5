"""What feeds say of articles and stories."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from fastapi import Request
from sqlalchemy.orm import Session

from crawler.shown import origin, reach
from database.schema import Run, StoredArticle
from database.search.search import search
from database.story_queries import Told
from web.atom import Entry, Feed
from web.parameters import Narrowing
from web.rendering import web_address
from web.state import WebState

_UNTITLED = "(no title)"


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
        title=article.title or _UNTITLED,
        updated=article.fetched_at or article.first_seen_at,
        published=article.published_at,
        page=address(request, f"articles/{article.id}"),
        via=web_address(article.url),
        summary=summary,
        authors=article.authors or [outlet.title if outlet else article.outlet or "unknown"],
        category=article.section,
    )


def story_entry(request: Request, story: Told) -> Entry | None:
    """A story in a feed: it changes when a further article of it is published. ``None``: all of it is undated."""
    moments = _moments(story)
    if not moments:
        return None
    return Entry(
        id=urn(f"story:{story.id}"),
        title=story.first.title or _UNTITLED,
        updated=max(moments),
        published=min(moments),
        page=address(request, f"stories/{story.id}"),
        via=web_address(story.first.url),
        summary=f"{reach(story)}; {origin(story)}",
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


def newest_first(entries: Iterable[Entry | None]) -> list[Entry]:
    """Those there are, in the order of their last change."""
    return sorted((entry for entry in entries if entry), key=lambda entry: (entry.updated, entry.id), reverse=True)


def urn(name: str) -> str:
    """What identifies a thing of this archive for ever."""
    return f"urn:pantau:{quote(name, safe=':-._~')}"


def address(request: Request, path: str) -> str:
    """A page's absolute address, by which the reader reached the server."""
    return f"{request.base_url}{path}"


def _moments(story: Told) -> list[datetime]:
    return [member.published_at for member in story.members if member.published_at is not None]
