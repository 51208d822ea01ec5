"""One run: look for what is new, write down what is to be told, and send what is due.

Nothing is lost: a match and the messages that are to tell of it are written down in one transaction, and so is what
changed with outlets (flags); a message is done only when its channel has taken it. It is sent outside any transaction,
between two commits ("sending", "sent"), so that a run killed just there sends that one message again: whether it had
arrived, nobody can know (the problem of the two generals). Nothing is ever given up; after some failures in a row it is
tried once a day.
"""

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
from alerts.matching import find_new_matches, save_matches
from alerts.messages import write_alert, write_flags_message
from alerts.schedule import Schedule, next_attempt, read_schedule
from alerts.watchlists import Watchlist, Watchlists
from core.errors import PantauError, WatchBusyError
from core.toml_files import format_path
from database.alerts import deliveries
from database.alerts.deliveries import OPERATOR, Kind, Message, load_message_flag_ids, queue_flag_changes
from database.engine import reading
from database.errors import translate_errors
from database.locks import watch_lock
from health.flags import load_flags
from search.aliases import load_aliases
from search.query import parse_query

# Who is told of the outlets in trouble, if this variable is set: of what changed at once, of all that is wrong daily.
OPERATOR_CHANNEL = "${OPERATOR_CHANNEL}"
_OPERATOR_WHEN: Mapping[Kind, Schedule] = {"flags": read_schedule("at once"), "operator": read_schedule("daily 07:00")}
# A channel that failed so often in a run rests until the next: each failure may take half a minute.
_ENOUGH = 2
_DAY = timedelta(days=1)
_DIGESTS = frozenset({"digest", "operator"})


