"""Walks over listing pages: by page, and by day if the address holds a date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from outlets.schema import PLACEHOLDER

# Enough for 30 days (the longest default boundary) at 20 items a page and 300 articles a day.
MAX_LISTING_PAGES = 500


@dataclass(frozen=True, slots=True)
class Walk:
    """A listing to read from page 1 on.

    Attributes:
        template: with ``{page}``, ``{offset:N}`` and ``{date:FORMAT}``.
        day: in the outlet's zone; ``None`` for a listing of all days.
    """

    template: str
    day: date | None = None

    @property
    def pages(self) -> int | None:
        """1 without a page placeholder, else ``None``."""
        return None if re.search(r"\{(?:page|offset:\d+)\}", self.template) else 1

    def url(self, page: int) -> str:
        """Return the address of a page, counted from 1."""
        return PLACEHOLDER.sub(lambda match: self._value(match[1], page), self.template)

    def _value(self, placeholder: str, page: int) -> str:
        name, _, argument = placeholder.partition(":")
        if name == "page":
            return str(page)
        if name == "offset":
            return str((page - 1) * int(argument))
        return self.day.strftime(argument) if self.day else ""


def walks(
    template: str, since: datetime, now: datetime, zone: ZoneInfo, *, until: datetime | None = None
) -> Iterator[Walk]:
    """Yield the walks of a page template, the newest day first.

    Days are days in ``zone``; the times are aware.
    """
    if "{date:" not in template:
        yield Walk(template)
        return
    newest = min(now, until) if until else now
    day, last = newest.astimezone(zone).date(), since.astimezone(zone).date()
    while day >= last:
        yield Walk(template, day)
        day -= timedelta(days=1)
