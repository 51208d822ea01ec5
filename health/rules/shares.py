"""Rules about shares, lengths and latency against an outlet's history. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from core.formatting import format_count, format_share
from health.facts import (
    SETTLED_AFTER,
    Finding,
    Measured,
    OutletFacts,
    find_last_repair,
    find_settled_since,
    is_excluded,
)
from health.flags import FlagKind, FlagView
from health.measures import BUCKETS, QUARTER, QuarterMeasures, find_median_length, select_recent
from health.rules.absolute import suggest_check
from health.statistics import probability_of_share

Count = Callable[[QuarterMeasures], tuple[int, int]]

_DAY = timedelta(days=1)
# Articles or pages, and days of them, needed before anything is judged.
_ENOUGH, _ENOUGH_DAYS = 30, 7
_JUDGED = 3 * _DAY
_PRIOR_DAYS = 7
# The last runs, then the last day, and so on.
_WINDOWS = (timedelta(minutes=1), _DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY)
# Some ten kinds of these are judged in five windows each, all outlets every day.
_IMPROBABLE = 1e-6
_WELL = math.log(100)
_CERTAIN = 0.02


@dataclass(frozen=True, slots=True)
class UsualShare:
    """Usual share: ``part`` of ``of``.

    ``dispersion``: how much more the days varied than by chance.
    """

    part: int
    of: int
    dispersion: float

    @property
    def share(self) -> float:
        """The share, never 0 nor 1: nothing unseen is impossible."""
        return (self.part + 0.5) / (self.of + 1)


@dataclass(frozen=True, slots=True)
class Excess:
    """Lately ``part`` of ``of`` are affected."""

    part: int
    of: int

    @property
    def share(self) -> float:
        return self.part / self.of


def usual_share(facts: OutletFacts, what: Measured, count: Count) -> UsualShare | None:
    if not facts.parts:
        return None
    end = facts.parts[-1].until
    days: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for part in facts.parts:
        if end - part.until < _JUDGED or is_excluded(facts.flags, what, part.until - QUARTER, part.until):
            continue
        so, of = count(part)
        day = days[(end - part.until) // _DAY]
        day[0], day[1] = day[0] + so, day[1] + of
    counted = [(so, of) for so, of in days.values() if of]
    total = sum(of for _, of in counted)
    if total < _ENOUGH or len(counted) < _ENOUGH_DAYS:
        return None
    so = sum(so for so, _ in counted)
    return UsualShare(so, total, _dispersion(counted, (so + 0.5) / (total + 1)))


def suspects(facts: OutletFacts, what: Measured, count: Count) -> list[Excess]:
    """Return the windows in which most are affected; others need no history."""
    repaired = find_last_repair(facts.flags, what)
    week = [part for part in select_recent(facts.parts, _WINDOWS[-1]) if repaired is None or part.until > repaired]
    counts = [(part.until, *count(part)) for part in week]
    windows = [[one for one in counts if one[0] > counts[-1][0] - time] for time in _WINDOWS] if counts else []
    excesses = (Excess(sum(so for _, so, _ in window), sum(of for _, _, of in window)) for window in windows)
    return [one for one in excesses if 2 * one.part > one.of]


def excess(excesses: Iterable[Excess], usual: UsualShare) -> Excess | None:
    """Return the first that chance does not explain and that is nearer to all."""
    before = usual.part, usual.of
    return next(
        (
            candidate
            for candidate in excesses
            if candidate.share > (usual.share + 1) / 2
            and probability_of_share(candidate.part, candidate.of, before, usual.dispersion) < _IMPROBABLE
        ),
        None,
    )


def well_again(facts: OutletFacts, count: Count, usual: UsualShare, flagged: float, since: datetime) -> bool:
    """True if measures since the flag fit the usual share far better."""
    low = min(max(usual.share, 1e-3), 1 - 2 * _CERTAIN)
    high = min(max(flagged, (usual.share + 1) / 2), 1 - _CERTAIN)
    for time in _WINDOWS[:2]:
        seen = _counted(select_recent(facts.parts, time, since=since), count)
        evidence = seen.part * math.log(low / high) + (seen.of - seen.part) * math.log((1 - low) / (1 - high))
        if evidence >= _WELL * usual.dispersion:
            return True
    return False


def lately(facts: OutletFacts, count: Count, *, since: datetime | None = None) -> Excess:
    """Count the last day, or what was measured after ``since``."""
    return _counted(select_recent(facts.parts, _DAY, since=since), count)


def _counted(parts: Iterable[QuarterMeasures], count: Count) -> Excess:
    counts = [count(part) for part in parts]
    return Excess(sum(so for so, _ in counts), sum(of for _, of in counts))


def _dispersion(days: Sequence[tuple[int, int]], share: float) -> float:
    """Return Pearson's dispersion, at least 1, drawn towards 1 by a week's weight."""
    spread = sum((so - of * share) ** 2 / (of * share * (1 - share)) for so, of in days)
    return max((_PRIOR_DAYS + spread) / (_PRIOR_DAYS + len(days) - 1), 1.0)


# Reasons that say nothing of pages: URLs never fetched, and the age of an article.
_UNSEEN = frozenset(
    {"robots", "not-article-url", "url-too-long", "too-many-redirects", "too-old", "too-new", "off-site"}
)
_LISTINGS = frozenset({"listing", "home-page"})
_CHALLENGES = frozenset({"error-page"})
# For a new outlet: this many pages and not one article among them.
_ALL_OF = 10
_LAYOUT = "the layout changed: "


@dataclass(frozen=True, slots=True)
class Share:
    """Rule about a share of articles or pages.

    Attributes:
        so: counts the affected articles or pages of a quarter; ``of`` counts all.
        statement: completes the sentence "12 of 12 …".
        absolute: an outlet without a history is flagged if most are affected.
    """

    kind: FlagKind
    what: Measured
    so: Callable[[QuarterMeasures], int]
    of: Callable[[QuarterMeasures], int]
    things: str
    statement: str
    advice: str
    absolute: bool = False

    def __call__(self, facts: OutletFacts) -> Finding | None:
        if not facts.parts:
            return None
        if flag := facts.open(self.kind):
            return self._go_on(facts, flag)
        excesses = suspects(facts, self.what, self.count)
        if not excesses:
            return None
        usual = usual_share(facts, self.what, self.count)
        worst = excess(excesses, usual) if usual else self._all(facts)
        return self._finding(facts, worst, usual) if worst else None

    def _go_on(self, facts: OutletFacts, flag: FlagView) -> Finding | None:
        usual = usual_share(facts, self.what, self.count)
        since = lately(facts, self.count, since=flag.raised_at)
        if usual is None:
            well = since.of > 0 and 2 * since.part <= since.of
        else:
            well = well_again(facts, self.count, usual, float(flag.facts.get("share", 1.0)), flag.raised_at)
        if well:
            return None
        most = 2 * since.part > since.of
        return self._finding(facts, since, usual) if most else Finding(self.kind, flag.words, flag.facts)

    def count(self, part: QuarterMeasures) -> tuple[int, int]:
        return self.so(part), self.of(part)

    def _all(self, facts: OutletFacts) -> Excess | None:
        seen = lately(facts, self.count)
        stored = sum(part.stored for part in facts.parts)
        return seen if self.absolute and not stored and seen.of >= _ALL_OF and 2 * seen.part > seen.of else None

    def _finding(self, facts: OutletFacts, found: Excess, usual: UsualShare | None) -> Finding:
        before = f" (usual {format_share(usual.part / usual.of)})" if usual else ""
        words = f"{found.part} of {format_count(found.of, self.things)} {self.statement}{before}: {self.advice}"
        return Finding(
            self.kind, f"{words}{suggest_check(facts)}", {"share": found.share, "of": found.of, "part": found.part}
        )


def pages(part: QuarterMeasures) -> int:
    return part.stored + _rejected(part.rejected)


def _rejected(reasons: Counter[str], only: frozenset[str] | None = None) -> int:
    return sum(
        number for reason, number in reasons.items() if (reason not in _UNSEEN if only is None else reason in only)
    )


def _dated(part: QuarterMeasures) -> int:
    return part.stored - part.undated


def _gone(kind: FlagKind, field: str, so: Callable[[QuarterMeasures], int]) -> Share:
    return Share(kind, "fields", so, lambda part: part.stored, "article", f"have no {field}", _LAYOUT)


SHARES: tuple[Share, ...] = (
    Share(
        "challenge-pages", "pages", lambda part: _rejected(part.rejected, _CHALLENGES), pages, "page",
        "were login, challenge or error pages answered with 200", "the outlet keeps us out, or is out of order: ",
        absolute=True,
    ),
    Share(
        "listing-pages", "pages", lambda part: _rejected(part.rejected, _LISTINGS), pages, "page",
        "were pages of links instead of articles", _LAYOUT, absolute=True,
    ),
    Share(
        "rejections", "pages",
        lambda part: _rejected(part.rejected) - _rejected(part.rejected, _CHALLENGES | _LISTINGS), pages, "page",
        "could not be read as articles", _LAYOUT, absolute=True,
    ),
    _gone("date-gone", "date", lambda part: part.undated),
    _gone("author-gone", "author", lambda part: part.unsigned),
    _gone("section-gone", "section", lambda part: part.unsectioned),
    _gone("title-gone", "title", lambda part: part.untitled),
    Share(
        "dates-equal", "fields", lambda part: max(part.minutes.values(), default=1) - 1,
        lambda part: max(_dated(part) - 1, 0), "further article", "state the same minute of publication",
        "another date of the page is taken for it: ",
    ),
    Share(
        "clock", "fields", lambda part: part.clock_ahead, _dated, "article", "are dated in the future",
        "the outlet's clock or its declared zone is wrong: ",
    ),
)  # fmt: skip


def moved(facts: OutletFacts) -> Finding | None:
    finding = _MOVED(facts) or _only_elsewhere(facts)
    if finding is None:
        return None
    hosts = sum((part.moved_to for part in select_recent(facts.parts, _DAY)), Counter[str]())
    if not hosts:
        return finding
    host = hosts.most_common(1)[0][0]
    answers = f"{finding.facts['part']} of {format_count(int(finding.facts['of']), 'answer')}"
    words = f"{answers} lead to {host}: it moved: declare that domain: {suggest_check(facts)}"
    return Finding("moved", words, dict(finding.facts) | {"host": host})


def _elsewhere(part: QuarterMeasures) -> int:
    return part.moved_to.total()


def _only_elsewhere(facts: OutletFacts) -> Finding | None:
    seen = lately(facts, _MOVED.count) if facts.parts else Excess(0, 0)
    if not seen.part or seen.part < seen.of or facts.ever_stored:
        return None
    return Finding("moved", "", {"share": 1.0, "of": seen.of, "part": seen.part})


_MOVED = Share(
    "moved", "pages", _elsewhere, lambda part: _elsewhere(part) + pages(part) + part.sources_answered, "answer",
    "lead to another domain", "it moved: ",
)  # fmt: skip


_ENOUGH_DAYS_LEVELS = 7
# Factor from the median absolute deviation to a normal distribution's standard deviation.
_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class UsualLevel:
    """Median of the days' levels, and the deviation of days from it."""

    middle: float
    deviation: float


