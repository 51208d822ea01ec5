"""State shared by all requests of a server."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
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
        engine: use ``read`` and ``write`` instead.
        watchlists: folders of watchlist files.
        token: required from every client; ``None`` admits every user of this machine.
        orders: order of recent results, so that pages stay stable while a crawl writes.
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
        """Open a read-only session, one at a time per request; it blocks no writers.

        Raises:
            PantauError: the query takes too long, too many run at once, or the database does not answer.
        """
        return self.limits.reading(self.engine)

    def write(self) -> AbstractContextManager[Session]:
        """Open a session that is committed at the end; it waits for other writers."""
        return writing(self.engine)


def state_of(request: Request) -> WebState:
    state: WebState = request.app.state.pantau
    return state


State = Annotated[WebState, Depends(state_of)]
