"""Rules that need no history. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.formatting import format_count, long_date
from core.periods import HOME
from health.facts import Finding, OutletFacts, SourceFacts
from health.measures import QuarterMeasures, select_recent
from health.statistics import shorten_problem

_DAY = timedelta(hours=24)
_TOO_OLD = "too-old"


def explain_silence(facts: OutletFacts) -> str:
    """Describe the last day's runs without articles, and the next step."""
    parts = select_recent(facts.parts, _DAY)
    return f"{_seen(facts, parts)}: {suggest_check(facts)}"


def suggest_check(facts: OutletFacts) -> str:
    return f"see `scrapy outlets check {facts.name}`"


def _seen(facts: OutletFacts, parts: Sequence[QuarterMeasures]) -> str:
    broken = [one for one in facts.sources if one.failures]
    if broken:
        verb = "fails" if len(broken) == 1 else "fail"
        sources = format_count(len(facts.sources), "source")
        return f"{len(broken)} of its {sources} {verb} ({shorten_problem(broken[0].problem)})"
    if any(part.empty_listings for part in parts) and not _usually_empty(facts):
        pages = [one for one in facts.sources if one.kind in {"listing", "home"}]
        what = "listing page" if pages else "feed"
        return f"its {what} answers 200 but holds no article link: the layout changed"
    return _became(parts) or _named(parts)


def _usually_empty(facts: OutletFacts) -> bool:
    """True if sources without articles were seen when all was well."""
    return any(part.empty_listings and part.stored for part in facts.parts)


def _became(parts: Sequence[QuarterMeasures]) -> str | None:
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


def _named(parts: Sequence[QuarterMeasures]) -> str:
    if not sum(part.named for part in parts):
        return "its sources answer and name nothing new"
    if not sum(part.stored for part in parts):
        return "its sources answer, but name only what is known"
    return "its sources answer, but name less than usual"


_OK = 200
# A failure that passes within hours needs no action, and daily runs see each failure only once.
_PASSING = timedelta(hours=3)
# A day, less the time by which daily runs may be early.
_ABOUT_A_DAY = timedelta(hours=20)
_RUNS_IN_A_ROW = 3
_LISTENED = timedelta(hours=36)


def failing(facts: OutletFacts) -> Finding | None:
    return _all_sources_fail(facts) or _runs_fail(facts)


def partly_failing(facts: OutletFacts) -> Finding | None:
    failed = [source for source in facts.sources if source.failures and _silent_for(facts, source) >= _ABOUT_A_DAY]
    still = facts.open("partly-failing") and [source for source in facts.sources if source.failures]
    broken = failed or still or []
    if not broken or all(source.failures for source in facts.sources):
        return None
    verb = "fails" if len(broken) == 1 else "fail"
    words = f"{len(broken)} of {format_count(len(facts.sources), 'source')} {verb}: {_format_problem(broken[0])}"
    return Finding("partly-failing", words, {"failing": len(broken), "sources": len(facts.sources)})


def certificate(facts: OutletFacts) -> Finding | None:
    refused, flag = facts.parts[-1].certificate if facts.parts else None, facts.open("certificate")
    if refused is None:
        # The last run may have asked other hosts only.
        waiting = flag is not None and any(source.failures for source in facts.sources)
        return Finding("certificate", flag.words, flag.facts) if flag and waiting else None
    problem = shorten_problem(refused)
    return Finding("certificate", f"its certificate is refused: {problem}: it must renew it", {"problem": problem})


def robots(facts: OutletFacts) -> Finding | None:
    """Find a robots.txt that forbids what is polled; a mere change needs no action."""
    forbidding = [host for host in facts.hosts if host.forbids]
    if not forbidding:
        return None
    changed = max((host.changed_at for host in forbidding if host.changed_at), default=None)
    since = f" since {long_date(changed.astimezone(HOME))}" if changed else ""
    hosts = ", ".join(host.host for host in forbidding)
    words = f"the robots.txt of {hosts} forbids what is polled{since}: ask the outlet, or take it out of the rounds"
    return Finding("robots", words, {"hosts": [host.host for host in forbidding]})


