"""What a page that was dealt with says of its outlet's health."""

from datetime import UTC, datetime, timedelta

from core.models import Rejection
from health import Measures
from pipelines.normalise import Normalised
from pipelines.storing import Stored

# No two clocks agree; extraction refuses what lies more than an hour ahead, and such an article has no date.
_SLACK = timedelta(minutes=5)


def measure(measures: Measures, stored: Stored, result: Normalised | Rejection, now: datetime) -> None:
    """Add a page of a new URL to the run's measures."""
    if stored.state in {"rejected", "failed"}:
        counter = measures.rejected if stored.state == "rejected" else measures.failed
        counter[stored.reason or ""] += 1
    if stored.state != "stored" or isinstance(result, Rejection):
        return
    article = result.article
    measures.stored += 1
    measures.undated += article.published is None
    measures.unsigned += not article.authors
    measures.untitled += not article.title
    measures.unsectioned += not article.section
    measures.words.append(result.words)
    if article.published is not None:
        at = article.published.at.astimezone(UTC)
        measures.published[at.isoformat(timespec="minutes")] += 1
        measures.clock_ahead += at > now + _SLACK
        measures.newest_at = max(filter(None, (measures.newest_at, at)))
