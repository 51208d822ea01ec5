"""What is said of a source's answer: what it lists, and if nothing, why not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.formatting import counted, long_time
from core.models import Candidate, Page, Reason, Rejection
from crawler.checking.steps import Answer, Step, moment_and_age, no_answer
from crawler.discovery import Reading, SourceKind, SourceLink, read_source
from crawler.extraction import extract
from crawler.wanted import partition
from outlets.schema import Outlet

# What has listed nothing new for so long is forgotten by its outlet.
_STALE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Listing:
    """The verdict on a source, the articles that it names, and the further sources."""

    step: Step
    candidates: Sequence[Candidate] = ()
    children: Sequence[SourceLink] = ()


def look_at(kind: SourceKind, answer: Answer, outlet: Outlet, now: datetime) -> Listing:
    """What a source's answer is worth.

    Args:
        kind: what it was declared or found as.
        answer: to the request for it.
        outlet: whose source it is.
        now: when it came, aware.
    """
    what = f"{kind} {answer.asked}"
    if wrong := no_answer(answer):
        return Listing(Step("problem", what, wrong))
    reading = read(kind, answer, outlet, now)
    wanted, refused = partition(reading.candidates, outlet)
    if not wanted and not reading.children:
        why = (
            _empty_listing(answer, outlet, now) if kind == "listing" else _empty(reading, refused, answer, outlet, now)
        )
        return Listing(Step("problem", what, why))
    newest = max((one.published.at for one in wanted if one.published), default=None)
    parts = [
        answer.redirected,
        _entries(wanted) if wanted else "",
        f"newest {moment_and_age(newest, long_time(newest, outlet.timezone), now)}" if newest else "",
        f"names {counted(len(reading.children), 'further source')}" if reading.children else "",
        _refused([one.url for one, _ in refused]) if refused else "",
        _refused_links(answer, outlet, now) if kind == "listing" else "",
        reading.problem or "",
    ]
    stale = newest is not None and now - newest > _STALE
    parts += ["it is not kept up any more: look for another source"] if stale else []
    return Listing(Step("problem" if stale else "ok", what, "; ".join(filter(None, parts))), wanted, reading.children)


def read(kind: SourceKind, answer: Answer, outlet: Outlet, now: datetime) -> Reading:
    """What the answer names."""
    return read_source(kind, answer.body, answer.url, outlet, charset=answer.charset, now=now)


def _entries(wanted: Sequence[Candidate]) -> str:
    dated = sum(one.published is not None for one in wanted)
    undated = "" if dated else " (each page is asked for its own date)"
    return f"{counted(len(wanted), 'article')}, {dated:,} with a date{undated}"


def _refused(urls: Sequence[str]) -> str:
    return f"article.url refuses {counted(len(urls), 'more')}, e.g. {urls[0]}"


def _empty(
    reading: Reading, refused: Sequence[tuple[Candidate, Reason]], answer: Answer, outlet: Outlet, now: datetime
) -> str:
    if refused:
        number, example = len(refused), refused[0][0].url
        return f"article.url refuses all {number:,} addresses, e.g. {example}: does the pattern still fit them?"
    if kind := _no_source(answer, outlet, now):
        return kind
    problem = reading.problem or "it lists nothing"
    return f"{problem}: look with a browser whether it is still used, and declare another source if not"


def _no_source(answer: Answer, outlet: Outlet, now: datetime) -> str | None:
    """That the answer is the page of an error, a log-in or a challenge, if it is one."""
    found = extract(Page(answer.url, answer.body, answer.charset, now), outlet, now)
    if isinstance(found, Rejection) and found.reason == Reason.ERROR_PAGE:
        detail = found.detail or found.title or "it says so"
        return f"it answers with an error, log-in or challenge page ({detail}): look with a browser; ask the outlet"
    return None


def _empty_listing(answer: Answer, outlet: Outlet, now: datetime) -> str:
    """Which of the declared rules finds nothing on the page."""
    if page := _no_source(answer, outlet, now):
        return page
    links, pattern = outlet.discover.links, outlet.article.url
    elsewhere = _names(answer, _without(outlet, links=True), now) if links else []
    unmatched = _names(answer, _without(outlet, url=True), now) if pattern else []
    both = _names(answer, _without(outlet, links=True, url=True), now) if links and pattern else []
    if elsewhere:
        return (
            f"discover.links ({links}) finds no article, but {counted(len(elsewhere), 'link')} elsewhere on the page "
            f"could be one, e.g. {elsewhere[0]}: the layout changed: declare where the list is now"
        )
    if unmatched:
        return (
            f"article.url refuses all {counted(len(unmatched), 'link')} of the list, e.g. {unmatched[0]}: does the "
            "pattern still fit them?"
        )
    if both:
        return f"neither discover.links ({links}) nor article.url fits any link on the page, e.g. {both[0]}"
    return "no link on the page looks like an article's: is a script filling it? declare a feed or sitemap instead"


def _refused_links(answer: Answer, outlet: Outlet, now: datetime) -> str:
    """How many links of the list are no articles by ``article.url`` alone."""
    if outlet.article.url is None:
        return ""
    taken = set(_names(answer, outlet, now))
    refused = [url for url in _names(answer, _without(outlet, url=True), now) if url not in taken]
    return _refused(refused) if refused else ""


def _names(answer: Answer, outlet: Outlet, now: datetime) -> list[str]:
    return [one.url for one in read("listing", answer, outlet, now).candidates]


def _without(outlet: Outlet, *, links: bool = False, url: bool = False) -> Outlet:
    """The outlet without these rules of its declaration."""
    changed: dict[str, object] = {}
    if links:
        changed["discover"] = outlet.discover.model_copy(update={"links": None})
    if url:
        changed["article"] = outlet.article.model_copy(update={"url": None})
    return outlet.model_copy(update=changed)
