"""Watchlists on the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.addresses import ChannelError
from alerts.channels import Content, open_channel
from alerts.delivery import OPERATOR_CHANNEL, DeliveryReport, find_targets, write_content
from alerts.digest import DigestMessage, read_digest, yesterday
from alerts.matches import find_new_matches
from alerts.messages import LISTED, Alert, build_entries, write_alert, write_flags_message
from alerts.watchlists import Recipient, Watchlist
from cli.console import harmless
from core.formatting import format_count, iso_time
from core.periods import HOME
from core.toml_files import format_path
from database.alerts import deliveries
from database.alerts.deliveries import NO_DELIVERIES, DeliveryStatus, find_unsent_changes
from database.schema import StoredArticle
from health.flags import load_flags
from search.results import Results, search

_INDENT = "       "
# Period of `watch test`.
TESTED = timedelta(days=7)
_ANY_LENGTH = 10**9
_NONE_ACTIVE = "nothing was searched: none of the watchlists is active (`scrapy watch list` shows them)"


def format_watchlists(session: Session, watchlists: Sequence[Watchlist]) -> Iterator[str]:
    statuses = dict(deliveries.load_delivery_status(session))
    for one in watchlists:
        state = "active" if one.declared.active else "off"
        yield f"{one.name}  {state}  {harmless(one.declared.title)}  ({format_path(one.path)})"
        yield f"{_INDENT}{_criteria(one)}"
        progress = deliveries.load_progress(session, one.name)
        if progress is None or progress.checked_to is None:
            yield f"{_INDENT}not run yet: {'the next run begins' if one.declared.active else 'it is off'}"
        else:
            yield f"{_INDENT}last run {iso_time(progress.checked_at, HOME.key)}"
        for tell in one.declared.tell:
            status = statuses.pop((one.name, tell.to), NO_DELIVERIES)
            yield from _channel(f"{tell.to}, {tell.when}{', digest' if tell.digest else ''}", status)
        if not one.declared.tell:
            yield f"{_INDENT}notifies no channel: it has no [[tell]]"
    for (watch, channel), status in statuses.items():
        if watch == deliveries.OPERATOR:
            yield "the operator"
            yield from _channel(f"{channel}, flags at once, digest daily 07:00", status)
        elif status.waiting:
            yield f"{watch} to {channel}: no longer declared, {format_count(len(status.waiting), 'message')} not sent"


def _criteria(one: Watchlist) -> str:
    filters = [
        f"{name} {', '.join(values)}"
        for name, values in (
            ("outlets", one.declared.outlets), ("sections", one.declared.sections),
            ("authors", one.declared.authors), ("languages", one.declared.languages),
        )
        if values
    ]  # fmt: skip
    return harmless("; ".join([" ".join(one.declared.query.split()), *filters]))


def _channel(name: str, status: DeliveryStatus) -> Iterator[str]:
    last = f"last sent {iso_time(status.last, HOME.key)}" if status.last else "nothing sent yet"
    pending = [message for message in status.waiting if message.state != "failed"]
    parts = [
        last,
        f"{status.sent:,} sent",
        f"{len(pending):,} pending",
        f"{len(status.waiting) - len(pending):,} failed",
    ]
    yield f"{_INDENT}{name}: {', '.join(parts)}"
    for message in status.waiting:
        if message.state == "failed":
            again = f"again {iso_time(message.next_attempt_at, HOME.key)}"
            yield f"{_INDENT}  {format_count(message.attempts, 'attempt')}, {again}: {harmless(message.problem or '')}"
        elif message.state == "sending":
            yield f"{_INDENT}  a run ended while it sent this one: it is sent again, and may come twice"
        else:
            yield f"{_INDENT}  due {iso_time(message.next_attempt_at, HOME.key)}"


def format_report(report: DeliveryReport) -> Iterator[str]:
    if not (report.found or report.failed or report.sent):
        yield _NONE_ACTIVE
    for name, number in report.found.items():
        begins = "begins; " if name in report.begun else ""
        yield f"{name}: {begins}{format_count(number, 'new article')}"
    for message, title in report.sent:
        yield f"sent: {message.watch} to {message.channel}: {harmless(title)}"
    if report.waiting:
        yield f"{format_count(report.waiting, 'message')} not sent yet; `scrapy watch list` shows the reasons"


def format_dry_run(
    session: Session,
    watchlists: Sequence[Watchlist],
    environment: Mapping[str, str],
    now: datetime,
    since: datetime | None,
) -> Iterator[str]:
    """Describe the finds of a run that writes nothing."""
    by_name = {one.name: one for one in watchlists}
    if not any(one.declared.active for one in watchlists):
        yield _NONE_ACTIVE
    for one in watchlists:
        if not one.declared.active:
            continue
        matches = find_new_matches(session, one, now, since)
        yield f"{one.name}: {format_count(len(matches.new), 'new article')}"
        if matches.new:
            yield from _message(write_alert(session, one, matches.new), (tell.to for tell in one.declared.tell))
    declared = {(one.watch, one.channel, one.kind) for one in find_targets(watchlists, environment, operator=True)}
    if (
        any(kind == "flags" for _, _, kind in declared)
        and (changes := find_unsent_changes(session, OPERATOR_CHANNEL)).ids
    ):
        yield from _message(write_flags_message(session, load_flags(session, ids=changes.ids)), [OPERATOR_CHANNEL])
    for message in deliveries.find_due_messages(session, now):
        if (message.watch, message.channel, message.kind) in declared:
            yield f"waiting since an earlier run, attempts so far: {message.attempts}"
            yield from _message(write_content(session, message, by_name, now), [message.channel])


def _message(found: Content, channels: Iterable[str]) -> Iterator[str]:
    yield f"{_INDENT}to {', '.join(channels) or 'no channel'}: {harmless(found.title)}"
    yield from (f"{_INDENT}{harmless(line)}" for line in found.body("text", _ANY_LENGTH).splitlines())


def format_test(session: Session, one: Watchlist, now: datetime, limit: int) -> Iterator[str]:
    results = _lately(session, one, now, limit)
    state = "active" if one.declared.active else "off"
    yield f"{one.name}  {state}  {harmless(one.declared.title)}  ({format_path(one.path)})"
    yield f"{_INDENT}{_criteria(one)}"
    for written, others in one.query.aliases:
        yield f"{_INDENT}{harmless(written)}: also {harmless(', '.join(others))}"
    yield from (f"{_INDENT}tells {tell.to}, {tell.when}" for tell in one.declared.tell)
    found = Alert(one.declared.title, len(results.hits), build_entries(session, one.query, _articles(results)), "")
    articles = format_count(results.total, "different article")
    yield f"{articles} in the last {TESTED.days} days, {len(results.hits):,} shown"
    yield from (harmless(line) for line in found.body("text", _ANY_LENGTH).splitlines())


def send_test(
    session: Session, watchlists: Sequence[Watchlist], one: Watchlist, tell: Recipient, environment: Mapping[str, str],
    now: datetime,
) -> str | None:  # fmt: skip
    """Send a test message; return the problem, if any."""
    try:
        channel = open_channel(tell.to, environment)
    except ChannelError as error:
        return str(error)
    if tell.digest:
        return channel.send(DigestMessage(read_digest(session, watchlists, yesterday(now), now)))
    results = _lately(session, one, now, LISTED)
    hint = f"No article of the last {TESTED.days} days matches; this message is a test."
    heading = f"Test: {one.declared.title}"
    return channel.send(Alert(heading, results.total, build_entries(session, one.query, _articles(results)), hint))


def _lately(session: Session, one: Watchlist, now: datetime, limit: int) -> Results:
    return search(session, replace(one.selection, since=now - TESTED), limit=limit, sort="newest")


def _articles(results: Results) -> list[StoredArticle]:
    return [hit.article for hit in results.hits]
