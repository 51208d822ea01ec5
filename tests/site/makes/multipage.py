"""Two outlets that spread their articles over three pages, found in a date archive."""

from datetime import date
from html import escape
from typing import ClassVar, Final

from tests.site import dates
from tests.site.article import Article
from tests.site.newsroom import Newsroom, Target, link, link_list, paragraphs
from tests.site.resource import Resource

_PER_PAGE: Final = 3
_PAGES: Final = 3


class _Multipage(Newsroom):
    """Every article longer than six paragraphs has three pages."""

    size = 18
    page_key: ClassVar[str]

    def path(self, article: Article) -> str:
        return f"/read/{article.published:%Y/%m/%d}/{article.number}/{article.slug}"

    def finish(self, article: Article) -> None:
        article.authors = [self.writer["nama"]]

    def source(self, target: Target) -> Resource | None:
        if target.path != "/indeks":
            return None
        try:
            wanted = (
                date.fromisoformat(target.query["date"])
                if "date" in target.query
                else self.clock.now.astimezone(self.zone).date()
            )
        except ValueError:
            return None
        online = [one for one in self.visible() if one.published.date() == wanted]
        rows = "".join(
            f"<article><h2>{link(one)}</h2><time>{one.published:%d/%m/%Y, %H:%M} WIB</time></article>"
            for one in online[(target.page - 1) * _PER_PAGE : target.page * _PER_PAGE]
        )
        return Resource(self.shell(f"Indeks {wanted:%d/%m/%Y}", f'<section class="indeks">{rows}</section>').encode())

    def parts(self, article: Article) -> list[list[str]]:
        """The paragraphs of each page."""
        texts = article.paragraphs
        if len(texts) <= 6:
            return [texts]
        step = -(-len(texts) // _PAGES)
        return [texts[start : start + step] for start in range(0, len(texts), step)]

    def respond(self, article: Article, target: Target) -> Resource:
        wanted = target.query.get(self.page_key, "1")
        page = 0 if wanted == "all" else int(wanted) if wanted.isdecimal() else 1
        return Resource(self.article_page(article, page).encode())

    def article_page(self, article: Article, page: int = 1) -> str:
        """One page of the article; 0 for the whole."""
        parts = self.parts(article)
        page = min(page, len(parts))
        texts = parts[page - 1] if page else article.paragraphs
        main = f"""<h1 class="read__title">{escape(article.title)}</h1>
<div class="read__time">{self.title} - {article.published:%d/%m/%Y, %H:%M} WIB</div>
<div class="read__author">Penulis : {article.authors[0]}</div>
<div class="read__content">{paragraphs(texts)}{self.paging(article, page, len(parts))}</div>
<div class="terkini"><h3>Berita Terkini</h3>{link_list(self.others(article))}</div>"""
        head = (
            f'<link rel="canonical" href="{self.base}{article.path}">'
            f'<meta name="content_PublishedDate" content="{article.published:%Y-%m-%d %H:%M:%S}">'
        )
        return self.shell(article.title, main).replace("</head>", head + "</head>")

    def paging(self, article: Article, page: int, pages: int) -> str:
        """The links to the further pages."""
        raise NotImplementedError

    def shell(self, title: str, main: str) -> str:
        return f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">
<title>{escape(title)} - {self.title}</title></head>
<body><header><a href="/">{self.title}</a> <a href="/indeks">Indeks</a></header>{main}
<aside><h3>Terpopuler</h3>{link_list(self.visible()[2:7])}</aside>
<footer>{dates.day(self.clock.now)} | {self.visits}</footer>
</body></html>"""


class WartaSelasar(_Multipage):
    """``?page=all`` gives the whole article."""

    name = "warta_selasar"
    title = "Warta Selasar"
    page_key = "page"

    def declaration(self) -> str:
        return (
            f'[discover]\npages = ["{self.base}/indeks?date={{date:%Y-%m-%d}}&page={{page}}"]\n\n'
            "[article]\nurl = '^/read/'\nsingle = \"page=all\"\n"
        )

    def paging(self, article: Article, page: int, pages: int) -> str:
        if pages == 1 or not page:
            return ""
        links = [f'<a href="{article.path}?page={n}">{n}</a>' for n in range(1, pages + 1)]
        links.append(f'<a href="{article.path}?page=all">Tampilkan Semua</a>')
        return f'<div class="paging">Halaman: {" ".join(links)}</div>'


class HarianBukit(_Multipage):
    """Only a link to the next page."""

    name = "harian_bukit"
    title = "Harian Bukit"
    page_key = "halaman"
    strays = ("video", "listing")

    def declaration(self) -> str:
        return (
            f'[discover]\npages = ["{self.base}/indeks?date={{date:%Y-%m-%d}}&page={{page}}"]\n\n'
            "[article]\nurl = '^/read/'\nnext = \"a.halaman-berikut\"\n"
        )

    def paging(self, article: Article, page: int, pages: int) -> str:
        if page == pages:
            return ""
        return f'<p><a class="halaman-berikut" href="{article.path}?halaman={page + 1}">Halaman berikutnya</a></p>'
