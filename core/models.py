"""Data passed between stages. All datetimes are aware."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Precision = Literal["second", "minute", "day"]
Confidence = Literal["high", "medium", "low"]


class Reason(StrEnum):
    """Reason why a URL gave no article; the ledger stores the value."""

    TOO_OLD = "too-old"  # older than the run's boundary
    TOO_NEW = "too-new"  # newer than the run's ``until``
    LISTING = "listing"  # a page of links
    VIDEO = "video"  # a player with a stub of text
    PHOTO = "photo"  # a picture or gallery with captions
    ERROR_PAGE = "error-page"  # "404", "tidak ditemukan", challenge and login pages answered with 200
    NO_TEXT = "no-text"  # nothing that reads as an article
    TOO_SHORT = "too-short"
    LANGUAGE = "other-language"
    ROBOTS = "robots"
    OFF_SITE = "off-site"  # the URL, or what it redirects to, is not the outlet's
    HOME_PAGE = "home-page"  # redirected to the home page
    NOT_ARTICLE_URL = "not-article-url"  # the outlet's ``article.url`` says no
    REDIRECTS = "too-many-redirects"
    URL_TOO_LONG = "url-too-long"
    TOO_LARGE = "too-large"
    WRONG_TYPE = "wrong-content-type"
    HTTP_STATUS = "http-status"
    NETWORK = "network"  # DNS, connection, TLS, time-out
    ROBOTS_UNREACHABLE = "robots-unreachable"  # RFC 9309 §2.3.1.4: assume complete disallow, try later
    WORKER_CRASHED = "worker-crashed"  # the page killed its extraction process twice
    WORKER_HUNG = "worker-hung"  # the page was not extracted in time, twice
    INTERNAL = "internal-error"  # a bug of ours; the detail names it
    SAME_TEXT = "same-text"  # this outlet's article with the same text is stored under another URL
    SAME_URL = "same-url"  # redirect or canonical leads to a URL that is stored
    GONE = "gone"  # 404 or 410
    CUT_SHORT = "cut-short"  # a recheck showed less than half of the stored text and nothing new
    MOVED = "moved"  # a recheck was redirected to another article


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in time stated by a page or source.

    Attributes:
        at: in the zone that the text states, else in the outlet's.
        raw: as found.
        source: e.g. ``json-ld:datePublished``, ``feed:pubDate``.
        precision: a ``day`` has the time 00:00.
        confidence: ``low`` if deduced (a day in a URL, "kemarin").
    """

    at: datetime
    raw: str
    source: str
    precision: Precision = "second"
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL that a source lists as an article; absolute, without tracking parameters."""

    url: str
    title: str | None = None
    published: Timestamp | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """An article page from the network or a file.

    Attributes:
        url: after redirects (before: ``requested_url``); empty for a file of unknown origin.
        body: decompressed.
        charset: from the Content-Type header.
        fetched_at: ``None`` for a file.
        rest: further pages of the article, in order (bytes, charset).
    """

    url: str
    body: bytes
    charset: str | None = None
    fetched_at: datetime | None = None
    candidate: Candidate | None = None
    requested_url: str | None = None
    rest: tuple[tuple[bytes, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched page with its ledger entry.

    ``recheck``: its article is stored already.
    """

    run_id: int
    url_id: int
    page: Page
    etag: str | None = None
    last_modified: str | None = None
    recheck: bool = False


@dataclass(slots=True)
class Article:
    """An extracted article. Unknown fields are ``None`` or empty, never guessed.

    Attributes:
        text: paragraphs, one a line, NFC, without dateline, credit and page furniture.
        dateline: "Moskow, Bharata Online" without the dash.
        credit: source stated at the text's end: "TASS", "Antara".
        authors: names without roles.
        canonical_url: as stated, absolute; not yet verified.
        timezone: IANA name.
    """

    url: str | None
    outlet: str | None
    title: str | None
    text: str
    summary: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image_url: str | None = None
    language: str | None = None
    dateline: str | None = None
    credit: str | None = None
    published: Timestamp | None = None
    modified: Timestamp | None = None
    canonical_url: str | None = None
    timezone: str = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Reason why a page is no article, with what was found, for people."""

    reason: Reason
    detail: str = ""
    title: str | None = None
    text: str = ""
