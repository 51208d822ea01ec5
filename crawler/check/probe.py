"""Check of an outlet on the web, as politely as a crawl; nothing is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request

from core.clock import Clock
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
from crawler.discovery.home import sitemaps_of_robots, well_known_sources
from crawler.discovery.result import SourceKind
from crawler.discovery.walks import walks
from crawler.outcomes import Interrupted, Outcome, outcome_of_failure
from crawler.politeness import apply_politeness, slot_delay
from crawler.run import RunContext
from crawler.spiders.news import NewsSpider
from crawler.spiders.requests import charset
from health.measures import Measures
from outlets.schema import Outlet

_SAMPLES, _TRIES = 3, 6
# An index is followed to its newest child, that to its own.
_MAX_DEPTH = 3
_SOON = timedelta(days=14)

OnStep = Callable[[Step], None]


@dataclass(slots=True)
class CheckContext:
    """Run context for the middlewares."""

    outlet: Outlet
    clock: Clock
    id: int = 0
    measures: Measures = field(default_factory=Measures)

    def now(self) -> datetime:
        return self.clock()


class OutletCheck:
    """One outlet's check, from its robots.txt to three of its articles.

    Attributes:
        problems: number of bad verdicts.
        failure: an error of our own, which the engine would only log.
    """

    def __init__(self, outlet: Outlet, report: OnStep, clock: Clock) -> None:
        self.problems, self.finished = 0, False
        self.failure: Exception | None = None
        self._outlet, self._on_step, self._clock = outlet, report, clock
        self._context: RunContext = CheckContext(outlet, clock)
        self._spider: NewsSpider
        self._candidates: list[Sequence[Candidate]] = []

    async def work(self, spider: NewsSpider) -> None:
        self._spider = spider
        apply_politeness(spider.crawler.engine.downloader, self._outlet, spider.settings)
        if examples := judge_examples(self._outlet):
            self._report(examples)
        try:
            if await self._home():
                await self._sources()
                await self._articles()
            self.finished = True
        except Interrupted:
            raise
        except Exception as error:
            self.failure = error
            raise

    def _report(self, step: Step) -> None:
        self.problems += step.verdict == "problem"
        self._on_step(step)

    async def _home(self) -> bool:
        """Report robots.txt and home page; False: nothing else may be requested."""
        answer = await self._ask(self._outlet.site, "source")
        self._report(self._robots(answer))
        if answer.reason not in {Reason.ROBOTS, Reason.ROBOTS_UNREACHABLE}:
            failure = describe_failure(answer)
            words = failure or answer.redirected or "answers"
            self._report(Step("problem" if failure else "ok", f"home page {answer.asked}", words))
        if answer.valid_until:
            soon = answer.valid_until - self._clock() < _SOON
            words = f"ends on {answer.valid_until.astimezone(self._outlet.zone).date()}"
            advice = ": the outlet must renew it" if soon else ""
            self._report(Step("problem" if soon else "ok", "certificate", words + advice))
        if not self._outlet.discover.declared and answer.reason != Reason.ROBOTS_UNREACHABLE:
            await self._find_sources(answer)
        return answer.reason != Reason.ROBOTS_UNREACHABLE

    def _robots(self, answer: Answer) -> Step:
        what, policy = "robots.txt", self._context.measures.robots.get(urlsplit(self._outlet.site).netloc)
        if policy is None:
            return Step("problem", what, describe_failure(answer) or "it is not known")
        digest, forbids = policy
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
        """Report the first page; of a daily listing, yesterday's if today's is empty."""
        for walk in walks(template, now - timedelta(days=1), now, self._outlet.zone):
            answer = await self._ask(walk.url(1), "source")
            listing = judge_source("listing", answer, self._outlet, self._clock())
            if listing.candidates:
                break
        self._report(listing.step)
        self._candidates.append(listing.candidates)

    async def _source(self, kind: SourceKind, url: str, depth: int = 1) -> None:
        listing = judge_source(kind, await self._ask(url, "source"), self._outlet, self._clock())
        self._report(listing.step)
        self._candidates.append(listing.candidates)
        if listing.children and not listing.candidates and depth < _MAX_DEPTH:
            newest = max(listing.children, key=lambda child: child.lastmod.timestamp() if child.lastmod else 0.0)
            await self._source(newest.kind, newest.url, depth + 1)

    async def _find_sources(self, home_page: Answer) -> None:
        robots = await self._ask(f"{self._outlet.site.rstrip('/')}/robots.txt", "source", is_robots=True)
        sitemaps = sitemaps_of_robots(robots.body, robots.url) if robots.status == OK else ()
        for url in sitemaps:
            await self._source("sitemap", url)
        home = judge_source("home", home_page, self._outlet, self._clock())
        self._report(home.step)
        self._candidates.append(home.candidates)
        for child in home.children:
            await self._source(child.kind, child.url)
        for link in () if sitemaps or home.children else well_known_sources(self._outlet.site):
            answer = await self._ask(link.url, "source")
            listing = judge_source(link.kind, answer, self._outlet, self._clock())
            if listing.step.verdict == "ok":
                self._report(listing.step)
                self._candidates.append(listing.candidates)

    async def _articles(self) -> None:
        steps: list[Step] = []
        for candidate in islice(_in_turns(self._candidates), _TRIES):
            step = judge_page(candidate, await self._ask(candidate.url, "page"), self._outlet, self._clock())
            self._report(step)
            steps.append(step)
            if sum(page.verdict != "note" for page in steps) == _SAMPLES:
                break
        self._report(judge_pages(steps))

    async def _ask(self, url: str, expect: str, **meta: Any) -> Answer:
        meta |= {"download_slot": download_slot(url), "expect": expect, "run": self._context}
        if expect == "source":
            meta["download_maxsize"] = self._spider.settings.getint("SOURCE_MAXSIZE")
        request = Request(url, meta=meta, dont_filter=True)
        try:
            response = await self._spider.crawler.engine.download_async(request)
        except Exception as error:
            outcome = outcome_of_failure(error, request)
            if outcome is None:  # the program is being ended
                raise
            return Answer(url, url, reason=outcome.reason, problem=_describe_outcome(outcome))
        return Answer(
            url, response.url, response.status, response.body, charset(response), _valid_until(response.certificate)
        )


def _describe_outcome(outcome: Outcome) -> str:
    if outcome.reason == Reason.OFF_SITE:
        return f"it leads off the outlet's domains, to {outcome.detail}"
    return outcome.detail if outcome.reason == Reason.ROBOTS else f"{outcome.reason}: {outcome.detail}"


def _valid_until(certificate: Any) -> datetime | None:
    if certificate is None:
        return None
    until: datetime = certificate.original.to_cryptography().not_valid_after_utc
    return until


def _in_turns(sources: Iterable[Sequence[Candidate]]) -> Iterator[Candidate]:
    """Yield each source's newest article, then the second ones; each once."""
    seen = set()
    by_date = [sorted(candidates, key=_age) for candidates in sources]
    for row in zip_longest(*by_date):
        for candidate in filter(None, row):
            if (key := identify(candidate.url)) not in seen:
                seen.add(key)
                yield candidate


def _age(candidate: Candidate) -> float:
    return -candidate.published.at.timestamp() if candidate.published else 0.0
