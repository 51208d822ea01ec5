"""An article of the test site as its newsroom knows it: the truth that a crawl is measured by."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

ARTICLE = "article"


@dataclass(slots=True)
class Article:
    """One page that looks like an article from outside.

    Attributes:
        number: its own within the outlet.
        path: the canonical address from the root, with its query.
        paragraphs: the text without dateline and credit.
        published: aware, in the outlet's zone; seconds are 0 where the outlet's pages show none.
        aliases: further paths that lead to it: AMP and mobile twins, redirects, a second copy in the same outlet.
        kind: ``article``, or the ``Reason`` value with which it must be rejected.
        copy_of: the URL of the article in another outlet that has the same text.
        story: the URL of the article that had this text first, whose own it may be; ``None`` where nobody copied.
        language: of the text.
        status: 200, or 404/410 once it is taken down.
    """

    outlet: str
    number: int
    title: str
    published: datetime
    path: str = ""
    paragraphs: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    dateline: str | None = None
    credit: str | None = None
    aliases: list[str] = field(default_factory=list)
    kind: str = ARTICLE
    copy_of: str | None = None
    story: str | None = None
    language: str = "id"
    status: int = 200
    modified: datetime | None = None

    @property
    def slug(self) -> str:
        """The title as part of a path."""
        return "-".join("".join(char if char.isalnum() else " " for char in self.title.lower()).split())

    @property
    def changed(self) -> datetime:
        """When it was last touched."""
        return self.modified or self.published

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a crawl should find at ``url``; one line of ``truth.jsonl``.

    ``published_at`` is ISO 8601 with the outlet's offset. ``other_urls`` lead to the same article: twins, redirects and
    the second copy of one text. Fields that the page does not show are ``None`` or empty.
    """

    outlet: str
    url: str
    other_urls: list[str]
    title: str
    text: str
    published_at: str
    authors: list[str]
    section: str | None
    tags: list[str]
    dateline: str | None
    credit: str | None
    kind: str
    copy_of: str | None
    story: str | None
    language: str
    status: int

    def record(self) -> dict[str, object]:
        """The line as JSON takes it."""
        return asdict(self)


def truth_of(article: Article, base: str) -> Truth:
    """The truth of an article served below ``base`` (no slash at its end)."""
    return Truth(
        outlet=article.outlet,
        url=base + article.path,
        other_urls=[base + path for path in article.aliases],
        title=article.title,
        text=article.text,
        published_at=article.published.isoformat(),
        authors=article.authors,
        section=article.section,
        tags=article.tags,
        dateline=article.dateline,
        credit=article.credit,
        kind=article.kind,
        copy_of=article.copy_of,
        story=article.story,
        language=article.language,
        status=article.status,
    )
