"""What watchlists found and what was told of it: reading and writing the tables of ``database.schema``.

Plain functions on a ``Session`` whose transaction is the caller's, as in the ledger.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from database.schema import Delivery, DeliveryFlag, DeliveryMatch, Flag, Revision, Run, StoredArticle, Watch, WatchMatch
from database.sql import chunks, insert_new

Kind = Literal["matches", "digest", "operator", "flags"]
State = Literal["pending", "sending", "failed", "sent"]
# Under this name stand the messages that belong to no watchlist; no watchlist can be called so.
OPERATOR = "(operator)"


@dataclass(frozen=True, slots=True)
class WatchProgress:
    """How far a watchlist has looked: at the articles up to this one, at this moment, for what ``criteria`` say.

    Attributes:
        checked_to: ``None``: it was switched off since, and begins anew.
    """

    criteria: str
    checked_to: int | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery that is to be sent, or was.

    Attributes:
        channel: as the watchlist's file has it, without the secrets.
        day: of a digest: the day that it is of.
        attempts: how often it was tried.
    """

    id: int
    watch: str
    channel: str
    kind: Kind
    day: date | None
    state: State
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What has been told of a watchlist through one of its channels so far.

    Attributes:
        last: when a message was last sent.
        sent: how many were.
        waiting: the messages that were not sent yet, the oldest first.
    """

    last: datetime | None
    sent: int
    waiting: tuple[Message, ...]


NO_DELIVERIES = DeliveryStatus(None, 0, ())


def load_progress(session: Session, watch: str) -> WatchProgress | None:
    """How far the watchlist has looked; ``None``: it never did."""
    row = session.get(Watch, watch)
    return None if row is None else WatchProgress(row.criteria, row.checked_to, row.checked_at)


def save_progress(session: Session, watch: str, now: WatchProgress) -> None:
    """Keeps how far the watchlist has looked."""
    session.merge(
        Watch(name=watch, criteria=now.criteria, checked_to=now.checked_to, checked_at=now.checked_at), load=True
    )
    session.flush()


def pause_watches(session: Session, watches: Sequence[str]) -> None:
    """These watchlists are switched off: they begin anew when they are switched on."""
    session.execute(update(Watch).where(Watch.name.in_(watches)).values(checked_to=None))


def load_newest_id(session: Session) -> int:
    """The last article's number. Whoever stores articles does it alone, so every lower one is there (see articles)."""
    return session.scalar(select(func.max(StoredArticle.id))) or 0


def load_first_run_at(session: Session) -> datetime | None:
    """Return when the database's first run of any outlet began; ``None`` without runs."""
    return session.scalar(select(Run.started_at).order_by(Run.id).limit(1))


def find_revised_articles(session: Session, since: datetime, up_to: int) -> list[int]:
    """The articles up to this one of which a version was replaced then or later."""
    revised = select(Revision.article_id).where(Revision.replaced_at >= since, Revision.article_id <= up_to)
    return list(session.scalars(revised.distinct()))


def find_known_articles(session: Session, watch: str, article_ids: Sequence[int]) -> set[int]:
    """Those of the articles that the watchlist has found before."""
    found = select(WatchMatch.article_id).where(WatchMatch.watch == watch)
    return {one for ids in chunks(article_ids) for one in session.scalars(found.where(WatchMatch.article_id.in_(ids)))}


def find_notified_stories(session: Session, watch: str, story_ids: Sequence[int]) -> set[int]:
    """Those of the stories of which the watchlist has told an article, be it theirs since a merger only."""
    notified = (
        select(StoredArticle.story_id)
        .join(WatchMatch, WatchMatch.article_id == StoredArticle.id)
        .where(WatchMatch.watch == watch, WatchMatch.told)
    )
    stories = (
        one for ids in chunks(story_ids) for one in session.scalars(notified.where(StoredArticle.story_id.in_(ids)))
    )
    return {one for one in stories if one is not None}


