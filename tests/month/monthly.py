"""What the month's outlets share: they publish as the clock passes, and can be made to fail in named ways."""

import re
from collections import deque
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar, Final

from tests.month.plan import Kind, publications
from tests.site.article import ARTICLE, Article
from tests.site.makes.bulk import named
from tests.site.newsroom import Clock, Newsroom, Target
from tests.site.resource import Resource, etag_of

ONLINE: Final = timedelta(days=6)  # how far back an outlet's lists and feeds reach
_STRAYS: Final = 0.03  # of all pages: videos and galleries
_DATES: Final = re.compile(rb'<(div class="detail__date"|pubDate)>[^<]*</\w+>')
_CHALLENGE: Final = (
    b'<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head><body><h1>One more step</h1>'
    b"<p>Checking your browser before accessing the site. This process is automatic.</p>"
    b"<noscript>Please enable JavaScript and cookies to continue</noscript></body></html>"
)


class Monthly(Newsroom):
    """An outlet of the month, to be mixed into a make. ``rate`` and ``steady``: see ``publications``.

    ``trouble`` is what is wrong with its content now, ``None`` if nothing is.
    """

    rate: ClassVar[float]
    steady: ClassVar[bool] = False

    def __init__(self, base: str, clock: Clock, seed: int) -> None:
        self.trouble: Kind | None = None
        self._planned: deque[tuple[datetime, bool]] = deque()  # whether only an election brings it
        self._by_address: dict[str, Article] = {}
        self._pages: dict[str, Resource] = {}
        self._online: list[Article] = []
        self._chance = Random(f"{seed}:{self.name}:month")
        super().__init__(base, clock, seed)

    # As the clock passes

    def populate(self) -> None:
        usual, further = (publications(self.rate, self._chance, steady=self.steady) for _ in range(2))
        self._planned.extend(sorted([*((at, False) for at in usual), *((at, True) for at in further)]))
        self.advance(self.clock.now)

    def advance(self, now: datetime) -> bool:
        """Publish what is due by ``now``: nothing in silence, twice as much before an election. Whether any came."""
        before = len(self.articles)
        while self._planned and self._planned[0][0] <= now:
            at, further = self._planned.popleft()
            if self.trouble != "silent" and (self.trouble == "election" or not further):
                kind = self._chance.choice(("video", "photo")) if self._chance.random() < _STRAYS else ARTICLE
                self.compose(at, kind=kind)
        self._list(now)
        return len(self.articles) > before

    def changed(self) -> None:
        self._list(self.clock.now)
        super().changed()

    def _list(self, now: datetime) -> None:
        online = (one for one in self.articles if one.published > now - ONLINE and one.status == 200)
        self._online = sorted(online, key=lambda one: one.published, reverse=True)

    def compose(self, at: datetime, *, kind: str = ARTICLE) -> Article:
        article = super().compose(at, kind=kind)
        if kind == ARTICLE:  # thousands of texts from one stock of sentences would pass for copies of each other
            article.paragraphs = [named(text, self._chance) for text in article.paragraphs]
        self._by_address |= dict.fromkeys([article.path, *article.aliases], article)
        return article

    def visible(self) -> list[Article]:
        return self._online

    def others(self, article: Article, count: int = 5) -> list[Article]:
        """Those before it: a page is not made anew whenever another article comes."""
        place = article.number - self.articles[0].number
        return [self.articles[(place - 1 - n) % len(self.articles)] for n in range(count)]

    def find(self, target: str) -> Article | None:
        return self._by_address.get(target)

    # Answers, and what is wrong with them

    def _article(self, article: Article, target: Target) -> Resource:
        if self.trouble == "challenge":
            return Resource(_CHALLENGE)
        if article.status != 200:
            return super()._article(article, target)
        if target.raw not in self._pages:
            page = self._pages[target.raw] = super()._article(article, target)
            if page.status == 200 and page.etag is None and page.last_modified is None:
                page.etag = etag_of(page.body)
        return self._pages[target.raw]

    def answer(self, raw: str) -> Resource:
        found = super().answer(raw)
        match self.trouble:
            case "layout":  # the redesign: the same links, in elements of other names
                return _changed(found, found.body.replace(b'class="daftar"', b'class="kartu"'))
            case "dateless":
                return _changed(found, _DATES.sub(b"", found.body))
        return found


def _changed(page: Resource, body: bytes) -> Resource:
    """The page with another body, and validators of its own."""
    return page if body == page.body else Resource(body, page.content_type, etag=etag_of(body))
