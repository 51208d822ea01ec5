"""Check of an outlet on the web: its robots.txt, home page, sources and some articles.

Every request goes through the engine, as politely as a crawl's; nothing is stored.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request

from core.clock import Clock
from core.formatting import long_date
from core.models import Candidate, Reason
from core.urls import download_slot, identify
from crawler.check.judge import (
    OK,
    Answer,
    Step,
    describe_failure,
    judge_examples,
    judge_page,
    judge_pages,
    judge_source,
)
from crawler.discovery import SourceKind, sitemaps_of_robots, well_known_sources
from crawler.discovery.walks import walks
from crawler.outcomes import Interrupted, Outcome, outcome_of_failure
from crawler.politeness import apply_politeness, slot_delay
from crawler.spiders.news import NewsSpider
from crawler.spiders.requests import charset
from health.measures import Measures
from outlets.schema import Outlet

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
