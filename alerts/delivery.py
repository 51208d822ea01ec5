"""One alert run: find new matches, queue messages, send what is due.

Matches or changes of flags and their messages are stored in one transaction; a message is done only when its channel
has taken it. It is sent between two commits, so a run killed in between sends it again: its arrival cannot be known.
After some failures in a row it is tried once a day, without end.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from scrapy.settings import BaseSettings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from alerts.addresses import ChannelError, fill
from alerts.channels import Channel, Content, open_channel
from alerts.digest import DigestMessage, read_digest
from alerts.matches import find_new_matches, save_matches
from alerts.messages import write_alert, write_flags_message
from alerts.schedule import Schedule, next_attempt, read_schedule
from alerts.watchlists import Watchlist, Watchlists
from core.errors import PantauError, WatchBusyError
from core.formatting import format_count
from core.toml_files import format_path
from database.alerts import deliveries
from database.alerts.deliveries import OPERATOR, Kind, Message, load_message_flag_ids, queue_flag_changes
from database.engine import reading
from database.errors import translate_errors
from database.locks import watch_lock
from health.flags import load_flags
from search.aliases import load_aliases
from search.query import parse_query

logger = logging.getLogger(__name__)

# If this variable is set, its channel gets changed flags at once, and daily a digest of all that is wrong.
OPERATOR_CHANNEL = "${OPERATOR_CHANNEL}"
_OPERATOR_WHEN: Mapping[Kind, Schedule] = {"flags": read_schedule("at once"), "operator": read_schedule("daily 07:00")}
# Failures after which a channel rests until the next run: each may take half a minute.
_ENOUGH = 2
_DAY = timedelta(days=1)
_DIGESTS = frozenset({"digest", "operator"})


@dataclass(slots=True)
class DeliveryReport:
    """Result of an alert run.

    Attributes:
        found: number of new articles by watchlist.
        begun: watchlists that looked for the first time, or again after being off.
        failed: problems, a line each, without secrets.
        waiting: messages to be tried again.
    """

    found: Counter[str] = field(default_factory=Counter)
    begun: list[str] = field(default_factory=list)
    sent: list[tuple[Message, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A declared channel; ``place`` is the file that declares it."""

    watch: str
    channel: str
    kind: Kind
    schedule: Schedule
    place: str


def find_targets(watchlists: Sequence[Watchlist], environment: Mapping[str, str], *, operator: bool) -> list[Target]:
    """Return the active watchlists' channels, and the operator's if set."""
    targets = [
        Target(
            watchlist.name,
            recipient.to,
            "digest" if recipient.digest else "matches",
            recipient.schedule,
            format_path(watchlist.path),
        )
        for watchlist in watchlists
        if watchlist.declared.active
        for recipient in watchlist.declared.tell
    ]
    if operator and environment.get("OPERATOR_CHANNEL", "").strip():
        targets += [
            Target(OPERATOR, OPERATOR_CHANNEL, kind, when, "the environment") for kind, when in _OPERATOR_WHEN.items()
        ]
    return targets


def find_missing_secrets(targets: Sequence[Target], environment: Mapping[str, str]) -> list[str]:
    problems = []
    for target in targets:
        try:
            fill(target.channel, environment)
        except ChannelError as error:
            problems.append(f"watchlist {target.watch} ({target.place}): {target.channel}: {error}")
    return problems


def notify_after_round(
    settings: BaseSettings, engine: Engine, environment: Mapping[str, str], now: datetime
) -> Sequence[str]:
    """Send what is due; return what failed, a line each.

    A wrong watchlist does not stop the others.
    """
    try:
        parse = partial(parse_query, aliases=load_aliases(settings["ALIAS_PATHS"]), now=now)
        watchlists, find_missing_secrets = Watchlists.from_settings(settings["WATCHLIST_PATHS"], parse).read()
        report = run_watchlists(engine, watchlists, environment, now)
    except WatchBusyError:
        return []  # another process is sending
    except PantauError as error:
        return [str(error)]
    return [*find_missing_secrets, *report.failed]


def run_watchlists(
    engine: Engine,
    watchlists: Sequence[Watchlist],
    environment: Mapping[str, str],
    now: datetime,
    *,
    only: Collection[str] = (),
    since: datetime | None = None,
    digest_now: bool = False,
) -> DeliveryReport:
    """Find new matches, queue messages and send what is due.

    ``only`` excludes the operator. A watchlist that begins also reports stored articles published since ``since``.

    Raises:
        WatchBusyError: another process is sending.
        DatabaseError: the database fails.
    """
    report = DeliveryReport()
    chosen = [watchlist for watchlist in watchlists if not only or watchlist.name in only]
    targets = find_targets(chosen, environment, operator=not only)
    report.failed += find_missing_secrets(targets, environment)
    with watch_lock(engine), translate_errors(engine.url):
        for watchlist in chosen:
            _find_and_queue(engine, watchlist, report, now, since)
        with Session(engine) as session, session.begin():
            _queue_digests(session, targets, now, at_once=digest_now)
            for target in targets:
                if target.kind == "flags":
                    queue_flag_changes(session, target.channel, now)
        _Sender(engine, watchlists, environment, now, report).send_due(targets)
    return report


