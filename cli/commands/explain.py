"""``scrapy explain URL``: why we have an article, or why not."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cli.console import PantauCommand, harmless
from core.errors import PantauError, UsageError
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
# What another look brought, where the event's own name does not say it all.
_EVENTS = {
    "kept": "looked at again, kept as it was",
    "removed": "its page is removed, the article is kept",
    "restored": "its page is back",
}


class Command(PantauCommand):
    """Prints the whole history of a URL, or how polling it went if it is a source."""

    def syntax(self) -> str:
        """How it is called."""
        return "URL"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Tell a URL's history: who named it, what was decided and why"

    def long_desc(self) -> str:
        """What is told."""
        return (
            "Prints who named the URL and when, each decision with its reason, the attempts and when the next one is "
            "due, and what became of it. Any spelling of the URL that means the same article will do. Times are UTC."
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:  # noqa: ARG002 - it has no options
        """Find and print it; 1 when nobody ever named it."""
        if len(args) != 1:
            raise UsageError("one URL is needed (quote it: & means something to the shell)")
        with self.reading() as session:
            found, polled = history(session, args[0]), find_sources(session, url=args[0])
        if found is None and not polled:
            raise PantauError(f"{args[0]} was never seen: no source of any outlet named it")
        told = [line for one in polled for line in source_lines(one)]
        told += lines(found, datetime.now(UTC)) if found else []
        for line in told:
            print(harmless(line))
        return 0


def source_lines(polled: SourceStatus) -> Iterator[str]:
    """How polling a source went, in words."""
    yield polled.url
    yield f"  source    {polled.kind} of {polled.outlet}"
    yield f"  answered  {_shown(polled.checked_at) if polled.checked_at else 'never'}"
    if polled.changed_at:
        yield f"  changed   {_shown(polled.changed_at)}"
    if polled.problem:
        at = f", last {_shown(polled.failed_at)}" if polled.failed_at else ""
        yield f"  failed    {polled.failures} times since then{at}: {polled.problem}"


def lines(found: History, now: datetime) -> Iterator[str]:
    """The history in words, oldest event first, what became of the URL at the top."""
    yield found.url
    yield f"  outlet    {found.outlet}"
    yield f"  state     {_state(found)}"
    if found.article_id is not None:
        version = f", revision {found.revision}" if found.revision and found.revision > 1 else ""
        yield f"  article   {found.article_id}: {found.article_title or '(no title)'}{version}"
    if found.removed_at is not None:
        yield f"  removed   from its page, {_shown(found.removed_at)}; kept here"
    if found.recheck is not None:
        yield from _looks(found.recheck, now)
    for url in found.same_as:
        yield f"  same as   {url}"
    for url in found.also:
        yield f"  also at   {url}"
    if found.state == "failed" or found.next_attempt_at is not None:
        yield f"  attempts  {found.attempts} of {MAX_ATTEMPTS}; {_next(found.next_attempt_at, now)}"
    if found.article_id is None and found.title_hint:
        yield f"  title     {found.title_hint} (as its source says)"
    if found.published_hint is not None:
        yield f"  dated     {_shown(found.published_hint)}"
    yield "history"
    yield f"  {_shown(found.first_seen_at)}  first seen"
    yield from (f"  {_shown(event.at)}  {_told(event)}" for event in found.events)


def _looks(looks: RecheckState, now: datetime) -> Iterator[str]:
    yield f"  looked at {_shown(looks.looked_at)}"
    if looks.missing_since is not None:
        yield f"  missing   since {_shown(looks.missing_since)}"
    if looks.failures:
        yield f"  failed    the last {looks.failures} looks" if looks.failures > 1 else "  failed    the last look"
    if looks.due_at is None:
        yield "  next look only if a source says that it changed"
    elif looks.due_at <= now:
        yield "  next look due: the next run takes it"
    else:
        yield f"  next look from {_shown(looks.due_at)} on (in {_wait(looks.due_at, now)})"


def _state(found: History) -> str:
    meaning = _MEANING.get(found.state, found.state)
    reason = ": ".join(part for part in (found.reason, found.detail) if part)
    decided = f", {_shown(found.decided_at)}" if found.decided_at else ""
    return f"{meaning} ({reason}){decided}" if reason else f"{meaning}{decided}"


def _next(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "given up"
    if at <= now:
        return "due: the next run tries again"
    return f"next try from {_shown(at)} on (in {_wait(at, now)})"


def _wait(until: datetime, now: datetime) -> str:
    minutes = (until - now) // timedelta(minutes=1)
    if minutes < 2 * 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 3 * 24 else f"{hours // 24} days"


def _told(event: Event) -> str:
    parts = [_EVENTS.get(event.event, event.event)]
    if event.source_url:
        parts.append(f"by {event.source_url}")
    if reason := ": ".join(part for part in (event.reason, event.detail) if part):
        parts.append(f"({reason})")
    if event.run_id is not None:
        parts.append(f"in run {event.run_id}")
    return " ".join(parts)


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
