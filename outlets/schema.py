"""Schema of an outlet declaration (see docs/outlets.md).

The models are picklable for extraction workers. A validator's message follows "must be".
"""

import re
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import cssselect
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationError,
)

from outlets.status import Status

_HTTP_URL = TypeAdapter(HttpUrl)
# {page} 1, 2, 3 …; {offset:20} 0, 20, 40 …; {date:%Y-%m-%d} one walk for each day.
PLACEHOLDER = re.compile(r"\{(page|offset:\d+|date:[^{}]*%[^{}]*)\}")

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _http_url(value: str) -> str:
    try:
        _HTTP_URL.validate_python(value)
    except ValidationError as error:
        raise ValueError("an http or https address, e.g. https://bharataonline.com/") from error
    return value


def _page_template(value: str) -> str:
    rest = PLACEHOLDER.sub("1", value)
    if "{" in rest or "}" in rest:
        raise ValueError("an address whose placeholders are {page}, {offset:N} or {date:FORMAT}, e.g. {date:%Y-%m-%d}")
    return _http_url(rest) and value


def _domain(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?", value):
        raise ValueError("a host name in lower case without scheme and path, e.g. kompas.com")
    return value


def _selector(value: str) -> str:
    try:
        cssselect.HTMLTranslator().css_to_xpath(value)
    except cssselect.SelectorError as error:
        raise ValueError(f"a CSS selector ({error})") from error
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # unknown, a path outside, a folder of zones
        raise ValueError(
            "an IANA zone: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT), Asia/Shanghai …"
        ) from error
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", value):
        raise ValueError("lower-case letters, digits and _, not beginning with _")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError("a language code of two or three letters, e.g. id")
    return value


def _parameter(value: str) -> str:
    if not re.fullmatch(r"[^?&=\s]+=[^?&=\s]+", value):
        raise ValueError("one query parameter and its value, e.g. page=all")
    return value


def _duration(value: object) -> timedelta:
    written = re.fullmatch(r"([1-9]\d{0,3})([mhd])", value, re.ASCII) if isinstance(value, str) else None
    if not written:
        raise ValueError('minutes, hours or days in quotes, e.g. "10m", "6h" or "2d"')
    return int(written[1]) * _UNITS[written[2]]


Url = Annotated[str, AfterValidator(_http_url)]
PageTemplate = Annotated[str, AfterValidator(_page_template)]
Domain = Annotated[str, AfterValidator(_domain)]
Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Zone = Annotated[str, AfterValidator(_zone)]
Name = Annotated[str, AfterValidator(_name)]
Language = Annotated[str, AfterValidator(_language)]
Parameter = Annotated[str, AfterValidator(_parameter)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Discover(_Table):
    """Sources to poll; by default found from home page and robots.txt."""

    feeds: tuple[Url, ...] = Field(default=(), strict=False)
    sitemaps: tuple[Url, ...] = Field(default=(), strict=False)
    pages: tuple[PageTemplate, ...] = Field(default=(), strict=False)
    links: Selector | None = None  # the article links of a listing page, or what holds them; None: anywhere

    @property
    def declared(self) -> bool:
        return bool(self.feeds or self.sitemaps or self.pages)


class ArticleRules(_Table):
    """Rules for article pages, beyond the general ones."""

    url: Pattern | None = None
    single: Parameter | None = None
    next: Selector | None = None
    title: Selector | None = None
    date: Selector | None = None
    author: Selector | None = None
    body: Selector | None = None
    furniture: tuple[Selector, ...] = Field(default=(), strict=False)
    dateline: Pattern | None = None


class Politeness(_Table):
    """Seconds between two requests to the outlet."""

    delay: float | None = Field(default=None, ge=0, le=600)


class Poll(_Table):
    """Bounds for the learned polling interval."""

    shortest: Duration | None = None
    longest: Duration | None = None


class Examples(_Table):
    """Addresses of articles and of other pages, to test the rule."""

    articles: tuple[Url, ...] = Field(default=(), strict=False)
    other: tuple[Url, ...] = Field(default=(), strict=False)


class Outlet(_Table):
    """An outlet's declaration; ``name`` is the file's stem."""

    name: Name
    title: str = Field(min_length=1)
    site: Url
    domains: tuple[Domain, ...] = Field(min_length=1, strict=False)
    language: Language = "id"
    timezone: Zone = "Asia/Jakarta"
    kind: str | None = None
    city: str | None = None
    groups: tuple[str, ...] = Field(default=(), strict=False)
    status: Status = "unverified"
    note: str | None = None
    discover: Discover = Discover()
    article: ArticleRules = ArticleRules()
    politeness: Politeness = Politeness()
    poll: Poll = Poll()
    examples: Examples = Examples()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
