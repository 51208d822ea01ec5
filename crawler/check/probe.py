"""Asks an outlet's robots.txt, home page, sources and some articles: through the engine, with the crawl's manners."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from typing import Any
from urllib.parse import urlsplit

from cssselect import HTMLTranslator
from scrapy import Request

from core.clock import Clock
from core.formatting import format_count, long_date, long_time
from core.models import Article, Candidate, Page, Reason, Rejection, Timestamp
from core.urls import download_slot, identify
from crawler.check.verdict import OK, Answer, Step, describe_failure, format_age
from crawler.discovery import SourceKind, SourceLink, SourceResult, read_source, sitemaps_of_robots, well_known_sources
from crawler.discovery.candidates import partition_candidates
from crawler.discovery.walks import walks
from crawler.extraction.article import extract
from crawler.extraction.document import parse
from crawler.outcomes import Interrupted, Outcome, outcome_of_failure
from crawler.politeness import apply_politeness, slot_delay
from crawler.spiders.news import NewsSpider
from crawler.spiders.requests import charset
from health.measures import Measures
from outlets.schema import Outlet
from outlets.urls import is_article

# What has listed nothing new for so long is forgotten by its outlet.
_STALE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SourceVerdict:
    """The verdict on a source, the articles that it names, and the further sources."""

    step: Step
    candidates: Sequence[Candidate] = ()
    children: Sequence[SourceLink] = ()


def judge_source(kind: SourceKind, answer: Answer, outlet: Outlet, now: datetime) -> SourceVerdict:
    """What a source's answer is worth.

    Args:
        kind: what it was declared or found as.
        answer: to the request for it.
        outlet: whose source it is.
        now: when it came, aware.
    """
    what = f"{kind} {answer.asked}"
    if wrong := describe_failure(answer):
        return SourceVerdict(Step("problem", what, wrong))
    reading = read_answer(kind, answer, outlet, now)
    wanted, refused = partition_candidates(reading.candidates, outlet)
    if not wanted and not reading.children:
        why = (
            _empty_listing(answer, outlet, now) if kind == "listing" else _empty(reading, refused, answer, outlet, now)
        )
        return SourceVerdict(Step("problem", what, why))
    newest = max((one.published.at for one in wanted if one.published), default=None)
    parts = [
        answer.redirected,
        _entries(wanted) if wanted else "",
        f"newest {format_age(newest, long_time(newest, outlet.timezone), now)}" if newest else "",
        f"names {format_count(len(reading.children), 'further source')}" if reading.children else "",
        _refused([one.url for one, _ in refused]) if refused else "",
        _refused_links(answer, outlet, now) if kind == "listing" else "",
        reading.problem or "",
    ]
    stale = newest is not None and now - newest > _STALE
    parts += ["it is not kept up any more: look for another source"] if stale else []
    return SourceVerdict(
        Step("problem" if stale else "ok", what, "; ".join(filter(None, parts))), wanted, reading.children
    )


def read_answer(kind: SourceKind, answer: Answer, outlet: Outlet, now: datetime) -> SourceResult:
    """What the answer names."""
    return read_source(kind, answer.body, answer.url, outlet, charset=answer.charset, now=now)


def _entries(wanted: Sequence[Candidate]) -> str:
    dated = sum(one.published is not None for one in wanted)
    undated = "" if dated else " (each page is asked for its own date)"
    return f"{format_count(len(wanted), 'article')}, {dated:,} with a date{undated}"


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
    """How many links of the list are no articles by ``article.url`` alone."""
    if outlet.article.url is None:
        return ""
    taken = set(_names(answer, outlet, now))
    refused = [url for url in _names(answer, _without(outlet, url=True), now) if url not in taken]
    return _refused(refused) if refused else ""


def _names(answer: Answer, outlet: Outlet, now: datetime) -> list[str]:
    return [one.url for one in read_answer("listing", answer, outlet, now).candidates]


def _without(outlet: Outlet, *, links: bool = False, url: bool = False) -> Outlet:
    """The outlet without these rules of its declaration."""
    changed: dict[str, object] = {}
    if links:
        changed["discover"] = outlet.discover.model_copy(update={"links": None})
    if url:
        changed["article"] = outlet.article.model_copy(update={"url": None})
    return outlet.model_copy(update=changed)


def judge_examples(outlet: Outlet) -> Step | None:
    """Try the article rule on the declared examples; ``None`` if there are none. No I/O."""
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


# These are what they say they are, and no fault of anybody's.
_HARMLESS = frozenset({Reason.VIDEO, Reason.PHOTO})
_ADVICE = {
    Reason.LISTING: "article.url should refuse such addresses",
    Reason.ERROR_PAGE: "look with a browser; if it shows the article there, the outlet refuses us",
    Reason.NO_TEXT: "declare article.body: where the text is",
    Reason.TOO_SHORT: "declare article.body, if there is more text on the page",
    Reason.LANGUAGE: "article.url should refuse such addresses, or the declared language is wrong",
}
# Of so many pages one at least should be an article, strays among them as everywhere.
_FEWEST = 3
_SELECTED = ("title", "date", "author", "body")


def judge_page(candidate: Candidate, answer: Answer, outlet: Outlet, now: datetime) -> Step:
    """What an article's page is worth; a page that is not taken for an article is a note.

    Args:
        candidate: what a source says of it.
        answer: to the request for it.
        outlet: whose page it is.
        now: when it came, aware.
    """
    what = f"page {answer.asked}"
    if wrong := describe_failure(answer, advice=False):
        return Step("note", what, wrong)
    page = Page(answer.url, answer.body, answer.charset, now, candidate, answer.asked)
    found = extract(page, outlet, now)
    if isinstance(found, Rejection) and found.reason in _HARMLESS:
        return Step("note", what, _rejected(found))
    lost = list(_lost(answer, outlet))
    if isinstance(found, Rejection):
        return Step("problem" if lost else "note", what, "; ".join([_rejected(found), *lost]))
    missing = [name for name, value in (("title", found.title), ("date", found.published)) if not value]
    faults = [f"no {' and no '.join(missing)} found: declare article.{missing[0]}"] if missing else []
    words = "; ".join(filter(None, [*faults, *lost, answer.redirected, *_found(found, outlet)]))
    return Step("problem" if faults or lost else "ok", what, words)


def judge_pages(looked: Sequence[Step]) -> Step:
    """The verdict on all the pages together."""
    taken = sum(step.verdict != "note" for step in looked)
    if not looked:
        return Step("problem", "articles", "no source names one that could be looked at")
    words = f"{taken} of {format_count(len(looked), 'page')} could be taken"
    if _FEWEST * taken < len(looked):
        advice = "article.url should refuse what are none; if they are articles, declare how they are read"
        return Step("problem", "articles", f"{words}: {advice}")
    return Step("ok", "articles", words)


def _rejected(found: Rejection) -> str:
    detail = f" ({found.detail})" if found.detail else ""
    advice = f": {_ADVICE[found.reason]}" if found.reason in _ADVICE else ""
    return f"rejected as {found.reason}{detail}{advice}"


def _found(article: Article, outlet: Outlet) -> Iterator[str]:
    yield f"{format_count(len(article.text.split()), 'word')} of text{_declared(outlet.article.body, 'body')}"
    if article.title:
        yield f"title{_declared(outlet.article.title, 'title')}"
    if article.published:
        yield f"date {_shown(article.published, outlet)} from {article.published.source}"
    if article.authors:
        yield f"by {', '.join(article.authors)}{_declared(outlet.article.author, 'author')}"
    absent = [name for name, value in (("author", article.authors), ("section", article.section)) if not value]
    yield from (f"no {name}" for name in absent)


def _declared(selector: str | None, name: str) -> str:
    return f" (article.{name})" if selector else ""


def _shown(published: Timestamp, outlet: Outlet) -> str:
    at = published.at.astimezone(outlet.zone)
    return long_date(at) if published.precision == "day" else long_time(at, outlet.timezone)


def _lost(answer: Answer, outlet: Outlet) -> Iterator[str]:
    """The declared selectors that find nothing on the page."""
    tree = parse(answer.body, answer.charset)
    for name in _SELECTED:
        selector = getattr(outlet.article, name)
        if selector and tree is not None and not tree.xpath(HTMLTranslator().css_to_xpath(selector, prefix="//")):
            yield f"article.{name} ({selector}) finds nothing on it: the layout changed: declare what holds it now"


_SAMPLES, _TRIES = 3, 6
# An index is followed to its newest child, and that to its.
_MAX_DEPTH = 3
_SOON = timedelta(days=14)

OnStep = Callable[[Step], None]


@dataclass(slots=True)
class CheckContext:
    """What the middlewares need of a run; nothing of it is kept."""

    outlet: Outlet
    clock: Clock
    id: int = 0
    measures: Measures = field(default_factory=Measures)

    def now(self) -> datetime:
        """What time it is, aware."""
        return self.clock()


class OutletCheck:
    """One outlet's check, from its robots.txt to three of its articles.

    Args:
        outlet: as declared.
        tell: called with each verdict, as soon as there is one.
        clock: gives the time, aware.

    Attributes:
        problems: how many verdicts were bad.
        over: it came to its end.
        failure: what went wrong in our own code, or in writing: the engine would swallow it.
    """

    def __init__(self, outlet: Outlet, tell: OnStep, clock: Clock) -> None:
        self.problems, self.over = 0, False
        self.failure: Exception | None = None
        self._outlet, self._told, self._clock = outlet, tell, clock
        self._visit = CheckContext(outlet, clock)
        self._spider: NewsSpider
        self._named: list[Sequence[Candidate]] = []

    async def work(self, spider: NewsSpider) -> None:
        """Do it; a ``NewsSpider``'s work."""
        self._spider = spider
        apply_politeness(spider.crawler.engine.downloader, self._outlet, spider.settings)
        if examples := judge_examples(self._outlet):
            self._tell(examples)
        try:
            if await self._home():
                await self._sources()
                await self._articles()
            self.over = True
        except Interrupted:
            raise
        except Exception as error:
            self.failure = error
            raise

    def _tell(self, step: Step) -> None:
        self.problems += step.verdict == "problem"
        self._told(step)

    async def _home(self) -> bool:
        """Tell of robots.txt and the home page; whether anything else may be asked."""
        answer = await self._ask(self._outlet.site, "source")
        self._tell(self._robots(answer))
        if answer.reason not in {Reason.ROBOTS, Reason.ROBOTS_UNREACHABLE}:
            wrong = describe_failure(answer)
            words = wrong or answer.redirected or "answers"
            self._tell(Step("problem" if wrong else "ok", f"home page {answer.asked}", words))
        if answer.valid_until:
            soon = answer.valid_until - self._clock() < _SOON
            words = f"ends on {long_date(answer.valid_until.astimezone(self._outlet.zone))}"
            advice = ": the outlet must renew it" if soon else ""
            self._tell(Step("problem" if soon else "ok", "certificate", words + advice))
        if not self._outlet.discover.declared and answer.reason != Reason.ROBOTS_UNREACHABLE:
            await self._look_around(answer)
        return answer.reason != Reason.ROBOTS_UNREACHABLE

    def _robots(self, answer: Answer) -> Step:
        what, known = "robots.txt", self._visit.measures.robots.get(urlsplit(self._outlet.site).netloc)
        if known is None:
            return Step("problem", what, describe_failure(answer) or "it is not known")
        digest, forbids = known
        downloader, settings = self._spider.crawler.engine.downloader, self._spider.settings
        delay = f"a request every {slot_delay(downloader, download_slot(self._outlet.site), settings):g} s"
        if forbids:
            advice = "declare what it allows, or declare the outlet blocked"
            return Step("problem", what, f"it forbids the home page or a declared source: {advice}")
        return Step("ok", what, f"{'allows what is declared' if digest else 'there is none'}; {delay}")

    async def _sources(self) -> None:
        declared, now = self._outlet.discover, self._clock()
        for kind, urls in (("feed", declared.feeds), ("sitemap", declared.sitemaps)):
            for url in urls:
                await self._source(kind, url)  # type: ignore[arg-type]  # both are kinds
        for template in declared.pages:
            await self._listing(template, now)

    async def _listing(self, template: str, now: datetime) -> None:
        """Tell of a listing's first page; of one for each day, of yesterday's where today's has nothing yet."""
        for walk in walks(template, now - timedelta(days=1), now, self._outlet.zone):
            answer = await self._ask(walk.url(1), "source")
            listing = judge_source("listing", answer, self._outlet, self._clock())
            if listing.candidates:
                break
        self._tell(listing.step)
        self._named.append(listing.candidates)

    async def _source(self, kind: SourceKind, url: str, depth: int = 1) -> None:
        listing = judge_source(kind, await self._ask(url, "source"), self._outlet, self._clock())
        self._tell(listing.step)
        self._named.append(listing.candidates)
        if listing.children and not listing.candidates and depth < _MAX_DEPTH:
            newest = max(listing.children, key=lambda child: child.lastmod.timestamp() if child.lastmod else 0.0)
            await self._source(newest.kind, newest.url, depth + 1)

    async def _look_around(self, home_page: Answer) -> None:
        """Tell of the sources that a crawl would find: what robots.txt and the home page name, else well-known ones."""
        robots = await self._ask(f"{self._outlet.site.rstrip('/')}/robots.txt", "source", is_robots=True)
        sitemaps = sitemaps_of_robots(robots.body, robots.url) if robots.status == OK else ()
        for url in sitemaps:
            await self._source("sitemap", url)
        home = judge_source("home", home_page, self._outlet, self._clock())
        self._tell(home.step)
        self._named.append(home.candidates)
        for child in home.children:
            await self._source(child.kind, child.url)
        for link in () if sitemaps or home.children else well_known_sources(self._outlet.site):
            answer = await self._ask(link.url, "source")
            listing = judge_source(link.kind, answer, self._outlet, self._clock())
            if listing.step.verdict == "ok":
                self._tell(listing.step)
                self._named.append(listing.candidates)

    async def _articles(self) -> None:
        """Tell of some pages, until there are enough that could be taken for articles."""
        looked: list[Step] = []
        for candidate in islice(_in_turns(self._named), _TRIES):
            step = judge_page(candidate, await self._ask(candidate.url, "page"), self._outlet, self._clock())
            self._tell(step)
            looked.append(step)
            if sum(one.verdict != "note" for one in looked) == _SAMPLES:
                break
        self._tell(judge_pages(looked))

    async def _ask(self, url: str, expect: str, **meta: Any) -> Answer:
        """The answer of the outlet, once it is our turn."""
        meta |= {"download_slot": download_slot(url), "expect": expect, "run": self._visit}
        if expect == "source":
            meta["download_maxsize"] = self._spider.settings.getint("SOURCE_MAXSIZE")
        request = Request(url, meta=meta, dont_filter=True)
        try:
            response = await self._spider.crawler.engine.download_async(request)
        except Exception as error:
            outcome = outcome_of_failure(error, request)
            if outcome is None:  # somebody ends the program
                raise
            return Answer(url, url, reason=outcome.reason, problem=_said(outcome))
        return Answer(
            url, response.url, response.status, response.body, charset(response), _valid_until(response.certificate)
        )


def _said(outcome: Outcome) -> str:
    if outcome.reason == Reason.OFF_SITE:
        return f"it leads off the outlet's domains, to {outcome.detail}"
    return outcome.detail if outcome.reason == Reason.ROBOTS else f"{outcome.reason}: {outcome.detail}"


def _valid_until(certificate: Any) -> datetime | None:
    if certificate is None:
        return None
    until: datetime = certificate.original.to_cryptography().not_valid_after_utc
    return until


def _in_turns(named: Iterable[Sequence[Candidate]]) -> Iterator[Candidate]:
    """The newest of each source, then the second ones, and so on; each article once."""
    known = set()
    by_date = [sorted(found, key=_age) for found in named]
    for row in zip_longest(*by_date):
        for candidate in filter(None, row):
            if (key := identify(candidate.url)) not in known:
                known.add(key)
                yield candidate


def _age(candidate: Candidate) -> float:
    return -candidate.published.at.timestamp() if candidate.published else 0.0
