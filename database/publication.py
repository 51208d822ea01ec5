"""Who published before whom. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_NEVER = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)


class Published(Protocol):
    """What of an article its place among others depends on; ``published_at`` of a mere day is that day's beginning."""

    @property
    def id(self) -> int: ...  # noqa: D102 - as in database.schema, like the rest
    @property
    def outlet(self) -> str | None: ...  # noqa: D102
    @property
    def url(self) -> str | None: ...  # noqa: D102
    @property
    def published_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def published_precision(self) -> str | None: ...  # noqa: D102


def by_publication(article: Published) -> tuple[datetime, str, str, int]:
    """What sorts articles by their publication; by outlet, then URL, where equal.

    A day without a time counts as its end: who states a time is not put behind who might have been earlier. Unknown
    comes last.
    """
    published = article.published_at or _NEVER
    if article.published_precision == "day" and article.published_at:
        published += _DAY
    return published, article.outlet or "", article.url or "", article.id
