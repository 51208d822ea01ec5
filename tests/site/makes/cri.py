"""Siaran Samudra: static ``.shtml`` pages of a radio station abroad, times in its own zone."""

import re
from html import escape
from typing import Final

from tests.site.article import Article
from tests.site.newsroom import Newsroom, Target, link_list, paragraphs
from tests.site.resource import Resource

_PER_PAGE: Final = 10


class SiaranSamudra(Newsroom):
    """Lists with day-only dates and ``spm`` links; a bare timestamp with seconds under the title; no validators."""

    name = "siaran_samudra"
    title = "Siaran Samudra"
    timezone = "Asia/Shanghai"
    size = 24
    seconds = True
    strays = ("photo", "listing")

    def declaration(self) -> str:
        return (
            f'[discover]\npages = ["{self.base}/berita/index-{{page}}.shtml"]\n\n'
            "[article]\nurl = '/ARTI\\w+\\.shtml'\nbody = \"#abody\"\n"
        )

    def path(self, article: Article) -> str:
        return f"/{article.published:%Y/%m/%d}/ARTIq{article.number}Zb{article.published:%y%m%d}.shtml"

    def source(self, target: Target) -> Resource | None:
        found = re.fullmatch(r"/berita/index-(\d+)\.shtml", target.path)
        if found is None:
            return None
        page = int(found[1])
        rows = "".join(
            f'<li><a href="{one.path}?spm=C96370.PsikHJ.E{page}.{n}" target="_blank">{escape(one.title)}</a>'
            f"<i>{one.published:%Y-%m-%d}</i></li>"
            for n, one in enumerate(self.visible()[(page - 1) * _PER_PAGE : page * _PER_PAGE])
        )
        return Resource(
            self.shell("Berita", f'<ul class="list">{rows}</ul><a href="index-{page + 1}.shtml">&gt;</a>').encode()
        )

    def article_page(self, article: Article) -> str:
        main = f"""<div class="article"><h1>{escape(article.title)}</h1>
<div class="article-type"><span>{article.published:%Y-%m-%d %H:%M:%S}</span></div>
<div id="abody">{paragraphs(article.paragraphs)}</div>
<div class="share">Bagikan: <a href="#">微信</a> <a href="#">Facebook</a></div>
<div class="more"><h3>Rekomendasi</h3>{link_list(self.others(article))}</div></div>"""
        return self.shell(article.title, main)

    def shell(self, title: str, main: str) -> str:
        return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(title)}-{self.title}</title></head><body><div class="nav"><a href="/">Beranda</a>
<a href="/berita/index-1.shtml">Berita</a> <a href="/video/">Video</a></div>{main}
<div class="foot">{self.title} | {self.visits} kunjungan</div></body></html>"""