def add_matches(
    session: Session, watch: str, article_ids: Iterable[int], now: datetime, *, told: bool
) -> Sequence[int]:
    """Remembers what a watchlist found; gives the numbers of the matches that are new, in the articles' order."""
    rows = [{"watch": watch, "article_id": one, "found_at": now, "told": told} for one in article_ids]
    if not rows:
        return []
    added = insert_new(session, WatchMatch).returning(WatchMatch.id, sort_by_parameter_order=False)
    return sorted(session.scalars(added, rows))


def queue_matches(
    session: Session, watch: str, channel: str, matches: Sequence[int], *, due_at: datetime, now: datetime
) -> None:
    """Puts matches into the channel's message that was not tried yet, or into a new one, due at that moment."""
    delivery_id = find_untried_delivery(session, watch, channel, "matches")
    if delivery_id is None:
        row = delivery_row(watch, channel, "matches", due_at, now)
        delivery_id = session.scalar(insert(Delivery).values(row).returning(Delivery.id))
    session.execute(insert(DeliveryMatch), [{"delivery_id": delivery_id, "match_id": one} for one in matches])


def queue_digest(
    session: Session, watch: str, channel: str, kind: Kind, day: date, *, due_at: datetime, now: datetime
) -> None:
    """A message with that day's digest is due; nothing happens if there is one already."""
    row = delivery_row(watch, channel, kind, due_at, now) | {"day": day}
    session.execute(insert_new(session, Delivery), [row])


def find_untried_delivery(session: Session, watch: str, channel: str, kind: Kind) -> int | None:
    """The channel's last message of this kind that was not tried yet."""
    waiting = select(Delivery.id).where(
        Delivery.watch == watch, Delivery.channel == channel, Delivery.kind == kind,
        Delivery.state == "pending", Delivery.attempts == 0,
    )  # fmt: skip
    return session.scalar(waiting.order_by(Delivery.id.desc()).limit(1))


def delivery_row(watch: str, channel: str, kind: Kind, due_at: datetime, now: datetime) -> dict[str, Any]:
    """The row of a message that is due at that moment."""
    return {
        "watch": watch,
        "channel": channel,
        "kind": kind,
        "state": "pending",
        "created_at": now,
        "next_attempt_at": due_at,
        "attempts": 0,
    }


def find_due_messages(session: Session, now: datetime) -> list[Message]:
    """What is to be sent now, what has waited longest first."""
    waiting = select(Delivery).where(Delivery.state != "sent", Delivery.next_attempt_at <= now)
    return [_message(row) for row in session.scalars(waiting.order_by(Delivery.next_attempt_at, Delivery.id))]


def load_message_articles(session: Session, delivery_id: int) -> list[int]:
    """The articles that a message tells of, in the order in which they were found."""
    return list(
        session.scalars(
            select(WatchMatch.article_id)
            .join(DeliveryMatch, DeliveryMatch.match_id == WatchMatch.id)
            .where(DeliveryMatch.delivery_id == delivery_id)
            .order_by(WatchMatch.id)
        )
    )


def begin_sending(session: Session, delivery_id: int, now: datetime) -> None:
    """The message goes out next: to be committed before it does."""
    trying = {"state": "sending", "tried_at": now, "attempts": Delivery.attempts + 1}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(trying))


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    """The channel took the message."""
    done = {"state": "sent", "sent_at": now, "problem": None}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(done))


def mark_failed(session: Session, delivery_id: int, problem: str, next_attempt_at: datetime) -> None:
    """The channel did not take it, or could not be asked; the problem must hold no secret."""
    failed = {"state": "failed", "problem": problem, "next_attempt_at": next_attempt_at}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(failed))


def count_failed(session: Session) -> int:
    """How many messages could not be sent so far."""
    return session.scalar(select(func.count()).where(Delivery.state == "failed")) or 0


def load_delivery_status(session: Session) -> Mapping[tuple[str, str], DeliveryStatus]:
    """What has been told, by watchlist and channel."""
    sent = case((Delivery.state == "sent", 1))
    numbers = select(Delivery.watch, Delivery.channel, func.max(Delivery.sent_at), func.count(sent)).group_by(
        Delivery.watch, Delivery.channel
    )
    waiting: dict[tuple[str, str], list[Message]] = {}
    for row in session.scalars(select(Delivery).where(Delivery.state != "sent").order_by(Delivery.id)):
        waiting.setdefault((row.watch, row.channel), []).append(_message(row))
    return {
        (watch, channel): DeliveryStatus(last, count, tuple(waiting.get((watch, channel), ())))
        for watch, channel, last, count in session.execute(numbers)
    }