def gap(facts: OutletFacts) -> Finding | None:
    # After a pause of the monitor the loss is its own, and the operator who stopped it knows.
    lost = [missing for missing in facts.gaps if _listened(facts, missing.found_at)]
    if not lost:
        return None
    missed = sum(missing.lost for missing in lost)
    worst = max(lost, key=lambda missing: missing.lost)
    words = (
        f"about {format_count(missed, 'article')} may have been missed: {worst.source} listed nothing that it had "
        "listed at the poll before; it is polled sooner now; a sitemap or listing page in the declaration would close "
        "the gap"
    )
    return Finding("gap", words, {"missed": missed, "source": worst.source})


def never_stored(facts: OutletFacts) -> Finding | None:
    """Find that a day's complete runs brought no article, and none was ever stored."""
    if facts.ever_stored or facts.runs.succeeded_at is None or not facts.parts:
        return None
    if facts.now - facts.parts[0].until < _ABOUT_A_DAY:
        return None
    return Finding("silent", f"nothing stored yet: {suggest_check(facts)}", {})


def _all_sources_fail(facts: OutletFacts) -> Finding | None:
    broken = facts.sources
    if not broken or not all(source.failures for source in broken):
        return None
    answered = [source.checked_at for source in broken if source.checked_at]
    if facts.open("failing") is None and answered and facts.now - max(answered) < _PASSING:
        return None
    who = f"its {broken[0].kind}" if len(broken) == 1 else f"all its {len(broken)} sources"
    since = f" since {long_date(max(answered).astimezone(HOME))}" if answered else " from the beginning"
    figures = {"problem": broken[0].problem, "status": broken[0].status, "sources": len(broken)}
    if all(source.status == _OK for source in broken):
        verb = "answers" if len(broken) == 1 else "answer"
        words = f"{who} {verb} 200 but {'holds' if len(broken) == 1 else 'hold'} nothing that is of use{since}"
        return Finding(
            "failing", f"{words} ({_format_problem(broken[0])}): the layout changed: {suggest_check(facts)}", figures
        )
    verb = "fails" if len(broken) == 1 else "fail"
    return Finding("failing", f"{who} {verb}{since}: {_most_frequent_problem(broken)}: {suggest_check(facts)}", figures)


def _runs_fail(facts: OutletFacts) -> Finding | None:
    runs = facts.runs
    if not runs.failed_in_a_row:
        return None
    lately = runs.succeeded_at is not None and facts.now - runs.succeeded_at < _ABOUT_A_DAY
    if facts.open("failing") is None and lately and runs.failed_in_a_row < _RUNS_IN_A_ROW:
        return None
    since = f"since {long_date(runs.succeeded_at.astimezone(HOME))}" if runs.succeeded_at else "from the beginning"
    why = f": {shorten_problem(runs.message)}" if runs.message else f": the last one {_ended(runs.state)}"
    return Finding("failing", f"its runs fail {since}{why}", {"runs": runs.failed_in_a_row})


def _ended(state: str | None) -> str:
    return "was killed" if state == "killed" else "failed"


def _listened(facts: OutletFacts, at: datetime) -> bool:
    """True if a run ended in the day and a half before."""
    return any(at - _LISTENED <= part.until < at for part in facts.parts)


def _silent_for(facts: OutletFacts, source: SourceFacts) -> timedelta:
    return timedelta.max if source.checked_at is None else facts.now - source.checked_at


def _format_problem(source: SourceFacts) -> str:
    return f"{source.url}: {shorten_problem(source.problem)}"


def _most_frequent_problem(sources: Sequence[SourceFacts]) -> str:
    problems = [shorten_problem(source.problem) for source in sources]
    return max(problems, key=problems.count)
