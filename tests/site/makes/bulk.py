"""Bulk: any number of heavy pages in one sitemap, for measuring throughput."""

import json
import random
from datetime import datetime, timedelta
from html import escape
from typing import Final

from tests.site import dates
from tests.site.article import ARTICLE, Article
from tests.site.feeds import urlset
from tests.site.newsroom import Clock, Newsroom, Target
from tests.site.resource import Resource, etag_of
from tests.site.words import Writer

_SPREAD: Final = timedelta(days=6)  # within the days that a first run looks back
_VARIANTS: Final = 16  # of the furniture around the texts
# Thousands of texts from one stock of sentences share many phrases, which thousands of real ones do not: made-up
# names come between their words.
_SYLLABLES: Final = ("ba", "ceng", "dol", "gu", "ja", "kor", "lim", "ma", "nor", "pin", "ra", "sul", "ta", "wi")
_EVERY: Final = 3  # words of the stock, then a name


class Bulk(Newsroom):
    """Pages of 40 to 100 KB: menus, scripts, inline JSON and related lists around 300 to 500 words."""

    name = "bulk"
    title = "Berita Borongan"
    prebuilt = True

    def __init__(self, base: str, clock: Clock, seed: int, count: int) -> None:
        self.count = count
        self.by_path: dict[str, Article] = {}
        super().__init__(base, clock, seed)

    def declaration(self) -> str:
        return f'[discover]\nsitemaps = ["{self.base}/sitemap.xml"]\n'

    def path(self, article: Article) -> str:
        return f"/{article.published:%Y/%m/%d}/{article.slug}-{article.number}"

    def populate(self) -> None:
        step = _SPREAD / max(self.count, 1)
        for n in range(self.count):
            self.compose(self.clock.now - timedelta(minutes=30) - (self.count - n) * step)
        self.furniture = [_furniture(Writer(f"{self.name}:{n}"), n) for n in range(_VARIANTS)]

    def compose(self, at: datetime, *, kind: str = ARTICLE) -> Article:
        article = super().compose(at, kind=kind)
        self.by_path[article.path] = article
        return article

    def finish(self, article: Article) -> None:
        words = self.writer.chance.randint(300, 500)
        article.paragraphs = []
        while sum(len(text.split()) for text in article.paragraphs) < words:
            article.paragraphs.append(named(self.writer.paragraph(), self.writer.chance))
        article.authors = [self.writer["nama"]]

    def find(self, target: str) -> Article | None:
        return self.by_path.get(target)

    def source(self, target: Target) -> Resource | None:
        if target.path != "/sitemap.xml":
            return None
        body = urlset(self.base, self.visible()).encode()
        return Resource(body, "application/xml", etag=etag_of(body))

    def article_page(self, article: Article) -> str:
        before, after = self.furniture[hash_of(article.path) % _VARIANTS]
        data = {
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": article.title,
            "datePublished": article.published.isoformat(), "author": [{"@type": "Person", "name": article.authors[0]}],
        }  # fmt: skip
        texts = "".join(f'<p class="isi-paragraf">{escape(text, quote=False)}</p>\n' for text in article.paragraphs)
        return f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">
<title>{escape(article.title)} - {self.title}</title>
<link rel="canonical" href="{self.base}{article.path}"><meta property="og:type" content="article">
<script type="application/ld+json">{json.dumps(data)}</script>{before}
<article><h1>{escape(article.title)}</h1>
<div class="info">{article.authors[0]} | {dates.full(article.published, ", ")}</div>
<div class="article-content">{texts}</div></article>{after}</body></html>"""

    def shell(self, title: str, main: str) -> str:
        before, after = self.furniture[0]
        return f"<!DOCTYPE html><html><head><title>{escape(title)}</title>{before}{main}{after}</body></html>"


def named(text: str, chance: random.Random) -> str:
    """The text with names between its words, so that no four words in a row are another text's."""
    words = text.split()
    for place in range(_EVERY, len(words), _EVERY + 1):
        words.insert(place, "".join(chance.choices(_SYLLABLES, k=3)).capitalize())
    return " ".join(words)


def hash_of(path: str) -> int:
    """A number that depends on the path alone (``hash`` changes from process to process)."""
    return sum(path.encode())


def _furniture(writer: Writer, variant: int) -> tuple[str, str]:
    """What stands before and after the article: 38 to 95 KB in all, growing with the variant."""
    weight = 0.76 + variant * 0.07
    menu = "".join(_item("menu-item", writer["tanda"], n) for n in range(int(60 * weight)))
    cards = "".join(_item("kartu", writer.title(), n) for n in range(int(70 * weight)))
    state = json.dumps([{"id": n, "judul": writer.title(), "aktif": n % 2 == 0} for n in range(int(60 * weight))])
    code = "".join(
        f"function f{n}(a,b){{var c=a*{n}+b;return c>{n}?c:f{n - 1}(b,a);}}" for n in range(int(140 * weight))
    )
    before = (
        f"<style>{''.join(f'.k{n}{{margin:{n}px;padding:0 {n % 7}px}}' for n in range(int(80 * weight)))}</style>"
        f"<script>{code}</script></head><body><header><nav><ul>{menu}</ul></nav></header>"
    )
    after = (
        f'<aside class="sidebar"><h3>Berita Terkait</h3><ul>{cards}</ul></aside><footer><ul>{menu}</ul></footer>'
        f"<script>window.__STATE__={state};</script>"
    )
    return before, after


def _item(name: str, text: str, n: int) -> str:
    return (
        f'<li class="{name} {name}-{n}"><a class="{name}__tautan" href="/kanal/{n}/{name}" data-indeks="{n}">'
        f'<span class="{name}__teks">{escape(text)}</span></a></li>'
    )