def _message(row: Delivery) -> Message:
    kind, state = cast("Kind", row.kind), cast("State", row.state)
    return Message(
        row.id, row.watch, row.channel, kind, row.day, state, row.attempts, row.next_attempt_at, row.sent_at,
        row.problem,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnsentChanges:
    """What is to be told through a channel.

    Attributes:
        raised: the numbers of flags that are open; ``cleared`` of those cleared since their raising was told.
        late: cleared while the message of their raising waits: that message's number for each flag.
    """

    raised: Sequence[int]
    cleared: Sequence[int]
    late: dict[int, int]

    @property
    def ids(self) -> list[int]:
        """Of the flags that need a new message."""
        return [*self.raised, *self.cleared]


def find_unsent_changes(session: Session, channel: str) -> UnsentChanges:
    """What changed and was not told through this channel yet."""
    raising, clearing = (
        select(DeliveryFlag.flag_id).where(DeliveryFlag.channel == channel, DeliveryFlag.change == change)
        for change in ("raised", "cleared")
    )
    raised = select(Flag.id).where(Flag.cleared_at.is_(None), Flag.id.not_in(raising)).order_by(Flag.id)
    cleared = (
        select(Flag.id, Delivery.state, Delivery.id)
        .join(DeliveryFlag, DeliveryFlag.flag_id == Flag.id)
        .join(Delivery, Delivery.id == DeliveryFlag.delivery_id)
        .where(DeliveryFlag.channel == channel, DeliveryFlag.change == "raised")
        .where(Flag.cleared_at.is_not(None), Flag.id.not_in(clearing))
        .order_by(Flag.id)
    )
    rows = session.execute(cleared).all()
    return UnsentChanges(
        raised=session.scalars(raised).all(),
        cleared=[flag for flag, state, _ in rows if state == "sent"],
        late={flag: delivery for flag, state, delivery in rows if state != "sent"},
    )


def queue_flag_changes(session: Session, channel: str, now: datetime) -> None:
    """Queue the changes not sent yet in one message, due at once: the one not tried yet, or a new one.

    New flags go into the operator's digest where one is due at this moment: it lists every open flag anyway, and one
    flag needs one message only.
    """
    changes = find_unsent_changes(session, channel)
    rows = [_row(flag, "cleared", channel, delivery) for flag, delivery in changes.late.items()]
    raised, cleared = changes.raised, changes.cleared
    digest = _due_digest(session, channel, now) if raised else None
    if digest is not None:
        rows += [_row(flag, "raised", channel, digest) for flag in raised]
        raised = ()
    if raised or cleared:
        delivery = find_untried_delivery(session, OPERATOR, channel, "flags")
        if delivery is None:
            row = delivery_row(OPERATOR, channel, "flags", now, now)
            delivery = session.scalars(insert(Delivery).values(row).returning(Delivery.id)).one()
        rows += [_row(flag, "raised", channel, delivery) for flag in raised]
        rows += [_row(flag, "cleared", channel, delivery) for flag in cleared]
    if rows:
        session.execute(insert_new(session, DeliveryFlag), rows)


def _due_digest(session: Session, channel: str, now: datetime) -> int | None:
    digests = select(Delivery.id).where(
        Delivery.watch == OPERATOR, Delivery.channel == channel, Delivery.kind == "operator",
        Delivery.state != "sent", Delivery.next_attempt_at <= now,
    )  # fmt: skip
    return session.scalar(digests.order_by(Delivery.id.desc()).limit(1))


def load_message_flag_ids(session: Session, delivery_id: int) -> list[int]:
    """Return the ids of the flags in a message."""
    return list(session.scalars(select(DeliveryFlag.flag_id).where(DeliveryFlag.delivery_id == delivery_id)))


def _row(flag: int, change: str, channel: str, delivery: int) -> dict[str, Any]:
    return {"flag_id": flag, "change": change, "channel": channel, "delivery_id": delivery}
