"""What all requests of one server share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawler.outlets.schema import Outlet
from database.engine import reading
from database.search.aliases import NO_ALIASES, Aliases
from database.search.tiers import Orders


@dataclass(frozen=True, slots=True)
class WebState:
    """One server's database and settings.

    Attributes:
        engine: of the database; writes saved searches only, everything else takes ``read``.
        outlets: the declarations, by name.
        aliases: names that mean the same.
        watchlists: folders of watchlist files.
        now: the clock.
        token: who has it may come in; ``None``: everybody on this machine may.
        orders: the order of what was found lately, so that pages stay stable while a crawl writes.
    """

    engine: Engine
    now: Callable[[], datetime]
    outlets: dict[str, Outlet] = field(default_factory=dict)
    aliases: Aliases = NO_ALIASES
    watchlists: tuple[Path, ...] = ()
    token: str | None = None
    orders: Orders = field(default_factory=Orders)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; it waits for no writer and holds none up."""
        with Session(reading(self.engine)) as session:
            yield session


def state_of(request: Request) -> WebState:
    """The server's state, as a FastAPI dependency."""
    state: WebState = request.app.state.pantau
    return state
