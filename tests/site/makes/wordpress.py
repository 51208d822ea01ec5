"""Kabar Pesisir: WordPress with JSON-LD, RSS, news sitemap and a nested sitemap index with old months."""

import gzip
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape

from tests.site import dates
from tests.site.article import Article
from tests.site.feeds import news_sitemap, rss, sitemap_index, urlset
from tests.site.newsroom import Newsroom, Target, link_list, paragraphs
from tests.site.resource import Resource, etag_of

_XML = "application/xml; charset=UTF-8"


class KabarPesisir(Newsroom):
    """WordPress; all dates with seconds; feed with ETag and Last-Modified, articles with ETag."""

    name = "kabar_pesisir"
    title = "Kabar Pesisir"
    size = 36
    seconds = True

    def declaration(self) -> str:
        return (
            f'[discover]\nfeeds = ["{self.base}/feed/"]\n'
            f'sitemaps = ["{self.base}/news-sitemap.xml", "{self.base}/sitemap_index.xml"]\n'
        )

    def path(self, article: Article) -> str:
        return f"/{article.published:%Y/%m}/{article.slug}-{article.number}/"

    def finish(self, article: Article) -> None:
        article.authors = [self.writer["nama"]]
        article.section = self.writer["rubrik"]
        article.tags = sorted({self.writer["tanda"] for _ in range(3)})
        article.aliases = [f"/?p={article.number}"]
        if len(self.articles) % 4 == 0:
            article.credit = "Kantor Berita Rantau"

    def source(self, target: Target) -> Resource | None:
        match target.path:
            case "/feed/":
                return self._xml(rss(self.title, self.base, self.visible()[:10]), "application/rss+xml; charset=UTF-8")
            case "/news-sitemap.xml":
                return self._xml(news_sitemap(self.title, self.base, self._between(0, 2)))
            case path if "sitemap" in path:
                return self._sitemap(path)
        return None

    def _sitemap(self, path: str) -> Resource | None:
        recent, older = self._between(0, 4), self._between(4, 90)
        match path:
            case "/sitemap_index.xml":
                return self._index([("post-sitemap.xml.gz", self.modified), ("arsip-sitemap.xml", self.modified)])
            case "/post-sitemap.xml.gz":
                body = gzip.compress(urlset(self.base, recent).encode(), mtime=0)
                return Resource(body, "application/x-gzip", etag=etag_of(body))
            case "/arsip-sitemap.xml":
                return self._index([*(("post-sitemap2.xml", one.changed) for one in older[:1]), *self._old()])
            case "/post-sitemap2.xml":
                return self._xml(urlset(self.base, older))
        return None

    def _index(self, children: Iterable[tuple[str, datetime]]) -> Resource:
        return self._xml(sitemap_index((f"{self.base}/{name}", at) for name, at in children))

    def _between(self, newer: int, older: int) -> list[Article]:
        """What is online and so many days old."""
        ages = ((one, self.clock.now - one.published) for one in self.visible())
        return [one for one, age in ages if timedelta(days=newer) <= age < timedelta(days=older)]

    def populate(self) -> None:
        super().populate()
        self.forbidden = [f"/{name}" for name, _ in self._old()]

    def _old(self) -> list[tuple[str, datetime]]:
        """Months that ended long ago: their lastmod says that nothing new can be in them."""
        ends = [self.clock.now.replace(microsecond=0) - timedelta(days=30 * back) for back in range(4, 10)]
        return [(f"post-sitemap-bulan-{n}.xml", at) for n, at in enumerate(ends)]

    def _xml(self, text: str, content_type: str = _XML) -> Resource:
        body = text.encode()
        return Resource(body, content_type, etag=etag_of(body), last_modified=self.modified)

    def respond(self, article: Article, _: Target) -> Resource:
        body = self.article_page(article).encode()
        return Resource(body, etag=etag_of(body))

    def article_page(self, article: Article) -> str:
        half = len(article.paragraphs) // 2
        related = f'<div class="related-posts"><h4>Berita Terkait</h4>{link_list(self.others(article))}</div>'
        credit = f"<p>Sumber: {escape(article.credit)}</p>" if article.credit else ""
        main = f"""<article class="post type-post hentry"><h1 class="entry-title">{escape(article.title)}</h1>
<div class="entry-meta">Oleh <a rel="author" href="/author/redaksi/">{article.authors[0]}</a>
<time class="entry-date" datetime="{article.published.isoformat()}">{dates.day(article.published)}</time></div>
{_SHARE}<figure class="wp-caption"><img src="/wp-content/uploads/{article.published:%Y/%m}/foto.jpg" alt="">
<figcaption class="wp-caption-text">Suasana di sana, {dates.day(article.published)}. (Foto: Istimewa)</figcaption>
</figure>
<div class="entry-content">{paragraphs(article.paragraphs[:half])}
{related}
{paragraphs(article.paragraphs[half:])}
{credit}</div>
<div class="tags-links"><span>Tag:</span>
{" ".join(f'<a rel="tag" href="/tag/{t}/">{t}</a>' for t in article.tags)}</div>
{_SHARE}<div class="author-box"><h4>Tentang Penulis</h4><p>{article.authors[0]} menulis tentang laut dan orang-orangnya
untuk {self.title} sejak lama.</p></div></article>
<section id="comments"><h3>Komentar</h3>
<ol><li><b>Pembaca Setia</b><p>Semoga cepat ditangani, kasihan warga di sana.</p>
</li><li><b>Orang Pantai</b><p>Terima kasih infonya, min. Ditunggu berita selanjutnya.</p></li></ol>
<form><label>Tinggalkan Balasan</label><textarea></textarea></form></section>"""
        return self.shell(article.title, main).replace("</head>", self._head(article) + "</head>")

    def _head(self, article: Article) -> str:
        url = self.base + article.path
        graph = [
            {"@type": "NewsArticle", "@id": f"{url}#article", "headline": article.title,
             "mainEntityOfPage": {"@id": url},
             "datePublished": article.published.isoformat(), "dateModified": article.changed.isoformat(),
             "author": {"@type": "Person", "name": article.authors[0], "@id": f"{self.base}/#/person/1"},
             "articleSection": [article.section], "keywords": article.tags, "inLanguage": "id"},
            {"@type": "WebSite", "@id": f"{self.base}/#website", "name": self.title, "url": f"{self.base}/"},
            {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Beranda"}]},
        ]  # fmt: skip
        data = json.dumps({"@context": "https://schema.org", "@graph": graph}).replace("</", "<\\/")
        return (
            f'<link rel="canonical" href="{url}"><meta property="og:type" content="article">'
            f'<meta property="og:title" content="{escape(article.title)} - {self.title}">'
            f'<meta property="og:url" content="{url}">'
            f'<meta property="article:published_time" content="{article.published.isoformat()}">'
            f'<script type="application/ld+json" class="yoast-schema-graph">{data}</script>'
        )

    def shell(self, title: str, main: str) -> str:
        menu = "".join(
            f'<li><a href="/category/{name}/">{name.title()}</a></li>' for name in ("daerah", "ekonomi", "budaya")
        )
        return f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">
<title>{escape(title)} - {self.title}</title>
<link rel="stylesheet" href="/wp-content/themes/pesisir/style.css"></head><body class="single single-post">
<header><a href="/">{self.title}</a><nav><ul>{menu}</ul></nav></header><main>{main}</main>
<aside class="sidebar"><h3>Berita Populer</h3>{link_list(self.visible()[:5])}<p>Dilihat {self.visits} kali</p></aside>
<footer><p>Hak Cipta © {self.title}. Pedoman Media Siber | Redaksi | Kontak</p></footer></body></html>"""


_SHARE = (
    '<div class="sharedaddy"><h3>Bagikan ini:</h3><ul><li><a href="#">Facebook</a></li>'
    '<li><a href="#">WhatsApp</a></li>'
    '<li><a href="#">Salin tautan</a></li></ul></div>'
)
