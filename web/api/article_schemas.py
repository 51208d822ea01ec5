"""API schemas of articles, searches and stories, shown in the OpenAPI document.

Times are ISO 8601 with an offset; highlights are spans (start, end) in characters.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, BaseModel, Field, create_model

from search.choices import Step
from search.records import DESCRIPTIONS, TYPES

# A moment as the export writes it: by the outlet's clock.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Span = tuple[int, int]


if TYPE_CHECKING:

    class Article(BaseModel):
        """An article; its fields are those of ``search.records.Article``."""

else:
    # The declaration's Python types and their JSON types.
    _JSON = {datetime: Moment, datetime | None: Moment | None, tuple[str, ...]: list[str]}
    Article = create_model(
        "Article",
        __doc__="An article, with the keys of the export.",
        __module__=__name__,
        **{key: (_JSON.get(kind, kind), Field(description=DESCRIPTIONS.get(key))) for key, kind in TYPES.items()},
    )


class Hit(Article):
    """An article found."""

    rank: float = Field(description="higher is better; comparable within one answer only")
    title_highlights: list[Span]
    snippet: str = Field(description="the part of its text that shows best why it was found")
    snippet_highlights: list[Span]
    copies: int = Field(description="how many articles carry this text, itself among them")
    outlets: int = Field(description="of how many outlets")


class Alias(BaseModel):
    """A name in the query, and its other names looked up."""

    name: str
    others: list[str]


class Results(BaseModel):
    """A page of hits."""

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
    """Numbers of hits by the values of a field."""

    distinct: int = Field(description="how many values there are")
    values: list[Value] = Field(description="those with most hits")


class Facets(BaseModel):
    """Numbers of hits by field."""

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
    """Hits by publication, without gaps, oldest first."""

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
    """All articles with one text, as it is or edited."""

    id: int
    outlets: list[str] = Field(description="in the order in which they had it")
    articles: list[Copy] = Field(description="in the order in which they were published")


class Stories(BaseModel):
    """Stories by reach: most outlets first, then most articles, then the newest."""

    total: int
    next: str | None = Field(description="what `after` must be for the next page; null: this is the last")
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
    """An article with everything known of it."""

    story: Story | None
    revisions: list[Revision] = Field(description="oldest first; the last one is what is stored now")


class Alike(Article):
    """A similar article."""

    likeness: float = Field(description="how much, 0 to 1")


class AllAlike(BaseModel):
    """Similar articles, the most similar first."""

    total: int
    items: list[Alike]


class SavedSearch(BaseModel):
    """A saved search."""

    name: str = Field(description="what its addresses end with")
    title: str
    parameters: str = Field(description="the query string of the search")
    created_at: AwareDatetime


class SavedSearches(BaseModel):
    """All saved searches, latest first."""

    total: int
    items: list[SavedSearch]
