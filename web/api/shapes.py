"""What the API answers: the shapes of its JSON, which its OpenAPI document shows.

Times are ISO 8601 with an offset, lists are lists, unknown is null. Highlights are spans (start, end) in characters.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from database.health import Condition
from database.search.tally import Step

# A moment as the export writes it: by the outlet's clock.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Span = tuple[int, int]


class Article(BaseModel):
    """An article, with the keys of the export."""

    id: int
    url: str | None
    canonical_url: str | None
    other_urls: list[str] = Field(description="further addresses that it is known by")
    outlet: str | None
    title: str | None
    text: str
    summary: str | None
    authors: list[str]
    section: str | None
    tags: list[str]
    image_url: str | None
    language: str | None
    dateline: str | None
    credit: str | None
    published_at: Moment | None = Field(description="by the outlet's clock; a day without a time is at 00:00")
    published_raw: str | None = Field(description="as its page has it")
    published_source: str | None = Field(description="where in its page that stood")
    modified_at: Moment | None
    first_seen_at: Moment
    fetched_at: Moment | None
    origin: str = Field(description="crawl or seed")
    story_id: int | None
    revision: int = Field(description="1 is what was found first")
    text_sha256: str
    first_in_story: bool | None
    similarity: float | None = Field(description="how much of both texts is common to it and the first of its story")
    removed_at: Moment | None = Field(description="when its page was found gone")
    published_precision: str | None = Field(description="day: no time of day is known")
    timezone: str = Field(description="the outlet's")
    seed_similarity: float | None = Field(description="how much it is like the seed corpus, 0 to 1")


class Hit(Article):
    """An article that was found."""

    rank: float = Field(description="higher is better; comparable within one answer only")
    title_highlights: list[Span]
    snippet: str = Field(description="the part of its text that shows best why it was found")
    snippet_highlights: list[Span]
    copies: int = Field(description="how many articles carry this text, itself among them")
    outlets: int = Field(description="of how many outlets")


class Alias(BaseModel):
    """A name that stood in the query, and what else was looked up for it."""

    name: str
    others: list[str]


class Results(BaseModel):
    """A page of what was found."""

    total: int = Field(description="hits; of the copies of one text only the best, unless copies were wanted")
    with_copies: int = Field(description="articles, be they copies of each other or not")
    exact: bool = Field(description="if not, there are more; /facets counts them")
    aliases: list[Alias]
    next: str | None = Field(description="what `after` must be for the next page; null: this is the last")
    items: list[Hit]


class Value(BaseModel):
    """A value of a facet."""

    name: str
    hits: int = Field(description="how many hits there are when the search is narrowed to it")


class Facet(BaseModel):
    """How the hits spread over the values of a field."""

    distinct: int = Field(description="how many values there are")
    values: list[Value] = Field(description="those with most hits")


class Facets(BaseModel):
    """How the hits spread."""

    total: int
    with_copies: int
    outlet: Facet
    section: Facet
    author: Facet
    language: Facet


class Bar(BaseModel):
    """A stretch of a timeline: from `start` to before `stop`, days in Jakarta."""

    start: date
    stop: date
    hits: int


class Timeline(BaseModel):
    """The hits by their publication, without gaps, oldest first."""

    total: int
    with_copies: int
    step: Step
    bars: list[Bar]
    undated: int = Field(description="hits that are in no bar")


class Copy(BaseModel):
    """An article as a part of its story."""

    id: int
    url: str | None
    outlet: str | None
    title: str | None
    published_at: Moment | None
    lag: int | None = Field(description="seconds after the first one; null where a time of day is unknown")
    similarity: float | None = Field(description="how much of both texts is common to it and the first one")


class Story(BaseModel):
    """All articles that carry one text, as it is or edited."""

    id: int
    outlets: list[str] = Field(description="in the order in which they had it")
    articles: list[Copy] = Field(description="in the order in which they were published")


class Stories(BaseModel):
    """Stories by reach: most outlets first, then most articles, then the newest."""

    total: int
    items: list[Story]


class Revision(BaseModel):
    """A version of an article."""

    revision: int
    title: str | None
    text: str
    seen_at: AwareDatetime | None = Field(description="when this version was first seen")
    modified_at: AwareDatetime | None = Field(description="as its page stated")
    words_added: int = Field(description="against the version before")
    words_removed: int
    title_changed: bool


class WholeArticle(Article):
    """Everything we know of an article."""

    story: Story | None
    revisions: list[Revision] = Field(description="oldest first; the last one is what is stored now")


class SavedSearch(BaseModel):
    """A search that somebody named."""

    name: str = Field(description="what its addresses end with")
    title: str
    parameters: str = Field(description="the query string of the search")
    created_at: AwareDatetime


class SavedSearches(BaseModel):
    """All saved searches, latest first."""

    total: int
    items: list[SavedSearch]


class Health(BaseModel):
    """How an outlet is."""

    condition: Condition
    words: str
    since: AwareDatetime | None = Field(
        description="failing: when it was last well; silent: its newest article; not crawled: its last run"
    )
    usual_a_day: float | None = Field(description="articles before it fell silent")
    trouble: bool = Field(description="whether somebody should look into it")


class Source(BaseModel):
    """A feed, sitemap, listing or home page, and how polling it went."""

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


class Runs(BaseModel):
    """A page of the runs, the newest first."""

    total: int
    next: int | None = Field(description="what `after` must be for the next page; null: this is the last")
    items: list[Run]


class Decision(BaseModel):
    """What happened to a URL in a run."""

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
    """How an outlet is."""

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
    """All outlets: those in trouble first, then by name."""

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


class Message(BaseModel):
    """What was told, or is to be, through a channel."""

    id: int
    channel: str = Field(description="as the watchlist's file has it: names of what is secret")
    kind: str = Field(description="matches, digest or operator")
    state: str = Field(description="pending, sending, failed or sent")
    attempts: int
    next_attempt_at: AwareDatetime
    sent_at: AwareDatetime | None
    problem: str | None = Field(description="why the last attempt failed")


class Channel(BaseModel):
    """Who is told, when, and what has been told."""

    to: str = Field(description="as the watchlist's file has it: names of what is secret")
    when: str
    digest: bool
    last: AwareDatetime | None = Field(description="when a message was last sent")
    sent: int = Field(description="how many were")
    waiting: list[Message] = Field(description="those not sent yet")


class Watchlist(BaseModel):
    """A watchlist, and where it stands."""

    name: str
    title: str
    query: str
    parameters: str = Field(description="the query string of the search for what it looks for")
    active: bool
    looked_at: AwareDatetime | None = Field(description="when it looked last; null: never")
    matches: int = Field(description="how many it has told, or is to tell")
    failing: int = Field(description="messages that could not be sent, and are tried again")
    channels: list[Channel]


class Watchlists(BaseModel):
    """All watchlists: those that are on first, then by name."""

    total: int
    faults: list[str] = Field(description="what is wrong with the files of those that cannot be read")
    items: list[Watchlist]


class Match(BaseModel):
    """An article that a watchlist found."""

    id: int
    found_at: AwareDatetime
    delivered: int = Field(description="to how many channels")
    waiting: int = Field(description="channels that have not taken it yet")
    article: FoundHeadline


class WholeWatchlist(Watchlist):
    """A watchlist with a page of its matches, the latest first."""

    total: int
    next: int | None = Field(description="what `after` must be for the next page; null: this is the last")
    items: list[Match]
    messages: list[Message] = Field(description="the last ones")
