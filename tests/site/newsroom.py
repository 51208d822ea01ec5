"""What all outlets of the test site share: a stock of articles, their pages, the strays between them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import ClassVar, Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from tests.site.article import ARTICLE, Article
from tests.site.resource import Resource, failure, redirect
from tests.site.server import Fault
from tests.site.words import Writer

_TRACKING: Final = ("utm_", "spm", "fbclid")
STRAYS: Final = frozenset({"video", "photo", "listing", "error-page"})
DAYS: Final = 10  # how far back an outlet's articles reach


@dataclass(frozen=True, slots=True)
class Target:
    """What a request asks for: ``raw`` as on the request line, and its parts."""

    raw: str
    path: str
    query: dict[str, str]

    @classmethod
    def parse(cls, raw: str) -> Self:
        """From the request line's target."""
        parts = urlsplit(raw)
        return cls(raw, parts.path, dict(parse_qsl(parts.query)))

    @property
    def page(self) -> int:
        """The page of a listing; the first where none is named."""
        named = self.query.get("page", "")
        return max(int(named), 1) if named.isdecimal() else 1


@dataclass(slots=True)
class Clock:
    """The site's time: it stands still until it is set."""

    now: datetime


class Newsroom(ABC):
    """One outlet: composes its articles and answers for its addresses.

    A subclass is a make: it says how its article pages look and which sources it offers.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    timezone: ClassVar[str] = "Asia/Jakarta"
    size: ClassVar[int] = 20  # articles, strays not counted
    seconds: ClassVar[bool] = False  # whether pages show them
    prebuilt: ClassVar[bool] = False  # whether all pages are made before the first request
    strays: ClassVar[tuple[str, ...]] = ("video", "photo", "listing", "error-page")

    def __init__(self, base: str, clock: Clock, seed: int) -> None:
        self.base = base
        self.clock = clock
        self.zone = ZoneInfo(self.timezone)
        self.writer = Writer(f"{seed}:{self.name}")
        self.articles: list[Article] = []
        self.forbidden: list[str] = []  # paths that no crawler may ask for
        self.visits = 1000  # a counter in the furniture: changing it changes no article
        self.populate()
        self.modified = max((one.published for one in self.visible()), default=clock.now)  # of its sources

    # What a make says

    @abstractmethod
    def declaration(self) -> str:
        """The tables of the outlet's TOML file that follow its head; may be empty."""

    @abstractmethod
    def path(self, article: Article) -> str:
        """The canonical path of an article, from its number, title and date."""

    @abstractmethod
    def article_page(self, article: Article) -> str:
        """The HTML of an article."""

    @abstractmethod
    def shell(self, title: str, main: str) -> str:
        """A page of this outlet around any other content."""

    @abstractmethod
    def source(self, target: Target) -> Resource | None:
        """A feed, sitemap, listing or other page that is no article."""

    def robots(self) -> str:
        """The robots.txt."""
        return "User-agent: *\nDisallow: /cari\n"

    def faults(self) -> dict[str, Fault]:
        """What goes wrong from the start, by request target."""
        return {}

    def respond(self, article: Article, _: Target) -> Resource:
        """The answer with an article's page."""
        return Resource(self.article_page(article).encode())

    # Content

    def populate(self) -> None:
        """Write the stock: articles over the last days, then the strays."""
        chance = self.writer.chance
        moments = sorted(chance.sample(range(40, DAYS * 24 * 60, 7), k=self.size + len(self.strays)), reverse=True)
        kinds = [ARTICLE] * self.size
        for stray in self.strays:
            kinds.insert(chance.randint(self.size // 2, len(kinds)), stray)
        for minutes, kind in zip(moments, kinds, strict=True):
            self.compose(self.clock.now - timedelta(minutes=minutes), kind=kind)

    def compose(self, at: datetime, *, kind: str = ARTICLE) -> Article:
        """Write one article (or stray) and take it into the stock."""
        at = at.astimezone(self.zone).replace(second=0, microsecond=0)
        if self.seconds:
            at -= timedelta(seconds=self.writer.chance.randint(1, 59))
        number = 1000 + len(self.articles)
        title = self.writer.title()
        article = Article(self.name, number, f"Foto: {title}" if kind == "photo" else title, at, kind=kind)
        article.path = self.path(article)
        article.paragraphs = self.writer.paragraphs(self.writer.chance.randint(5, 11) if kind == ARTICLE else 1)
        self.finish(article)
        self.articles.append(article)
        return article

    def finish(self, article: Article) -> None:  # noqa: B027 - a hook: some makes show nothing more
        """Give a new article what this make shows: authors, tags, dateline, credit, twins."""

    def visible(self) -> list[Article]:
        """What is online now, newest first."""
        online = [one for one in self.articles if one.published <= self.clock.now and one.status == 200]
        return sorted(online, key=lambda one: one.published, reverse=True)

    def others(self, article: Article, count: int = 5) -> list[Article]:
        """Further articles for the furniture of a page."""
        online = self.visible()
        start = online.index(article)
        return [online[(start + 3 * n + 1) % len(online)] for n in range(count)]

    def changed(self) -> None:
        """Give the sources a new modification time: HTTP dates tell only seconds apart."""
        self.modified = max(self.clock.now, self.modified + timedelta(seconds=1))

    def find(self, target: str) -> Article | None:
        """The article that answers at a path (with query), under any of its addresses."""
        return next((one for one in self.articles if one.path == target or target in one.aliases), None)

    # Answers

    def answer(self, raw: str) -> Resource:
        """The answer to a GET of a request line's target."""
        target = Target.parse(raw)
        article = self.find(raw) or self.find(without_tracking(raw)) or self.find(target.path)
        if article is not None:
            return self._article(article, target)
        match target.path:
            case "/robots.txt":
                return Resource(self.robots().encode(), "text/plain")
            case "/":
                return Resource(self.home().encode())
        return self.source(target) or failure(404)

    def home(self) -> str:
        """The home page."""
        return self.shell(self.title, f"<h2>Terbaru</h2>{link_list(self.visible()[:12])}")

    def moved(self, article: Article, raw: str) -> bool:
        """Whether this address of the article redirects to its canonical one."""
        return raw in article.aliases and raw.startswith("/?p=")

    def _article(self, article: Article, target: Target) -> Resource:
        if article.published > self.clock.now:
            return failure(404)
        if article.status != 200:
            return failure(article.status)
        if self.moved(article, target.raw):
            return redirect(self.base + article.path)
        if article.kind in STRAYS:
            return Resource(self.stray_page(article).encode())
        return self.respond(article, target)

    def stray_page(self, article: Article) -> str:
        """A page that is no article: it says so as such pages do."""
        title = "Halaman Tidak Ditemukan" if article.kind == "error-page" else article.title
        page = self.shell(title, self.stray(article))
        if article.kind == "video":
            page = page.replace("</head>", '<meta property="og:type" content="video.other"></head>')
        return page

    def stray(self, article: Article) -> str:
        """The middle of a page that is no article."""
        title, line = escape(article.title), escape(article.paragraphs[0].split(". ")[0])
        match article.kind:
            case "video":
                return (
                    f'<h1>{title}</h1><div class="video-player"><video controls src="/media/1.mp4" '
                    f'poster="/media/1.jpg"></video></div><p>{line}</p>'
                )
            case "photo":
                return f"<h1>{title}</h1>" + "".join(
                    f'<figure><img src="/media/{n}.jpg" alt="">'
                    f"<figcaption>{line} (Foto {n}/5: {self.title})</figcaption></figure>"
                    for n in range(1, 6)
                )
            case "listing":
                return f"<h1>Topik: {title}</h1>{link_list(self.visible()[:15])}"
            case _:
                return "<h1>404</h1><p>Maaf, halaman yang Anda cari tidak ditemukan.</p>"


def without_tracking(target: str) -> str:
    """The target without ``utm_*``, ``spm`` and ``fbclid``."""
    path, _, query = target.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query) if not key.startswith(_TRACKING)]
    return f"{path}?{urlencode(kept)}" if kept else path


def link(article: Article) -> str:
    """An anchor with the title."""
    return f'<a href="{escape(article.path)}">{escape(article.title)}</a>'


def link_list(articles: Iterable[Article], name: str = "daftar-tautan") -> str:
    """An unordered list of links."""
    return f'<ul class="{name}">' + "".join(f"<li>{link(one)}</li>" for one in articles) + "</ul>"


def paragraphs(texts: Sequence[str]) -> str:
    """Paragraph elements."""
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in texts)
