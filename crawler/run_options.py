"""Options of a run."""

from dataclasses import dataclass
from datetime import datetime

SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class CrawlArguments:
    """Boundary and limit given by the user; ``None``: not given.

    Attributes:
        since: earliest publication; ``"seeds"``: that of the outlet's newest seed.
        until: exclusive; a day counts whole.
        limit: articles to fetch; the rest stays pending.
    """

    since: datetime | str | None = None
    until: datetime | None = None
    limit: int | None = None
