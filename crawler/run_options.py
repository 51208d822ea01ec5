"""Run_options."""

from dataclasses import dataclass
from datetime import datetime

SEEDS = "seeds"


@dataclass(frozen=True, slots=True)
class CrawlArguments:
    """What the person asked for; ``None`` where nothing was said.

    Attributes:
        since: articles from this moment on, or ``"seeds"``: back to the outlet's newest seed article.
        until: articles before this moment (a day is meant whole).
        limit: articles to fetch at most in this run; the rest stays pending.
    """

    since: datetime | str | None = None
    until: datetime | None = None
    limit: int | None = None
