"""Lintas Rantau: no feed; listing pages with Indonesian dates and a pinned old item."""

from datetime import timedelta
from html import escape
from typing import Final

from tests.site import dates
from tests.site.article import Article
from tests.site.newsroom import Newsroom, Target, link, link_list, paragraphs
from tests.site.resource import Resource, etag_of

_PER_PAGE: Final = 8


class LintasRantau(Newsroom):
    """Listing pages only; the article's date stands in its visible line alone."""

    name = "lintas_rantau"
    title = "Lintas Rantau"
    size = 30

    def declaration(self) -> str:
        return f'[discover]\npages = ["{self.base}/indeks?page={{page}}"]\nlinks = "div.daftar h3 a"\n'

    def populate(self) -> None:
        super().populate()
        self.pinned = self.compose(self.clock.now - timedelta(days=45))

    def path(self, article: Article) -> str:
        return f"/berita/{article.number}/{article.slug}"

    def finish(self, article: Article) -> None:
        article.authors = [self.writer["nama"]]
        article.tags = sorted({self.writer["tanda"] for _ in range(2)})

    def source(self, target: Target) -> Resource | None:
        if target.path != "/indeks":
            return None
        body = self._listing(target.page).encode()
        return Resource(body, etag=etag_of(body))

    def _listing(self, page: int) -> str:
        online = [one for one in self.visible() if one is not self.pinned]
        rows = [self.pinned, *online[(page - 1) * _PER_PAGE : page * _PER_PAGE]]
        items = "".join(
            f'<div class="item"><h3>{link(one)}</h3>'
            f'<span class="tgl">{dates.relative(one.published, self.clock.now)}</span>'
            f"<p>{escape(one.paragraphs[0][:90])}…</p></div>"
            for one in rows
        )
        last = -(-len(online) // _PER_PAGE)
        numbers = "".join(f'<a href="/indeks?page={n}">{n}</a> ' for n in range(1, last + 1))
        return self.shell("Indeks Berita", f'<div class="daftar">{items}</div><div class="paging">{numbers}</div>')

    def article_page(self, article: Article) -> str:
        main = f"""<div class="detail"><h1>{escape(article.title)}</h1>
<div class="info"><span class="penulis">{article.authors[0]}</span> -
<span class="waktu">{dates.full(article.published, friday="Jum'at")}</span></div>
<img src="/foto/{article.path.split("/")[2]}.jpg"><div class="caption">Ilustrasi. (Foto: {self.title})</div>
<div class="isi">{paragraphs(article.paragraphs)}</div>
<div class="tag">Tags: {", ".join(f'<a href="/tag/{tag}">{tag}</a>' for tag in article.tags)}</div>
<div class="lainnya"><h3>Berita Lainnya</h3>{link_list(self.others(article, 6))}</div></div>"""
        return self.shell(article.title, main)

    def shell(self, title: str, main: str) -> str:
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{escape(title)} | {self.title}</title></head><body>
<div id="top"><a href="/">Beranda</a> <a href="/indeks">Indeks</a> <a href="/tag/nelayan">Topik</a></div>
<div id="kiri">{main}</div><div id="kanan"><h3>Terpopuler</h3>{link_list(self.visible()[3:9], "populer")}
<p class="hit">{self.visits} pembaca</p></div>
<div id="bawah">© {self.title} - All rights reserved</div></body></html>"""