def _find_and_queue(
    engine: Engine, watchlist: Watchlist, report: DeliveryReport, now: datetime, since: datetime | None
) -> None:
    """Find a watchlist's new matches and queue its messages, in one transaction."""
    with Session(engine) as session, session.begin():
        if not watchlist.declared.active:
            deliveries.pause_watches(session, [watchlist.name])
            return
        before = deliveries.load_progress(session, watchlist.name)
        matches = find_new_matches(session, watchlist, now, since)
        recipients = [recipient for recipient in watchlist.declared.tell if not recipient.digest]
        channels = [(recipient.to, recipient.schedule.next_due(now)) for recipient in recipients]
        save_matches(session, watchlist, matches, channels, now)
    report.found[watchlist.name] = len(matches.new)
    if before is None or before.checked_to is None:
        report.begun.append(watchlist.name)


def _queue_digests(session: Session, targets: Sequence[Target], now: datetime, *, at_once: bool) -> None:
    """Queue each target's digest of the day before; of several missed ones, the last.

    Unless asked for, none of a day before the first run: it would hold today's flags under yesterday's date.
    """
    began_at = deliveries.load_first_run_at(session)
    for target in targets:
        if target.kind not in _DIGESTS:
            continue
        zone = target.schedule.zone
        due_at = now if at_once else target.schedule.last_due(now)
        day = due_at.astimezone(zone).date() - _DAY
        if not at_once and (began_at is None or day < began_at.astimezone(zone).date()):
            continue
        deliveries.queue_digest(session, target.watch, target.channel, target.kind, day, due_at=due_at, now=now)


class _Sender:
    def __init__(
        self,
        engine: Engine,
        watchlists: Sequence[Watchlist],
        environment: Mapping[str, str],
        now: datetime,
        report: DeliveryReport,
    ) -> None:
        self._engine = engine
        self._watchlists = {watchlist.name: watchlist for watchlist in watchlists}
        self._environment = environment
        self._now = now
        self._report = report
        self._channels: dict[str, Channel] = {}
        self._failures: Counter[str] = Counter()

    def send_due(self, targets: Sequence[Target]) -> None:
        declared = {(target.watch, target.channel, target.kind): target for target in targets}
        with Session(reading(self._engine)) as session:
            waiting = deliveries.find_due_messages(session, self._now)
        for message in waiting:
            target = declared.get((message.watch, message.channel, message.kind))
            if target is not None and self._failures[message.channel] < _ENOUGH:
                self._send(message, target)
        with Session(reading(self._engine)) as session:
            self._report.waiting = deliveries.count_failed(session)

    def _send(self, message: Message, target: Target) -> None:
        try:
            channel = self._channel(message.channel)
        except ChannelError as error:
            # No attempt was made: it is sent by the first run with all variables set.
            self._fail(message, target, str(error), self._now)
            return
        content = self._content(message)
        self._commit(lambda session: deliveries.begin_sending(session, message.id, self._now))
        problem = channel.send(content)
        if problem is None:
            self._commit(lambda session: deliveries.mark_sent(session, message.id, self._now))
            self._report.sent.append((message, content.title))
            self._log(message, f"sent by {channel.scheme}")
        else:
            self._fail(message, target, problem, next_attempt(message.attempts + 1, self._now))

    def _channel(self, template: str) -> Channel:
        if template not in self._channels:
            self._channels[template] = open_channel(template, self._environment)
        return self._channels[template]

    def _content(self, message: Message) -> Content:
        with Session(reading(self._engine)) as session:
            return write_content(session, message, self._watchlists, self._now)

    def _fail(self, message: Message, target: Target, problem: str, again: datetime) -> None:
        self._failures[message.channel] += 1
        self._commit(lambda session: deliveries.mark_failed(session, message.id, problem, again))
        self._log(message, f"not sent ({problem}); next attempt {again:%Y-%m-%d %H:%M:%S %Z}")
        line = f"watchlist {target.watch} ({target.place}): {target.channel}: {problem}"
        if line not in self._report.failed:
            self._report.failed.append(line)

    def _log(self, message: Message, result: str) -> None:
        if not logger.isEnabledFor(logging.INFO):
            return
        subject = f"digest of {message.day}" if message.day else "flags"
        if message.kind == "matches":
            with Session(reading(self._engine)) as session:
                subject = format_count(len(deliveries.load_message_articles(session, message.id)), "article")
        logger.info("%s: %s %s", message.watch, subject, result)

    def _commit(self, work: Callable[[Session], None]) -> None:
        with Session(self._engine) as session, session.begin():
            work(session)


def write_content(session: Session, message: Message, watchlists: Mapping[str, Watchlist], now: datetime) -> Content:
    if message.kind == "matches":
        return write_alert(session, watchlists[message.watch], deliveries.load_message_articles(session, message.id))
    if message.kind == "flags":
        return write_flags_message(session, load_flags(session, ids=load_message_flag_ids(session, message.id)))
    assert message.day is not None  # every digest is of a day
    operator = message.kind == "operator"
    digest = read_digest(session, list(watchlists.values()), message.day, now, news=not operator, operator=operator)
    return DigestMessage(digest)
