"""History of a URL and polling state of a source on the terminal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from cli.console import harmless
from core.errors import PantauError
from database.ledger import MAX_ATTEMPTS, Event, History, SourceStatus, find_sources, history
from database.ledger.history import RecheckState

_MEANING = {
    "pending": "to be fetched in the next run",
    "stored": "stored",
    "same-as": "the same article as another URL",
    "rejected": "rejected",
    "failed": "failed",
    "gone": "gone",
}
# Events of rechecks whose names need an explanation.
_EVENTS = {
    "kept": "rechecked, kept as it was",
    "removed": "its page is removed, the article is kept",
    "restored": "its page is back",
}


def print_history(session: Session, url: str) -> None:
    """Print the history of the URL, and its polling state if it is a source.

    Raises:
        PantauError: no source ever named it.
    """
    url_history, sources = history(session, url), find_sources(session, url=url)
    if url_history is None and not sources:
        raise PantauError(f"{url} is unknown: no source of any outlet named it; is it spelt right?")
    lines = [line for source in sources for line in format_source(source)]
    lines += format_history(url_history, datetime.now(UTC)) if url_history else []
    for line in lines:
        print(harmless(line))


def format_source(source: SourceStatus) -> Iterator[str]:
    """Describe a source's polling."""
    yield source.url
    yield f"  source    {source.kind} of {source.outlet}"
    yield f"  answered  {_time(source.checked_at) if source.checked_at else 'never'}"
    if source.changed_at:
        yield f"  changed   {_time(source.changed_at)}"
    if source.problem:
        at = f", last {_time(source.failed_at)}" if source.failed_at else ""
        yield f"  failed    {source.failures} times since then{at}: {source.problem}"


def format_history(url: History, now: datetime) -> Iterator[str]:
    """Describe a URL's state, then its history, oldest event first."""
    yield url.url
    yield f"  outlet    {url.outlet}"
    yield f"  state     {_state(url)}"
    if url.article_id is not None:
        version = f", revision {url.revision}" if url.revision and url.revision > 1 else ""
        yield f"  article   {url.article_id}: {url.article_title or '(no title)'}{version}"
    if url.removed_at is not None:
        yield f"  removed   from its page, {_time(url.removed_at)}; kept here"
    if url.recheck is not None:
        yield from _format_recheck(url.recheck, now)
    for address in url.same_as:
        yield f"  same as   {address}"
    for address in url.also:
        yield f"  also at   {address}"
    if url.state == "failed" or url.next_attempt_at is not None:
        yield f"  attempts  {url.attempts} of {MAX_ATTEMPTS}; {_next(url.next_attempt_at, now)}"
    if url.article_id is None and url.title_hint:
        yield f"  title     {url.title_hint} (as its source says)"
    if url.published_hint is not None:
        yield f"  dated     {_time(url.published_hint)}"
    yield "history"
    yield f"  {_time(url.first_seen_at)}  first seen"
    yield from (f"  {_time(event.at)}  {_event(event)}" for event in url.events)


def _format_recheck(recheck: RecheckState, now: datetime) -> Iterator[str]:
    yield f"  rechecked {_time(recheck.looked_at)}"
    if recheck.missing_since is not None:
        yield f"  missing   since {_time(recheck.missing_since)}"
    if recheck.failures:
        yield (
            f"  failed    the last {recheck.failures} rechecks"
            if recheck.failures > 1
            else "  failed    the last recheck"
        )
    if recheck.due_at is None:
        yield "  next recheck only if a source reports a change"
    elif recheck.due_at <= now:
        yield "  next recheck due in the next run"
    else:
        yield f"  next recheck from {_time(recheck.due_at)} on (in {_wait(recheck.due_at, now)})"


def _state(url: History) -> str:
    meaning = _MEANING.get(url.state, url.state)
    reason = ": ".join(part for part in (url.reason, url.detail) if part)
    decided = f", {_time(url.decided_at)}" if url.decided_at else ""
    return f"{meaning} ({reason}){decided}" if reason else f"{meaning}{decided}"


def _next(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "given up"
    if at <= now:
        return "due: the next run tries again"
    return f"next try from {_time(at)} on (in {_wait(at, now)})"


def _wait(until: datetime, now: datetime) -> str:
    minutes = (until - now) // timedelta(minutes=1)
    if minutes < 2 * 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 3 * 24 else f"{hours // 24} days"


def _event(event: Event) -> str:
    parts = [_EVENTS.get(event.event, event.event)]
    if event.source_url:
        parts.append(f"by {event.source_url}")
    if reason := ": ".join(part for part in (event.reason, event.detail) if part):
        parts.append(f"({reason})")
    if event.run_id is not None:
        parts.append(f"in run {event.run_id}")
    return " ".join(parts)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
