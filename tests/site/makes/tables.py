"""Suluh Lama: nested tables and font tags in windows-1252, labelled iso-8859-1."""

from html import escape
from typing import Final

from tests.site import dates
from tests.site.article import Article
from tests.site.feeds import rss_one
from tests.site.newsroom import Newsroom, Target
from tests.site.resource import Resource

_LATIN: Final = "text/html; charset=iso-8859-1"


class SuluhLama(Newsroom):
    """RSS 1.0 with two digits of the year; text separated by ``<br><br>``; no validators."""

    name = "suluh_lama"
    title = "Suluh Lama"
    size = 16
    strays = ("photo", "error-page")

    def declaration(self) -> str:
        return f'[discover]\nfeeds = ["{self.base}/rss.php"]\n'

    def path(self, article: Article) -> str:
        return f"/berita.php?id={article.number}"

    def finish(self, article: Article) -> None:
        article.authors = [self.writer["nama"]]
        article.paragraphs = [text.replace(", tetapi", " – tetapi") for text in article.paragraphs]

    def answer(self, raw: str) -> Resource:
        found = super().answer(raw)
        if found.status == 200 and found.content_type.startswith("text/html"):
            return Resource(found.body.decode().encode("cp1252"), _LATIN)
        return found

    def source(self, target: Target) -> Resource | None:
        if target.path != "/rss.php":
            return None
        return Resource(rss_one(self.title, self.base, self.visible()).encode("cp1252"), "text/xml")

    def article_page(self, article: Article) -> str:
        text = "<BR><BR>\n".join(escape(line, quote=False) for line in article.paragraphs)
        (neighbour,) = self.others(article, 1)
        main = f"""<FONT SIZE="5"><B>{escape(article.title)}</B></FONT><BR>
<FONT SIZE="1" COLOR="#666666">{dates.full(article.published, " - ")}</FONT><BR><BR>
<FONT FACE="Verdana" SIZE="2">{text}</FONT><BR><BR>
<FONT SIZE="1">Penulis : {article.authors[0]}<BR>Editor: {neighbour.authors[0]}</FONT><BR>
<TABLE WIDTH="100%"><TR><TD BGCOLOR="#EEEEEE"><B>Berita Terkait</B></TD>
</TR><TR><TD>{self._links(self.others(article))}</TD></TR>
</TABLE>"""
        return self.shell(article.title, main)

    def shell(self, title: str, main: str) -> str:
        return f"""<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">
<TITLE>{self.title} - {escape(title)}</TITLE></HEAD><BODY BGCOLOR="#FFFFFF">
<TABLE WIDTH="780" BORDER="0" ALIGN="center">
<TR><TD COLSPAN="3"><A HREF="/"><IMG SRC="/logo.gif" ALT="{self.title}"></A></TD></TR>
<TR><TD WIDTH="120" VALIGN="top"><A HREF="/kanal.php?k=1">Nasional</A><BR><A HREF="/kanal.php?k=2">Daerah</A><BR></TD>
<TD VALIGN="top">{main}</TD>
<TD WIDTH="160" VALIGN="top"><B>Terpopuler</B><BR>{self._links(self.visible()[:5])}</TD></TR>
<TR><TD COLSPAN="3" ALIGN="center"><FONT SIZE="1">Copyright © {self.title} | Pengunjung: {self.visits}</FONT></TD></TR>
</TABLE></BODY></HTML>"""

    @staticmethod
    def _links(articles: list[Article]) -> str:
        return "".join(f'<A HREF="{escape(one.path)}">{escape(one.title)}</A><BR>' for one in articles)
