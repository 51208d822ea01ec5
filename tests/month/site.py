"""The month's site: the outlets as the test site serves them, and the knobs by which they fall ill and recover."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from tests.month.monthly import Monthly
from tests.month.outlets import OUTLETS
from tests.month.plan import START, Kind
from tests.site.newsroom import Newsroom
from tests.site.site import Site

SLOW: Final = 0.8  # seconds before each answer; a healthy outlet takes some milliseconds


class MonthSite(Site):
    """Serves the month's outlets; its clock stands at the month's begin until it is set. It never goes back."""

    def __init__(self, folder: Path, *, seed: int = 1, now: datetime = START, slow: float = SLOW) -> None:
        super().__init__(folder, seed=seed, now=now)
        self._delay = slow

    def names(self) -> list[str]:
        return [make.name for make in OUTLETS]

    def build(self, bases: Mapping[str, str]) -> list[Newsroom]:
        return [make(bases[make.name], self.clock, self._seed) for make in OUTLETS]

    def set_clock(self, now: datetime) -> None:
        """Set the site's time: what is due by then is published."""

        def advance() -> None:
            self.clock.now = now
            for name, room in self.newsrooms.items():
                self._hosts[name].forget()
                if _monthly(room).advance(now):
                    room.changed()

        self._on_loop(advance)

    def fault(self, outlet: str, kind: Kind) -> None:
        """Let something be wrong with an outlet from now on."""
        self._befalls(outlet, kind)

    def repair(self, outlet: str) -> None:
        """Let all be well with an outlet again."""
        self._befalls(outlet, None)

    def _befalls(self, outlet: str, kind: Kind | None) -> None:
        room, host = _monthly(self.newsrooms[outlet]), self._hosts[outlet]

        def change() -> None:
            room.trouble = kind
            room.changed()
            host.forget()
            host.delay = self._delay if kind == "slow" else 0
            host.down = kind == "off"
            for transport in list(host.transports) if host.down else ():
                transport.abort()

        self._on_loop(change)


def _monthly(room: Newsroom) -> Monthly:
    assert isinstance(room, Monthly)
    return room
