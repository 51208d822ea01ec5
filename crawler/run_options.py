"""Options of a run."""

from dataclasses import dataclass
from datetime import datetime

SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class CrawlArguments:
    """Boundary and limit given by the user; ``None``: not given.

    Attributes:
        since: earliest publication, or ``"seeds"``: that of the outlet's newest seed.
        until: publication before this moment; a day counts whole.
        limit: articles to fetch at most; the rest stays pending.
    """

    since: datetime | str | None = None
    until: datetime | None = None
    limit: int | None = None
