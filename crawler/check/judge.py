"""Verdicts on a checked outlet's sources, pages and examples. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cssselect import HTMLTranslator

from core.formatting import format_count, format_duration, iso_time, one_line, shorten
from core.models import Article, Candidate, Page, Reason, Rejection, Timestamp
from crawler.discovery import read_source
from crawler.discovery.candidates import partition_candidates
from crawler.discovery.result import SourceKind, SourceLink, SourceResult
from crawler.extraction.article import extract
from crawler.extraction.document import parse
from crawler.outcomes import GONE
from outlets.schema import Outlet
from outlets.urls import is_article

OK = 200
_REFUSED = frozenset({401, 403, 429, 451})
_FAILING = range(500, 600)
_FEW_HOURS = timedelta(hours=48)
_LONGEST = 300

_ANSWER_ADVICE = {
    Reason.ROBOTS: "choose what robots.txt allows, or declare the outlet blocked",
    Reason.ROBOTS_UNREACHABLE: "nothing may be asked before robots.txt answers: try again later",
    Reason.OFF_SITE: "declare its new address, and the domain if it is the outlet's own",
    Reason.REDIRECTS: "look with a browser where it leads, and declare that address",
    Reason.TOO_LARGE: "declare a smaller source",
    Reason.WRONG_TYPE: "it is no page, feed or sitemap: declare another address",
    Reason.NETWORK: "try again later; if it stays so, look for the outlet's new address",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a request, or the reason why there is none.

    Attributes:
        asked: the URL requested; ``url`` answered, after redirects.
        valid_until: end of the host's certificate; ``None`` without https.
        problem: ``reason`` in words.
    """

    asked: str
    url: str
    status: int | None = None
    body: bytes = b""
    charset: str | None = None
    valid_until: datetime | None = None
    reason: Reason | None = None
    problem: str | None = None

    @property
    def redirected(self) -> str:
        """Text about the redirect; empty without one."""
        return "" if self.url == self.asked else f"redirected to {self.url}"


# ``note``: not an article, as single pages of every outlet are; many of them are a problem.
Verdict = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Step:
    """Verdict on one thing, with its text; for a problem, with advice."""

    verdict: Verdict
    what: str
    words: str

    @property
    def line(self) -> str:
        return f"{self.verdict:<8} {one_line(self.what)}: {shorten(one_line(self.words), _LONGEST)}"


def describe_failure(answer: Answer, *, advice: bool = True) -> str | None:
    """Describe why an answer cannot be read; ``None``: it can."""
    if answer.problem is None and answer.status == OK:
        return None
    if answer.problem is None:
        what, then = f"HTTP {answer.status}", _status_advice(answer.status or 0)
    elif "certificate" in answer.problem.lower():
        what, then = answer.problem, "its certificate is refused: the outlet must renew it"
    else:
        what, then = answer.problem, _ANSWER_ADVICE.get(answer.reason, "") if answer.reason else ""
    return f"{what}: {then}" if advice and then else what


def format_age(at: datetime, shown: str, now: datetime) -> str:
    age = now - at
    if age < timedelta(0):
        return f"{shown}, in the future"
    return f"{shown}, {format_duration(age) if age < _FEW_HOURS else f'{age.days} days'} ago"


def _status_advice(status: int) -> str:
    if status in GONE:
        return "it is not there any more: look on the home page for its new address, or take it out"
    if status in _REFUSED:
        return "the outlet refuses us: does it let a browser in? ask it, or declare it blocked"
    if status in _FAILING:
        return "its server fails: try again later"
    return "no page came with it: look with a browser what it is"


# A source that has listed nothing new for so long is not maintained.
_STALE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SourceVerdict:
    """Verdict on a source, with the articles and sources it names."""

    step: Step
    candidates: Sequence[Candidate] = ()
    children: Sequence[SourceLink] = ()


