"""API schemas of outlets, runs, rounds, flags and watchlists."""

from typing import Any, Self

from pydantic import AliasChoices, AwareDatetime, BaseModel, Field

from core.paging import Page
from health.overview import Condition

_NEXT = "what `after` must be for the next page; null: this is the last"


class _ListPage(BaseModel):
    total: int
    next: int | None = Field(description=_NEXT)

    @classmethod
    def of(cls, page: Page[Any, int]) -> Self:
        return cls.model_validate({"total": page.total, "next": page.after, "items": page.items}, from_attributes=True)


class Flag(BaseModel):
    """A problem of an outlet, open or cleared."""

    id: int
    outlet: str
    kind: str = Field(description="as in an outlet's `health.condition`")
    words: str = Field(description="for people; once it is cleared, as they were last")
    raised_at: AwareDatetime
    seen_at: AwareDatetime = Field(description="when it was last confirmed")
    cleared_at: AwareDatetime | None = Field(description="null: it is open")


class Flags(_ListPage):
    """A page of flags, latest first."""

    items: list[Flag]


class Gap(BaseModel):
    """A period in which a source may have lost articles, between two disjoint polls."""

    id: int
    source: str = Field(description="its address")
    found_at: AwareDatetime
    since: AwareDatetime = Field(description="the newest that it had listed before")
    until: AwareDatetime = Field(description="the oldest that it listed then")
    estimate: int = Field(description="articles that came and went unseen")
    recovered: int = Field(description="of these, found in other sources since")
    closed_at: AwareDatetime | None = Field(description="when another source reached back beyond it; null: none has")


class Round(BaseModel):
    """One round of the monitor over the outlets that were due."""

    id: int
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = Field(description="while it is running: when it last reported")
    state: str = Field(description="running, finished, stopped, failed or killed")
    message: str | None = Field(description="why it ended early, or failed")
    totals: dict[str, int] = Field(description="its numbers over all outlets, as far as they are reported")


class Rounds(_ListPage):
    """A page of rounds, newest first."""

    items: list[Round]


class OutletInRound(BaseModel):
    """An outlet's part of a round."""

    name: str
    title: str
    stage: str = Field(
        description="waiting, running, finished, stopped, failed; busy: another run had it; left: it had no turn"
    )
    run_id: int | None
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    discovered: int = Field(description="URLs that its sources named")
    new: int
    updated: int
    copies: int
    rejected: dict[str, int] = Field(description="pages that are no articles wanted, by reason")
    failed: dict[str, int] = Field(description="by reason")
    waiting: int = Field(description="URLs still to be fetched")
    requests: int
    bytes: int
    newest_at: AwareDatetime | None = Field(description="its newest article, whenever that was stored")
    missed: int = Field(description="estimate of articles that its sources may have lost")
    flags: list[str] = Field(description="what was wrong with it at its end, in words")
    messages: list[str] = Field(description="what failed, in words; the first ones")


class WholeRound(Round):
    """A round with a page of its outlets: those needing attention first, then by name."""

    not_due: int = Field(description="outlets that had nothing to do")
    raised: list[str] = Field(description="flags raised in it, in words; the first 100")
    cleared: list[str] = Field(description="flags cleared in it, in words; the first 100")
    total: int = Field(description="outlets")
    next: int | None = Field(description=_NEXT)
    items: list[OutletInRound]


class Health(BaseModel):
    """An outlet's health."""

    condition: Condition = Field(description="of the flags that are open, the worst one's kind")
    words: str
    since: AwareDatetime | None = Field(description="when that flag was raised; not crawled: its last run")
    usual_a_day: float | None = Field(description="articles before their number changed, where that is what is wrong")
    trouble: bool = Field(
        validation_alias=AliasChoices("needs_attention", "trouble"), description="true: it needs attention"
    )
    flags: list[Flag] = Field(description="all that are open, the worst first")


class Source(BaseModel):
    """A feed, sitemap, listing or home page with its poll results."""

    url: str
    kind: str
    status: int | None = Field(description="of HTTP, the last one")
    checked_at: AwareDatetime | None = Field(description="when it last answered")
    changed_at: AwareDatetime | None = Field(description="when it last had something new")
    failed_at: AwareDatetime | None
    failures: int = Field(description="since it last answered")
    problem: str | None = Field(description="of the last one")


