"""How often a source may be asked: what its feed says, what its server says, and what the outlet's declaration says."""

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from database.ledger import Pace
from outlets.schema import Outlet

_DAY = timedelta(days=1)
# Longer ones are a cache's setting for pictures and scripts, and say nothing of news.
_ABSURD = timedelta(days=7)
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})\b", re.ASCII | re.IGNORECASE)
_NOT_KEPT = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def pace_of(
    outlet: Outlet,
    hint: timedelta | None,
    cache_control: str | None,
    retry_after: timedelta | None = None,
    *,
    expires: str | None = None,
    date: str | None = None,
) -> Pace:
    """How often a source of this outlet may be asked.

    Args:
        outlet: whose declaration has the last word.
        hint: the feed's own (``Reading.hint``).
        cache_control: the answer's Cache-Control.
        retry_after: how long the server asked to be left alone.
        expires: the answer's Expires.
        date: the answer's Date, from which Expires counts: the server's clock may be wrong.
    """
    hints = (hint, _fresh_for(cache_control, expires, date))
    meant = [one for one in hints if one and timedelta(0) < one <= _ABSURD]
    longest = min(max(meant), _DAY) if meant else None
    return Pace(longest, outlet.poll.shortest, outlet.poll.longest, retry_after)


def _fresh_for(cache_control: str | None, expires: str | None, date: str | None) -> timedelta | None:
    """For how long the answer need not be asked for again (RFC 9111 §4.2.1, as a private cache)."""
    if cache_control and _NOT_KEPT.search(cache_control):
        return None
    if cache_control and (age := _MAX_AGE.search(cache_control)):
        return timedelta(seconds=int(age[1]))
    begins, ends = _moment(date), _moment(expires)
    return ends - begins if begins and ends else None


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header) if header else None
    except ValueError:  # "0" and "-1" are common
        return None
    return moment if moment and moment.tzinfo else None