@dataclass(slots=True)
class DeliveryReport:
    """What a run did.

    Attributes:
        found: how many articles each watchlist newly found.
        begun: the watchlists that looked for the first time, or again.
        sent: the messages sent, with what they were.
        failed: what went wrong, a line each; no secrets.
        waiting: how many messages have failed so far and are tried again.
    """

    found: Counter[str] = field(default_factory=Counter)
    begun: list[str] = field(default_factory=list)
    sent: list[tuple[Message, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A channel that is declared: whom a message goes to, and where that stands."""

    watch: str
    channel: str
    kind: Kind
    schedule: Schedule
    place: str


def find_targets(watchlists: Sequence[Watchlist], environment: Mapping[str, str], *, operator: bool) -> list[Target]:
    """The channels of the active watchlists, and the operator's if it is wanted and set."""
    found = [
        Target(one.name, tell.to, "digest" if tell.digest else "matches", tell.schedule, format_path(one.path))
        for one in watchlists
        if one.declared.active
        for tell in one.declared.tell
    ]
    if operator and environment.get("OPERATOR_CHANNEL", "").strip():
        found += [
            Target(OPERATOR, OPERATOR_CHANNEL, kind, when, "the environment") for kind, when in _OPERATOR_WHEN.items()
        ]
    return found


def find_missing_secrets(wanted: Sequence[Target], environment: Mapping[str, str]) -> list[str]:
    """The channels whose secrets are missing, each with its watchlist, file and variable."""
    said = []
    for target in wanted:
        try:
            fill(target.channel, environment)
        except ChannelError as error:
            said.append(f"watchlist {target.watch} ({target.place}): {target.channel}: {error}")
    return said


def notify_after_round(
    settings: BaseSettings, engine: Engine, environment: Mapping[str, str], now: datetime
) -> Sequence[str]:
    """Send what is due after a round of the monitor, as ``scrapy watch run`` does; return what failed, a line each.

    What could not be sent is tried again after the next round. A wrong watchlist does not stop the others.
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
    """Looks, writes down and sends.

    Args:
        engine: of either database, to be written.
        watchlists: all that are declared; without any, only the operator is told.
        environment: where the channels' secrets are.
        now: the moment of the run.
        only: the names of those that look and tell now, and not the operator's; all if not given.
        since: watchlists that begin tell of what is stored, too, if it was published then or later.
        digest_now: send yesterday's digest now, whatever its time, unless it was sent.

    Raises:
        WatchBusyError: another run is at it.
        DatabaseError: the database fails.
    """
    report = DeliveryReport()
    meant = [one for one in watchlists if not only or one.name in only]
    wanted = find_targets(meant, environment, operator=not only)
    report.failed += find_missing_secrets(wanted, environment)
    with watch_lock(engine), translate_errors(engine.url):
        for watchlist in meant:
            _look(engine, watchlist, report, now, since)
        with Session(engine) as session, session.begin():
            _plan_digests(session, wanted, now, at_once=digest_now)
            for target in wanted:
                if target.kind == "flags":
                    queue_flag_changes(session, target.channel, now)
        _Sender(engine, watchlists, environment, now, report).send_due(wanted)
    return report


def _look(engine: Engine, watchlist: Watchlist, report: DeliveryReport, now: datetime, since: datetime | None) -> None:
    """One watchlist's look, and what follows from it, in one transaction."""
    with Session(engine) as session, session.begin():
        if not watchlist.declared.active:
            deliveries.pause_watches(session, [watchlist.name])
            return
        before = deliveries.load_progress(session, watchlist.name)
        news = find_new_matches(session, watchlist, now, since)
        channels = [(tell.to, tell.schedule.next_due(now)) for tell in watchlist.declared.tell if not tell.digest]
        save_matches(session, watchlist, news, channels, now)
    report.found[watchlist.name] = len(news.tell)
    if before is None or before.checked_to is None:
        report.begun.append(watchlist.name)


def _plan_digests(session: Session, wanted: Sequence[Target], now: datetime, *, at_once: bool) -> None:
    """Queue each target's digest of the day before; of several missed ones, only the last.

    There is no digest of a day before the database's first run: it would hold today's flags under yesterday's date.
    ``at_once``: someone asked for it, so it is sent whatever its day.
    """
    began_at = deliveries.load_first_run_at(session)
    for target in wanted:
        if target.kind not in _DIGESTS:
            continue
        zone = target.schedule.zone
        due_at = now if at_once else target.schedule.last_due(now)
        day = due_at.astimezone(zone).date() - _DAY
        if not at_once and (began_at is None or day < began_at.astimezone(zone).date()):
            continue
        deliveries.queue_digest(session, target.watch, target.channel, target.kind, day, due_at=due_at, now=now)


class _Sender:
    """Sends what is due, one message after the other."""

    def __init__(
        self,
        engine: Engine,
        watchlists: Sequence[Watchlist],
        environment: Mapping[str, str],
        now: datetime,
        report: DeliveryReport,
    ) -> None:
        self._engine = engine
        self._watchlists = {one.name: one for one in watchlists}
        self._environment = environment
        self._now = now
        self._report = report
        self._channels: dict[str, Channel] = {}
        self._failures: Counter[str] = Counter()

    def send_due(self, wanted: Sequence[Target]) -> None:
        declared = {(target.watch, target.channel, target.kind): target for target in wanted}
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
            # Nothing was tried: it goes out with the first run for which everything is set.
            self._fail(message, target, str(error), self._now)
            return
        write_content = self._content(message)
        self._commit(lambda session: deliveries.begin_sending(session, message.id, self._now))
        problem = channel.send(write_content)
        if problem is None:
            self._commit(lambda session: deliveries.mark_sent(session, message.id, self._now))
            self._report.sent.append((message, write_content.title))
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
        line = f"watchlist {target.watch} ({target.place}): {target.channel}: {problem}"
        if line not in self._report.failed:
            self._report.failed.append(line)

    def _commit(self, work: Callable[[Session], None]) -> None:
        with Session(self._engine) as session, session.begin():
            work(session)


def write_content(session: Session, message: Message, watchlists: Mapping[str, Watchlist], now: datetime) -> Content:
    """Write the message as things are at ``now``."""
    if message.kind == "matches":
        return write_alert(session, watchlists[message.watch], deliveries.load_message_articles(session, message.id))
    if message.kind == "flags":
        return write_flags_message(session, load_flags(session, ids=load_message_flag_ids(session, message.id)))
    assert message.day is not None  # every digest is of a day
    operator = message.kind == "operator"
    found = read_digest(session, list(watchlists.values()), message.day, now, news=not operator, operator=operator)
    return DigestMessage(found)