class Run(BaseModel):
    """One crawl of one outlet."""

    id: int
    outlet: str
    started_at: AwareDatetime
    finished_at: AwareDatetime | None
    state: str = Field(description="running, finished, stopped, failed or killed")
    since: AwareDatetime | None = Field(description="articles published then or later were wanted")
    until: AwareDatetime | None
    counts: dict[str, Any] = Field(description="its own numbers")
    message: str | None = Field(description="why it failed")
    round_id: int | None = Field(description="the monitor's round that it was part of; null: it was `scrapy crawl`")
    requests: int
    bytes: int = Field(description="received, as they came over the wire")


class Runs(_ListPage):
    """A page of runs, newest first."""

    items: list[Run]


class Decision(BaseModel):
    """A decision about a URL in a run."""

    at: AwareDatetime
    event: str
    reason: str | None
    detail: str | None
    url: str
    article_id: int | None
    title: str | None = Field(description="of the article")


class WholeRun(Run):
    """A run, in numbers and URL by URL."""

    outcomes: dict[str, int] = Field(description="how many URLs each thing happened to")
    next: int | None = Field(description="what `after` must be for further decisions; null: there are none")
    items: list[Decision]


class Outlet(BaseModel):
    """An outlet with its health."""

    name: str
    title: str | None = Field(description="what it calls itself; null: it is declared no longer")
    site: str | None
    health: Health
    days: list[int] = Field(description="articles published on each of the last days, by Jakarta's clock, today last")
    articles: int = Field(description="on these days")
    newest_at: AwareDatetime | None = Field(description="when its newest article was published")
    succeeded_at: AwareDatetime | None = Field(description="when a run last came to its end")
    last_run: Run | None
    pending: int = Field(description="URLs that are still to be fetched")
    failed: int = Field(description="URLs that could not be fetched and may be tried again")
    polled: int = Field(description="sources that the last run asked")
    failing: list[Source] = Field(description="those of them that gave nothing usable")


class Outlets(BaseModel):
    """All outlets, those needing attention first, then by name."""

    total: int
    items: list[Outlet]


class Headline(BaseModel):
    """An article, in short."""

    id: int
    title: str | None
    section: str | None
    language: str | None
    published_at: AwareDatetime | None
    removed_at: AwareDatetime | None


class FoundHeadline(Headline):
    """An article of any outlet, in short."""

    url: str | None
    outlet: str | None
    story_id: int | None


class WholeOutlet(Outlet):
    """Everything about an outlet."""

    urls: dict[str, int] = Field(description="how many of its URLs are in each state")
    sources: list[Source] = Field(description="those that fail first")
    newest: list[Headline] = Field(description="articles")
    runs: list[Run] = Field(description="the last ones")
    flags: list[Flag] = Field(description="the last ones, open or not; `/flags?outlet=` has all")
    gaps: list[Gap] = Field(description="times of which its sources may have lost articles; the last ones")


class Message(BaseModel):
    """A message sent, or to be sent, through a channel."""

    id: int
    channel: str = Field(description="as the watchlist's file has it: names of what is secret")
    kind: str = Field(description="matches, digest or operator")
    state: str = Field(description="pending, sending, failed or sent")
    attempts: int
    next_attempt_at: AwareDatetime
    sent_at: AwareDatetime | None
    problem: str | None = Field(description="why the last attempt failed")


class Channel(BaseModel):
    """A channel with its schedule and deliveries."""

    to: str = Field(description="as the watchlist's file has it: names of what is secret")
    when: str
    digest: bool
    last: AwareDatetime | None = Field(description="when a message was last sent")
    sent: int = Field(description="how many were")
    waiting: list[Message] = Field(description="those not sent yet")


class Watchlist(BaseModel):
    """A watchlist with its state."""

    name: str
    title: str
    query: str
    parameters: str = Field(description="the query string of the search for what it looks for")
    active: bool
    looked_at: AwareDatetime | None = Field(description="when it looked last; null: never")
    matches: int = Field(description="how many were sent, or are to be sent")
    failing: int = Field(description="messages that could not be sent, and are tried again")
    channels: list[Channel]


class Watchlists(BaseModel):
    """All watchlists, active ones first, then by name."""

    total: int
    faults: list[str] = Field(description="problems of files that cannot be read")
    items: list[Watchlist]


class Match(BaseModel):
    """A match of a watchlist."""

    id: int
    found_at: AwareDatetime
    delivered: int = Field(description="to how many channels")
    waiting: int = Field(description="channels that have not taken it yet")
    article: FoundHeadline


class WholeWatchlist(Watchlist):
    """A watchlist with a page of its matches, latest first."""

    total: int
    next: int | None = Field(description=_NEXT)
    items: list[Match]
    messages: list[Message] = Field(description="the last ones")
