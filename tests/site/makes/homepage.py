"""Pena Muara: nothing declared; home page, Atom and a robots.txt with private parts."""

from datetime import timedelta
from html import escape

from tests.site import dates
from tests.site.article import Article
from tests.site.feeds import atom, urlset
from tests.site.newsroom import Newsroom, Target, link_list
from tests.site.resource import Resource, etag_of


class PenaMuara(Newsroom):
    """Atom with a weak ETag found from the home page, sitemap found from robots.txt, links that robots.txt forbids.

    ``/private/`` is closed to all, ``/khusus/`` to Scrapy alone.
    """

    name = "pena_muara"
    title = "Pena Muara"
    size = 22
    seconds = True

    def declaration(self) -> str:
        return ""

    def populate(self) -> None:
        super().populate()
        for hours, folder in ((3, "private"), (20, "private"), (5, "khusus")):
            closed = self.compose(self.clock.now - timedelta(hours=hours), kind="robots")
            closed.path = f"/{folder}{closed.path}"
        self.forbidden = ["/private/", "/khusus/"]

    def path(self, article: Article) -> str:
        return f"/{article.slug}-{article.number}.html"

    def finish(self, article: Article) -> None:
        article.dateline = f"{self.writer['kota']}, {self.title}" if len(self.articles) % 2 else None
        article.tags = [self.writer["tanda"]]

    def robots(self) -> str:
        return (
            "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.1\n\nUser-agent: Scrapy\nDisallow: /khusus/\n\n"
            f"Sitemap: {self.base}/peta-situs.xml\n"
        )

    def source(self, target: Target) -> Resource | None:
        online = self.visible()
        match target.path:
            case "/atom.xml":
                body = atom(self.title, self.base, online[:12]).encode()
                return Resource(body, "application/atom+xml", etag=f"W/{etag_of(body)}")
            case "/peta-situs.xml":
                body = urlset(self.base, online).encode()
                return Resource(body, "application/xml", last_modified=self.modified)
        return None

    def home(self) -> str:
        links = '<link rel="alternate" type="application/atom+xml" href="/atom.xml" title="Atom">'
        return super().home().replace("</head>", links + "</head>")

    def article_page(self, article: Article) -> str:
        texts = [escape(text, quote=False) for text in article.paragraphs]
        if article.dateline:
            texts[0] = f"<b>{article.dateline} –</b> {texts[0]}"
        at = article.published
        main = f"""<header><h1 itemprop="headline">{escape(article.title)}</h1>
<time itemprop="datePublished" datetime="{at.isoformat()}">{dates.full(at, ", ")}</time></header>
<div itemprop="articleBody">{"".join(f"<p>{text}</p>" for text in texts)}</div>
<div class="tags">Topik: <a rel="tag" href="/topik/{article.tags[0]}">{article.tags[0]}</a></div>
<div class="lihat-juga"><h3>Lihat Juga</h3>{link_list(self.others(article))}</div>"""
        head = f'<link rel="canonical" href="{self.base}{article.path}"><meta property="og:type" content="article">'
        return self.shell(article.title, f"<article>{main}</article>").replace("</head>", head + "</head>")

    def shell(self, title: str, main: str) -> str:
        return f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">
<title>{escape(title)} · {self.title}</title></head>
<body><nav><a href="/">{self.title}</a> <a href="/tentang.html">Tentang Kami</a></nav>{main}
<aside><h3>Pilihan Redaksi</h3>{link_list(self.visible()[:4])}
<p>Sudah dibaca {self.visits} kali</p></aside></body></html>"""