def judge_source(kind: SourceKind, answer: Answer, outlet: Outlet, now: datetime) -> SourceVerdict:
    what = f"{kind} {answer.asked}"
    if failure := describe_failure(answer):
        return SourceVerdict(Step("problem", what, failure))
    reading = read_answer(kind, answer, outlet, now)
    accepted, refused = partition_candidates(reading.candidates, outlet)
    if not accepted and not reading.children:
        why = (
            _empty_listing(answer, outlet, now) if kind == "listing" else _empty(reading, refused, answer, outlet, now)
        )
        return SourceVerdict(Step("problem", what, why))
    newest = max((candidate.published.at for candidate in accepted if candidate.published), default=None)
    parts = [
        answer.redirected,
        _entries(accepted) if accepted else "",
        f"newest {format_age(newest, iso_time(newest, outlet.timezone), now)}" if newest else "",
        f"names {format_count(len(reading.children), 'further source')}" if reading.children else "",
        _refused([candidate.url for candidate, _ in refused]) if refused else "",
        _refused_links(answer, outlet, now) if kind == "listing" else "",
        reading.problem or "",
    ]
    stale = newest is not None and now - newest > _STALE
    parts += ["it is not kept up any more: look for another source"] if stale else []
    return SourceVerdict(
        Step("problem" if stale else "ok", what, "; ".join(filter(None, parts))), accepted, reading.children
    )


def read_answer(kind: SourceKind, answer: Answer, outlet: Outlet, now: datetime) -> SourceResult:
    return read_source(kind, answer.body, answer.url, outlet, charset=answer.charset, now=now)


def _entries(candidates: Sequence[Candidate]) -> str:
    dated = sum(candidate.published is not None for candidate in candidates)
    undated = "" if dated else " (each page is asked for its own date)"
    return f"{format_count(len(candidates), 'article')}, {dated:,} with a date{undated}"


def _refused(urls: Sequence[str]) -> str:
    return f"article.url refuses {format_count(len(urls), 'more')}, e.g. {urls[0]}"


def _empty(
    reading: SourceResult, refused: Sequence[tuple[Candidate, Reason]], answer: Answer, outlet: Outlet, now: datetime
) -> str:
    if refused:
        number, example = len(refused), refused[0][0].url
        return f"article.url refuses all {number:,} addresses, e.g. {example}: does the pattern still fit them?"
    if kind := _no_source(answer, outlet, now):
        return kind
    problem = reading.problem or "it lists nothing"
    return f"{problem}: look with a browser whether it is still used, and declare another source if not"


def _no_source(answer: Answer, outlet: Outlet, now: datetime) -> str | None:
    result = extract(Page(answer.url, answer.body, answer.charset, now), outlet, now)
    if isinstance(result, Rejection) and result.reason == Reason.ERROR_PAGE:
        detail = result.detail or result.title or "it says so"
        return f"it answers with an error, log-in or challenge page ({detail}): look with a browser; ask the outlet"
    return None


def _empty_listing(answer: Answer, outlet: Outlet, now: datetime) -> str:
    if page := _no_source(answer, outlet, now):
        return page
    links, pattern = outlet.discover.links, outlet.article.url
    elsewhere = _names(answer, _without(outlet, links=True), now) if links else []
    unmatched = _names(answer, _without(outlet, url=True), now) if pattern else []
    both = _names(answer, _without(outlet, links=True, url=True), now) if links and pattern else []
    if elsewhere:
        return (
            f"discover.links ({links}) finds no article, but {format_count(len(elsewhere), 'link')} elsewhere on the "
            f"page could be one, e.g. {elsewhere[0]}: the layout changed: declare where the list is now"
        )
    if unmatched:
        return (
            f"article.url refuses all {format_count(len(unmatched), 'link')} of the list, e.g. {unmatched[0]}: does "
            "the pattern still fit them?"
        )
    if both:
        return f"neither discover.links ({links}) nor article.url fits any link on the page, e.g. {both[0]}"
    return "no link on the page looks like an article's: is a script filling it? declare a feed or sitemap instead"


def _refused_links(answer: Answer, outlet: Outlet, now: datetime) -> str:
    if outlet.article.url is None:
        return ""
    taken = set(_names(answer, outlet, now))
    refused = [url for url in _names(answer, _without(outlet, url=True), now) if url not in taken]
    return _refused(refused) if refused else ""


def _names(answer: Answer, outlet: Outlet, now: datetime) -> list[str]:
    return [candidate.url for candidate in read_answer("listing", answer, outlet, now).candidates]


def _without(outlet: Outlet, *, links: bool = False, url: bool = False) -> Outlet:
    changed: dict[str, object] = {}
    if links:
        changed["discover"] = outlet.discover.model_copy(update={"links": None})
    if url:
        changed["article"] = outlet.article.model_copy(update={"url": None})
    return outlet.model_copy(update=changed)


