"""What all requests of one server share."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from outlets.schema import Outlet
from search.aliases import NO_ALIASES, Aliases
from search.ranking import Orders
from web.limits import Limits, writing


@dataclass(frozen=True, slots=True)
class WebState:
    """One server's database and settings.

    Attributes:
        engine: of the database; take ``read`` and ``write``.
        outlets: the declarations, by name.
        aliases: names that mean the same.
        watchlists: folders of watchlist files.
        now: the clock.
        token: who has it may come in; ``None``: everybody on this machine may.
        orders: the order of what was found lately, so that pages stay stable while a crawl writes.
        limits: what a question may cost.
    """

    engine: Engine
    now: Callable[[], datetime]
    outlets: dict[str, Outlet] = field(default_factory=dict)
    aliases: Aliases = NO_ALIASES
    watchlists: tuple[Path, ...] = ()
    token: str | None = None
    orders: Orders = field(default_factory=Orders)
    limits: Limits = field(default_factory=Limits)

    def read(self) -> AbstractContextManager[Session]:
        """A session that only reads; it waits for no writer and holds none up. One at a time in a request.

        What goes wrong in it is raised as a ``PantauError``: too costly, too many at once, no database.
        """
        return self.limits.reading(self.engine)

    def write(self) -> AbstractContextManager[Session]:
        """A session whose changes are committed at the end; it waits for its turn to write."""
        return writing(self.engine)


def state_of(request: Request) -> WebState:
    """The server's state, as a FastAPI dependency."""
    state: WebState = request.app.state.pantau
    return state
