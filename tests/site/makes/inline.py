"""Kabar Contoh: links and calls to read on between the paragraphs, AMP and mobile twins, WITA."""

from html import escape

from tests.site import dates
from tests.site.article import Article
from tests.site.feeds import rss
from tests.site.newsroom import Newsroom, Target, link, link_list
from tests.site.resource import Resource


class KabarContoh(Newsroom):
    """RSS after a newline, with relative links, tracking parameters and AMP links; only Last-Modified."""

    name = "kabar_contoh"
    title = "Kabar Contoh"
    timezone = "Asia/Makassar"
    size = 26

    def declaration(self) -> str:
        return f'[discover]\nfeeds = ["{self.base}/rss"]\n'

    def path(self, article: Article) -> str:
        return f"/daerah/d-{article.number}/{article.slug}"

    def finish(self, article: Article) -> None:
        article.dateline = f"{self.writer.chance.choice(('MAKASSAR', 'DENPASAR', 'MANADO'))}, {self.title}"
        article.credit = "/".join("".join(self.writer.chance.choices("abdefhiknorstuwy", k=3)) for _ in range(2))
        article.aliases = [f"/amp{article.path}", f"{article.path}?amp=1", f"/m{article.path}"]

    def source(self, target: Target) -> Resource | None:
        if target.path != "/rss":
            return None
        listed = [
            (one, way)
            for n, one in enumerate(self.visible())
            for way in ([f"{one.path}?utm_source=rss&utm_medium=feed"] + ([one.aliases[n % 3]] if n % 5 == 0 else []))
        ]
        text = rss(self.title, self.base, [one for one, _ in listed], [way for _, way in listed])
        return Resource(f"\n{text}".encode(), "text/xml; charset=UTF-8", last_modified=self.modified)

    def respond(self, article: Article, _: Target) -> Resource:
        return Resource(self.article_page(article).encode(), last_modified=article.changed)

    def article_page(self, article: Article) -> str:
        main = f"""<article><h1>{escape(article.title)}</h1>
<div class="detail__author">Tim Redaksi - {self.title}</div>
<div class="detail__date">{dates.full(article.published, ", ")}</div>
<figure><img src="/foto.jpg"><figcaption>Foto: Dok. {self.title}</figcaption></figure>
<div class="detail__body">{self._body(article)}</div>
<div class="tag"><a href="/tag/cuaca">cuaca</a> <a href="/tag/pasar">pasar</a></div>
<div class="komentar"><h3>Komentar</h3>0 komentar</div></article>"""
        head = (
            f'<link rel="canonical" href="{self.base}{article.path}">'
            f'<link rel="amphtml" href="{self.base}{article.aliases[0]}">'
            f'<meta property="og:title" content="{escape(article.title)}"><meta property="og:type" content="article">'
        )
        return self.shell(article.title, main).replace("</head>", head + "</head>")

    def _body(self, article: Article) -> str:
        texts = [escape(text, quote=False) for text in article.paragraphs]
        texts[0] = f"<strong>{article.dateline}</strong> - {texts[0]}"
        texts[-1] += f" <strong>({article.credit})</strong>"
        first, second, *further = self.others(article, 6)
        between = [
            f"<p>Baca Juga : {link(first)}</p>",
            '<div class="ad"><p>ADVERTISEMENT</p><p>SCROLL TO CONTINUE WITH CONTENT</p></div>',
            f"<p><strong>Baca juga:</strong> {link(second)}</p>",
            link_list(further, "lihat-juga"),
        ]
        parts = [f"<p>{text}</p>" + (between[n] if n < len(between) else "") for n, text in enumerate(texts[:-1])]
        video = f"<p>Simak juga video '{escape(further[0].title)}':</p><p>[Gambas:Video Contoh]</p>"
        return "\n".join([*parts, f"<p>{texts[-1]}</p>", video])

    def shell(self, title: str, main: str) -> str:
        return f"""<!doctype html><html lang="id-ID"><head><meta charset="utf-8"><title>{escape(title)}</title>
</head><body>
<nav><a href="/">Home</a> <a href="/terpopuler">Terpopuler</a></nav>{main}
<aside><h3>Berita Terpopuler</h3>{link_list(self.visible()[:6])}<i>{self.visits}</i></aside>
<footer>Copyright @ {self.title}. All right reserved</footer></body></html>"""
