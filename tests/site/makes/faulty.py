"""Gema Retak: everything that goes wrong on the web, in one outlet."""

import zlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import escape
from typing import Final

from tests.site import dates
from tests.site.article import Article
from tests.site.feeds import rss
from tests.site.newsroom import Clock, Newsroom, Target, link_list, paragraphs
from tests.site.resource import Resource, failure, redirect
from tests.site.server import Fault

LARGE: Final = 15_000_000  # bytes of the large page
INFLATED: Final = 120_000_000  # bytes that the gzip bomb unpacks to

_OLD: Final = "/artikel/lama-7"  # moved: answers 301
# The address of each page that has nothing to give, and how a crawl must end with it.
_DEAD: Final = {
    "/rusak/ke-beranda": "home-page",
    "/rusak/putar-a": "too-many-redirects",
    "/rusak/keluar": "off-site",
    "/rusak/hilang": "gone",
    "/rusak/dihapus": "gone",
    "/rusak/dokumen.pdf": "wrong-content-type",
    "/rusak/besar": "too-large",
    "/rusak/bom": "too-large",
    "/rusak/putus": "network",
    "/rusak/galat": "http-status",
}


class GemaRetak(Newsroom):
    """RSS whose ETag never changes although its body does; it never answers 304.

    Attributes:
        slow: seconds that the slow article takes.
        elsewhere: the URL of another outlet's article, the target of the off-site redirect.
    """

    name = "gema_retak"
    title = "Gema Retak"
    size = 12

    def __init__(self, base: str, clock: Clock, seed: int, slow: float = 2) -> None:
        self.slow = slow
        self.elsewhere = "http://127.0.0.1:9/"
        super().__init__(base, clock, seed)

    def declaration(self) -> str:
        return f'[discover]\nfeeds = ["{self.base}/rss.xml"]\n'

    def path(self, article: Article) -> str:
        return f"/artikel/{article.number}-{article.slug}"

    def populate(self) -> None:
        super().populate()
        now = self.clock.now
        for n, (path, kind) in enumerate(_DEAD.items()):
            self.compose(now - timedelta(hours=2 * n + 2, minutes=11), kind=kind).path = path
        for n, language in enumerate(("ms", "en")):
            foreign = self.compose(now - timedelta(hours=6, minutes=13 * n), kind="other-language")
            foreign.language, foreign.paragraphs = language, self.writer.foreign(language)
        moved, *_, last = [one for one in self.articles if one.kind == "article"][-5:]
        moved.aliases.append(_OLD)
        last.aliases.append(f"{last.path}-ulang")  # the same text, published twice

    def moved(self, article: Article, raw: str) -> bool:
        return raw == _OLD and raw in article.aliases

    def faults(self) -> dict[str, Fault]:
        """What befalls the first requests: 500 twice, 503 once, one slow answer; and what never gets better."""
        second, third, fourth = [one.path for one in self.articles if one.kind == "article"][-4:-1]
        for_ever = 10**9
        return {
            second: Fault(2, status=500),
            third: Fault(1, status=503, retry_after=1),
            fourth: Fault(for_ever, wait=self.slow),
            "/rusak/putus": Fault(for_ever, status=0),
            "/rusak/galat": Fault(for_ever, status=500),
        }

    def source(self, target: Target) -> Resource | None:
        if target.path == "/rss.xml":
            return self._feed()
        if target.path == "/rusak/putar-b":
            return redirect("/rusak/putar-a", 302)
        return None

    def _feed(self) -> Resource:
        online = self.visible()
        ways = [self.base + (one.aliases[0] if _OLD in one.aliases else one.path) for one in online]
        twice = [one for one in online if any(path.endswith("-ulang") for path in one.aliases)]
        text = rss(self.title, self.base, [*online, *twice], ways + [self.base + one.aliases[-1] for one in twice])
        return Resource(text.encode(), "application/rss+xml", etag='"tetap"', lies=True)

    def answer(self, raw: str) -> Resource:
        build = self._dead().get(raw)
        return build() if build else super().answer(raw)

    def _dead(self) -> Mapping[str, Callable[[], Resource]]:
        return {
            "/rusak/ke-beranda": lambda: redirect("/", 302),
            "/rusak/putar-a": lambda: redirect("/rusak/putar-b", 302),
            "/rusak/keluar": lambda: redirect(self.elsewhere),
            "/rusak/hilang": lambda: failure(404),
            "/rusak/dihapus": lambda: failure(410),
            "/rusak/dokumen.pdf": lambda: Resource(b"%PDF-1.4\n%%EOF\n", "application/pdf"),
            "/rusak/besar": self._large,
            "/rusak/bom": bomb,
        }

    def _large(self) -> Resource:
        line = f"<p>{escape(self.writer.paragraph())}</p>\n"
        return Resource(self.shell("Besar", line * (LARGE // len(line) + 1)).encode())

    def article_page(self, article: Article) -> str:
        main = f"""<h1>{escape(article.title)}</h1><p class="tanggal">{dates.full(article.published, ", ")}</p>
<div class="konten">{paragraphs(article.paragraphs)}</div><h4>Baca Juga</h4>{link_list(self.others(article))}"""
        return self.shell(article.title, main)

    def shell(self, title: str, main: str) -> str:
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{escape(title)} - {self.title}</title></head><body>
<a href="/">{self.title}</a>{main}<div id="kaki">{self.title} {self.visits}</div></body></html>"""


def bomb() -> Resource:
    """A page that is small on the wire and huge once it is unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b"<p>" + b"bom " * 250_000 + b"</p>"
    body = b"".join([*(packer.compress(block) for _ in range(INFLATED // len(block) + 1)), packer.flush()])
    return Resource(body, headers={"Content-Encoding": "gzip"})