def usual_level(
    facts: OutletFacts, what: Measured, level: Callable[[Sequence[QuarterMeasures]], float | None], least: float
) -> UsualLevel | None:
    """Return the usual level, if known; smaller deviations than ``least`` are ignored."""
    levels = [value for parts in history(facts, what) if (value := level(parts)) is not None]
    if len(levels) < _ENOUGH_DAYS_LEVELS:
        return None
    middle = median(levels)
    spread = _TO_DEVIATION * median(abs(value - middle) for value in levels)
    # Few days may lie close together by chance.
    return UsualLevel(middle, max(spread, least) * (1 + 2 / len(levels)))


def history(facts: OutletFacts, what: Measured) -> list[list[QuarterMeasures]]:
    since = find_settled_since(facts.flags, what, facts.now)
    days: dict[int, list[QuarterMeasures]] = defaultdict(list)
    for part in facts.parts:
        end = facts.parts[-1].until
        if end - part.until >= _JUDGED and _counts(facts, what, part, since):
            days[(end - part.until) // _DAY].append(part)
    return list(days.values())


def deviation_of(values: Counter[int], per_doubling: int) -> float:
    """Return half of the span of the middle two thirds."""
    ordered = sorted(values.elements())
    if not ordered:
        return 0.0
    low, high = ordered[len(ordered) // 6], ordered[len(ordered) - 1 - len(ordered) // 6]
    return (high - low) / 2 / per_doubling


def median_error(deviation: float, values: int) -> float:
    return 1.2533 * deviation / math.sqrt(values)


def _counts(facts: OutletFacts, what: Measured, part: QuarterMeasures, since: datetime | None) -> bool:
    if since is not None and part.until < since:
        return False
    return not is_excluded(facts.flags, what, part.until - QUARTER, part.until, settled=since)


_LENGTH_WINDOWS = (_DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY)
# Standard deviations: once in a million days, and as the deviations are estimated, somewhat more often.
_FAR = 5.0
# Texts, answers: with fewer, the rule waits for more.
_TEXTS, _ANSWERS = 5, 3
_LEAST_LENGTH, _LEAST_LATENCY = 0.1, 0.25
# Added to each answer's time: that 3 ms became 30 matters to no one.
_UNNOTICED_S = 0.2


def text_short(facts: OutletFacts) -> Finding | None:
    usual, flag = usual_level(facts, "lengths", _length, _LEAST_LENGTH), facts.open("text-short")
    if flag is None:
        return _shorter(facts, usual) if usual else None
    now = _length(_last(facts, flag))
    if usual is None or now is None:
        return Finding("text-short", flag.words, flag.facts)
    flagged = math.log2(max(float(flag.facts.get("words", 1)), 1))
    return _short(facts, now, usual) if now < (usual.middle + flagged) / 2 else None


def slow(facts: OutletFacts) -> Finding | None:
    usual, flag = usual_level(facts, "latency", _latency, _LEAST_LATENCY), facts.open("slow")
    if flag is None or facts.now - flag.raised_at >= SETTLED_AFTER:
        now = _latency(select_recent(facts.parts, _DAY))
        far = usual is not None and now is not None and (now - usual.middle) / usual.deviation > _FAR
        return _slow(now, usual) if usual and now is not None and far else None
    now = _latency(_last(facts, flag))
    if usual is None or now is None:
        return Finding("slow", flag.words, flag.facts)
    flagged = math.log2(float(flag.facts.get("seconds", 0)) + _UNNOTICED_S)
    return _slow(now, usual) if now > (usual.middle + flagged) / 2 else None


def _last(facts: OutletFacts, flag: FlagView) -> list[QuarterMeasures]:
    return select_recent(facts.parts[-1:], _DAY, since=flag.raised_at)


def _shorter(facts: OutletFacts, usual: UsualLevel) -> Finding | None:
    repaired = find_last_repair(facts.flags, "lengths")
    for time in _LENGTH_WINDOWS:
        parts = [part for part in select_recent(facts.parts, time) if repaired is None or part.until > repaired]
        now, texts = _length(parts), sum(part.lengths.total() for part in parts)
        if now is None or texts < _TEXTS or (usual.middle - now) / usual.deviation <= _FAR:
            continue
        single = deviation_of(_lengths([part for day in history(facts, "lengths") for part in day]), BUCKETS)
        if (usual.middle - now) / math.hypot(usual.deviation, median_error(single, texts)) > _FAR:
            return _short(facts, now, usual)
    return None


def _short(facts: OutletFacts, now: float, usual: UsualLevel) -> Finding:
    words, before = round(2**now), round(2**usual.middle)
    text = f"half of the texts have {words} words or fewer (usual {before}): the layout changed, or only the beginning "
    return Finding("text-short", f"{text}is shown: {suggest_check(facts)}", {"words": words, "usual": before})


def _slow(now: float, usual: UsualLevel) -> Finding:
    seconds, before = 2**now - _UNNOTICED_S, max(2**usual.middle - _UNNOTICED_S, 0.0)
    text = f"an answer takes {seconds:.1f} s (usual {before:.1f} s): the outlet is slow, or slows us down: a longer "
    return Finding("slow", f"{text}`delay` in its declaration may help", {"seconds": seconds, "usual": before})


def _length(parts: Sequence[QuarterMeasures]) -> float | None:
    return find_median_length(parts[0].lengths if len(parts) == 1 else _lengths(parts))


def _lengths(parts: Sequence[QuarterMeasures]) -> Counter[int]:
    together: Counter[int] = Counter()
    for part in parts:
        together.update(part.lengths)
    return together


def _latency(parts: Sequence[QuarterMeasures]) -> float | None:
    answers = sum(part.answers for part in parts)
    if answers < _ANSWERS:
        return None
    return math.log2(sum(part.latency_s for part in parts) / answers + _UNNOTICED_S)
