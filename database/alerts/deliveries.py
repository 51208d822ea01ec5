"""Queue of messages to channels, and the progress of watchlists.

The caller commits, as in the ledger.
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
# Name of messages that belong to no watchlist; no watchlist can be called so.
OPERATOR = "(operator)"


@dataclass(frozen=True, slots=True)
class WatchProgress:
    """Progress of a watchlist.

    Attributes:
        checked_to: id of the last article searched; ``None``: switched off since, it begins anew.
    """

    criteria: str
    checked_to: int | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the queue, or sent; ``channel`` holds no secrets."""

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
    """Messages of a watchlist to one channel so far; ``waiting``: oldest first."""

    last: datetime | None
    sent: int
    waiting: tuple[Message, ...]


NO_DELIVERIES = DeliveryStatus(None, 0, ())


def load_progress(session: Session, watch: str) -> WatchProgress | None:
    """Return the watchlist's progress; ``None`` if it never looked."""
    row = session.get(Watch, watch)
    return None if row is None else WatchProgress(row.criteria, row.checked_to, row.checked_at)


def save_progress(session: Session, watch: str, now: WatchProgress) -> None:
    session.merge(
        Watch(name=watch, criteria=now.criteria, checked_to=now.checked_to, checked_at=now.checked_at), load=True
    )
    session.flush()


def pause_watches(session: Session, watches: Sequence[str]) -> None:
    """Mark watchlists as switched off: they begin anew when switched on."""
    session.execute(update(Watch).where(Watch.name.in_(watches)).values(checked_to=None))


def load_newest_id(session: Session) -> int:
    """Return the last article's id.

    Articles are stored by one process at a time, so every lower id is stored already.
    """
    return session.scalar(select(func.max(StoredArticle.id))) or 0


def load_first_run_at(session: Session) -> datetime | None:
    return session.scalar(select(Run.started_at).order_by(Run.id).limit(1))


def find_revised_articles(session: Session, since: datetime, up_to: int) -> list[int]:
    """Return the articles up to this id with a version replaced since."""
    revised = select(Revision.article_id).where(Revision.replaced_at >= since, Revision.article_id <= up_to)
    return list(session.scalars(revised.distinct()))


def find_known_articles(session: Session, watch: str, article_ids: Sequence[int]) -> set[int]:
    matched = select(WatchMatch.article_id).where(WatchMatch.watch == watch)
    return {
        article_id
        for ids in chunks(article_ids)
        for article_id in session.scalars(matched.where(WatchMatch.article_id.in_(ids)))
    }


def find_notified_stories(session: Session, watch: str, story_ids: Sequence[int]) -> set[int]:
    """Return the stories with a reported article, also by a merger."""
    notified = (
        select(StoredArticle.story_id)
        .join(WatchMatch, WatchMatch.article_id == StoredArticle.id)
        .where(WatchMatch.watch == watch, WatchMatch.told)
    )
    stories = (
        story_id
        for ids in chunks(story_ids)
        for story_id in session.scalars(notified.where(StoredArticle.story_id.in_(ids)))
    )
    return {story_id for story_id in stories if story_id is not None}


def add_matches(
    session: Session, watch: str, article_ids: Iterable[int], now: datetime, *, told: bool
) -> Sequence[int]:
    """Store a watchlist's matches; return the ids of new ones in the articles' order."""
    rows = [{"watch": watch, "article_id": article_id, "found_at": now, "told": told} for article_id in article_ids]
    if not rows:
        return []
    added = insert_new(session, WatchMatch).returning(WatchMatch.id, sort_by_parameter_order=False)
    return sorted(session.scalars(added, rows))


def queue_matches(
    session: Session, watch: str, channel: str, matches: Sequence[int], *, due_at: datetime, now: datetime
) -> None:
    """Add matches to the channel's message not tried yet, or to a new one."""
    delivery_id = find_untried_delivery(session, watch, channel, "matches")
    if delivery_id is None:
        row = delivery_row(watch, channel, "matches", due_at, now)
        delivery_id = session.scalar(insert(Delivery).values(row).returning(Delivery.id))
    session.execute(insert(DeliveryMatch), [{"delivery_id": delivery_id, "match_id": match_id} for match_id in matches])


def queue_digest(
    session: Session, watch: str, channel: str, kind: Kind, day: date, *, due_at: datetime, now: datetime
) -> None:
    """Queue a digest of that day, unless there is one."""
    row = delivery_row(watch, channel, kind, due_at, now) | {"day": day}
    session.execute(insert_new(session, Delivery), [row])


def find_untried_delivery(session: Session, watch: str, channel: str, kind: Kind) -> int | None:
    waiting = select(Delivery.id).where(
        Delivery.watch == watch, Delivery.channel == channel, Delivery.kind == kind,
        Delivery.state == "pending", Delivery.attempts == 0,
    )  # fmt: skip
    return session.scalar(waiting.order_by(Delivery.id.desc()).limit(1))


def delivery_row(watch: str, channel: str, kind: Kind, due_at: datetime, now: datetime) -> dict[str, Any]:
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
    waiting = select(Delivery).where(Delivery.state != "sent", Delivery.next_attempt_at <= now)
    return [_message(row) for row in session.scalars(waiting.order_by(Delivery.next_attempt_at, Delivery.id))]


def load_message_articles(session: Session, delivery_id: int) -> list[int]:
    return list(
        session.scalars(
            select(WatchMatch.article_id)
            .join(DeliveryMatch, DeliveryMatch.match_id == WatchMatch.id)
            .where(DeliveryMatch.delivery_id == delivery_id)
            .order_by(WatchMatch.id)
        )
    )


def begin_sending(session: Session, delivery_id: int, now: datetime) -> None:
    """Mark a message as being sent; to be committed before it goes out."""
    trying = {"state": "sending", "tried_at": now, "attempts": Delivery.attempts + 1}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(trying))


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    done = {"state": "sent", "sent_at": now, "problem": None}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(done))


def mark_failed(session: Session, delivery_id: int, problem: str, next_attempt_at: datetime) -> None:
    """Store the problem (without secrets) and the next attempt."""
    failed = {"state": "failed", "problem": problem, "next_attempt_at": next_attempt_at}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(failed))


def count_failed(session: Session) -> int:
    return session.scalar(select(func.count()).where(Delivery.state == "failed")) or 0


def load_delivery_status(session: Session) -> Mapping[tuple[str, str], DeliveryStatus]:
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
    """Flags raised or cleared that a channel was not notified of.

    A flag raised and cleared before any message was made of it is never sent.

    Attributes:
        cleared: since their raising was sent.
        late: flags cleared while the message of their raising waits: its id by flag.
    """

    raised: Sequence[int]
    cleared: Sequence[int]
    late: dict[int, int]

    @property
    def ids(self) -> list[int]:
        return [*self.raised, *self.cleared]


def find_unsent_changes(session: Session, channel: str) -> UnsentChanges:
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
    """Queue flag changes not sent yet in one message, due at once.

    New flags go into the operator's digest where one is due now: it lists every open flag anyway.
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
    return list(session.scalars(select(DeliveryFlag.flag_id).where(DeliveryFlag.delivery_id == delivery_id)))


def _row(flag: int, change: str, channel: str, delivery: int) -> dict[str, Any]:
    return {"flag_id": flag, "change": change, "channel": channel, "delivery_id": delivery}
