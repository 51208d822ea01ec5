"""Which flags the operator was told of: each that is raised, and each that is cleared after that, once for a channel.

A flag that was raised and cleared before any message was made of it is not told at all: nobody is needed any more, and
the dashboard keeps it. So a channel that is new on an old database begins with what is open now. One that is cleared
while the message of its raising still waits is told in that same message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from database.alerts.deliveries import OPERATOR, new_delivery, waiting_delivery
from database.schema import Delivery, DeliveryFlag, Flag
from database.sql import chunks, insert_new


@dataclass(frozen=True, slots=True)
class FlagChanges:
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


def untold(session: Session, channel: str) -> FlagChanges:
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
    return FlagChanges(
        raised=session.scalars(raised).all(),
        cleared=[flag for flag, state, _ in rows if state == "sent"],
        late={flag: delivery for flag, state, delivery in rows if state != "sent"},
    )


def deliver_flags(session: Session, channel: str, now: datetime) -> None:
    """Queue the changes not sent yet in one message, due at once: the one not tried yet, or a new one.

    New flags go into the operator's digest where one is due at this moment: it lists every open flag anyway, and one
    flag needs one message only.
    """
    changes = untold(session, channel)
    rows = [_row(flag, "cleared", channel, delivery) for flag, delivery in changes.late.items()]
    raised, cleared = changes.raised, changes.cleared
    digest = _due_digest(session, channel, now) if raised else None
    if digest is not None:
        rows += [_row(flag, "raised", channel, digest) for flag in raised]
        raised = ()
    if raised or cleared:
        delivery = waiting_delivery(session, OPERATOR, channel, "flags")
        if delivery is None:
            row = new_delivery(OPERATOR, channel, "flags", now, now)
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


def flags_of(session: Session, delivery_id: int) -> list[Flag]:
    """The flags that a message tells of."""
    told = select(DeliveryFlag.flag_id).where(DeliveryFlag.delivery_id == delivery_id)
    return list(session.scalars(select(Flag).where(Flag.id.in_(told)).order_by(Flag.outlet, Flag.id)))


def load_flags(session: Session, flag_ids: Sequence[int]) -> list[Flag]:
    """These flags, by outlet."""
    found = [flag for ids in chunks(flag_ids) for flag in session.scalars(select(Flag).where(Flag.id.in_(ids)))]
    return sorted(found, key=lambda flag: (flag.outlet, flag.id))


def troubled(session: Session, outlets: Sequence[str]) -> set[str]:
    """Those of the outlets that have a flag open."""
    still = select(Flag.outlet).where(Flag.cleared_at.is_(None))
    return {one for names in chunks(outlets) for one in session.scalars(still.where(Flag.outlet.in_(names)))}


def _row(flag: int, change: str, channel: str, delivery: int) -> dict[str, Any]:
    return {"flag_id": flag, "change": change, "channel": channel, "delivery_id": delivery}
