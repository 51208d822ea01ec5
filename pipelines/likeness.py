"""Keeping each article's likeness to the seeds up to date, whatever became of the seeds and the archive."""

import logging
from datetime import UTC, datetime

from database import profiles
from database.writer import Writer

logger = logging.getLogger(__name__)

# Articles in one transaction: less than half a second's work, so that other writers get their turn.
_AT_ONCE = 1_000
# Beyond, it takes so long that whoever waits should know why.
_LONG = 10_000


def renew_likeness(writer: Writer) -> None:
    """Makes a new profile of the seeds where it is due, and compares every article with it that was not yet.

    A transaction for some of the articles at a time: whoever is killed leaves the rest to the next call.
    """
    made = writer.run_blocking(lambda session: profiles.draft(session, datetime.now(UTC)))
    if made is not None:
        writer.run_blocking(lambda session: profiles.keep(session, made))
    waiting = writer.run_blocking(profiles.count_waiting)
    if waiting > _LONG:
        logger.warning("%s articles are compared with the seeds, since these or the archive changed", f"{waiting:,}")
    while writer.run_blocking(lambda session: profiles.compare(session, _AT_ONCE)):
        pass