def judge_examples(outlet: Outlet) -> Step | None:
    """Try the article rule on the declared examples; ``None`` without any."""
    examples = outlet.examples
    if not examples.articles and not examples.other:
        return None
    rule = "article.url" if outlet.article.url else "the general rule"
    problems = [f"refuses the article {url}" for url in examples.articles if not is_article(url, outlet)]
    problems += [f"accepts {url}, which is no article" for url in examples.other if is_article(url, outlet)]
    if problems:
        advice = f"{'correct' if outlet.article.url else 'declare'} article.url, or correct the examples"
        return Step("problem", "examples", f"{rule} {' and '.join(problems)}: {advice}")
    articles, others = format_count(len(examples.articles), "article"), format_count(len(examples.other), "other page")
    return Step("ok", "examples", f"{rule} accepts {articles} and refuses {others}")


# Rejections that are right and need no advice.
_HARMLESS = frozenset({Reason.VIDEO, Reason.PHOTO})
_PAGE_ADVICE = {
    Reason.LISTING: "article.url should refuse such addresses",
    Reason.ERROR_PAGE: "look with a browser; if it shows the article there, the outlet refuses us",
    Reason.NO_TEXT: "declare article.body: where the text is",
    Reason.TOO_SHORT: "declare article.body, if there is more text on the page",
    Reason.LANGUAGE: "article.url should refuse such addresses, or the declared language is wrong",
}
# One of so many pages at least should be an article; every outlet links some other pages.
_FEWEST = 3
_SELECTED = ("title", "date", "author", "body")


def judge_page(candidate: Candidate, answer: Answer, outlet: Outlet, now: datetime) -> Step:
    """Judge an article's page; a page that is no article is a note."""
    what = f"page {answer.asked}"
    if failure := describe_failure(answer, advice=False):
        return Step("note", what, failure)
    page = Page(answer.url, answer.body, answer.charset, now, candidate, answer.asked)
    result = extract(page, outlet, now)
    if isinstance(result, Rejection) and result.reason in _HARMLESS:
        return Step("note", what, _rejected(result))
    lost = list(_lost_selectors(answer, outlet))
    if isinstance(result, Rejection):
        return Step("problem" if lost else "note", what, "; ".join([_rejected(result), *lost]))
    missing = [name for name, value in (("title", result.title), ("date", result.published)) if not value]
    problems = [f"no {' and no '.join(missing)} found: declare article.{missing[0]}"] if missing else []
    words = "; ".join(filter(None, [*problems, *lost, answer.redirected, *_fields(result, outlet)]))
    return Step("problem" if problems or lost else "ok", what, words)


def judge_pages(pages: Sequence[Step]) -> Step:
    taken = sum(step.verdict != "note" for step in pages)
    if not pages:
        return Step("problem", "articles", "no source names one that could be looked at")
    words = f"{taken} of {format_count(len(pages), 'page')} could be taken"
    if _FEWEST * taken < len(pages):
        advice = "article.url should refuse what are none; if they are articles, declare how they are read"
        return Step("problem", "articles", f"{words}: {advice}")
    return Step("ok", "articles", words)


def _rejected(result: Rejection) -> str:
    detail = f" ({result.detail})" if result.detail else ""
    advice = f": {_PAGE_ADVICE[result.reason]}" if result.reason in _PAGE_ADVICE else ""
    return f"rejected as {result.reason}{detail}{advice}"


def _fields(article: Article, outlet: Outlet) -> Iterator[str]:
    yield f"{format_count(len(article.text.split()), 'word')} of text{_declared(outlet.article.body, 'body')}"
    if article.title:
        yield f"title{_declared(outlet.article.title, 'title')}"
    if article.published:
        yield f"date {_format_published(article.published, outlet)} from {article.published.source}"
    if article.authors:
        yield f"by {', '.join(article.authors)}{_declared(outlet.article.author, 'author')}"
    absent = [name for name, value in (("author", article.authors), ("section", article.section)) if not value]
    yield from (f"no {name}" for name in absent)


def _declared(selector: str | None, name: str) -> str:
    return f" (article.{name})" if selector else ""


def _format_published(published: Timestamp, outlet: Outlet) -> str:
    if published.precision == "day":
        return published.at.astimezone(outlet.zone).date().isoformat()
    return iso_time(published.at, outlet.timezone)


def _lost_selectors(answer: Answer, outlet: Outlet) -> Iterator[str]:
    tree = parse(answer.body, answer.charset)
    for name in _SELECTED:
        selector = getattr(outlet.article, name)
        if selector and tree is not None and not tree.xpath(HTMLTranslator().css_to_xpath(selector, prefix="//")):
            yield f"article.{name} ({selector}) finds nothing on it: the layout changed: declare what holds it now"
