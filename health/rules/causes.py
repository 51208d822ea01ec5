"""Why an outlet may have fallen silent: what its last runs saw instead of articles. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from core.formatting import format_count
from health.daily_measures import Part, recent
from health.facts import Facts
from health.text import said

_DAY = timedelta(hours=24)
_TOO_OLD = "too-old"


def of_silence(facts: Facts) -> str:
    """What the last day's runs saw, and where the operator looks next."""
    parts = recent(facts.parts, _DAY)
    return f"{_seen(facts, parts)}: {check(facts)}"


def check(facts: Facts) -> str:
    """Where the operator looks next."""
    return f"see `scrapy outlets check {facts.name}`"


def _seen(facts: Facts, parts: Sequence[Part]) -> str:
    broken = [one for one in facts.sources if one.failures]
    if broken:
        verb = "fails" if len(broken) == 1 else "fail"
        sources = format_count(len(facts.sources), "source")
        return f"{len(broken)} of its {sources} {verb} ({said(broken[0].problem)})"
    if any(part.empty_listings for part in parts) and not _usually_empty(facts):
        pages = [one for one in facts.sources if one.kind in {"listing", "home"}]
        what = "listing page" if pages else "feed"
        return f"its {what} answers 200 but holds no article link: the layout changed"
    return _became(parts) or _named(parts)


def _usually_empty(facts: Facts) -> bool:
    """Whether sources without any article were seen before, when all was well."""
    return any(part.empty_listings and part.stored for part in facts.parts)


def _became(parts: Sequence[Part]) -> str | None:
    """What became of the pages, where most did not become articles."""
    stored = sum(part.stored for part in parts)
    rejected = sum((part.rejected for part in parts), Counter[str]())
    if rejected.total() > stored:
        reason, pages = rejected.most_common(1)[0]
        if reason == _TOO_OLD:
            return f"{format_count(pages, 'page')} were older than what is stored: its dates may be wrong"
        return f"{pages} of {format_count(rejected.total() + stored, 'page')} were no articles: {reason}"
    failed = sum((part.failed for part in parts), Counter[str]())
    if failed.total() > stored:
        reason, pages = failed.most_common(1)[0]
        return f"{format_count(pages, 'page')} could not be fetched: {reason}"
    return None


def _named(parts: Sequence[Part]) -> str:
    if not sum(part.named for part in parts):
        return "its sources answer and name nothing new"
    if not sum(part.stored for part in parts):
        return "its sources answer, but name only what is known"
    return "its sources answer, but name less than usual"
