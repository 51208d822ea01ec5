"""The source formats that outlets of the test site offer: RSS, Atom, sitemaps."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.site.article import Article

_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def rss(title: str, base: str, articles: Iterable[Article], links: Iterable[str] | None = None) -> str:
    """RSS 2.0 with dates in UTC; ``links`` replaces the absolute canonical links."""
    articles = list(articles)
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{escape(where)}</link>"
        f"<pubDate>{format_datetime(one.published.astimezone(UTC))}</pubDate>"
        f"<description>{escape(one.paragraphs[0][:120] if one.paragraphs else '')}</description></item>"
        for one, where in zip(articles, links or [base + one.path for one in articles], strict=True)
    )
    head = f"<title>{escape(title)}</title><link>{base}/</link><description>{escape(title)}</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>'


def rss_one(title: str, base: str, articles: Iterable[Article]) -> str:
    """RSS 1.0 (RDF), labelled latin-1, with ``dc:date`` in the style of RFC 822 with two digits of the year."""
    items = "".join(
        f'<item rdf:about="{escape(base + one.path)}"><title>{escape(one.title)}</title>'
        f"<link>{escape(base + one.path)}</link><dc:date>{one.published:%a, %d %b %y %H:%M:%S %z}</dc:date></item>"
        for one in articles
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{base}/"><title>{escape(title)}</title>'
        f"<link>{base}/</link></channel>{items}</rdf:RDF>"
    )


def atom(title: str, base: str, articles: Iterable[Article]) -> str:
    """Atom 1.0 with dates in the outlet's zone."""
    entries = "".join(
        f'<entry><title>{escape(one.title)}</title><link rel="alternate" href="{escape(base + one.path)}"/>'
        f"<id>{escape(base + one.path)}</id><published>{one.published.isoformat()}</published>"
        f"<updated>{one.changed.isoformat()}</updated></entry>"
        for one in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(title)}</title><id>{base}/</id>{entries}</feed>"
    )


def urlset(base: str, articles: Iterable[Article]) -> str:
    """A sitemap with ``lastmod``."""
    urls = "".join(
        f"<url><loc>{escape(base + one.path)}</loc><lastmod>{one.changed.isoformat()}</lastmod></url>"
        for one in articles
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP}>{urls}</urlset>'


def news_sitemap(title: str, base: str, articles: Iterable[Article]) -> str:
    """A Google News sitemap."""
    urls = "".join(
        f"<url><loc>{escape(base + one.path)}</loc><news:news><news:publication><news:name>{escape(title)}</news:name>"
        f"<news:language>id</news:language></news:publication>"
        f"<news:publication_date>{one.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(one.title)}</news:title></news:news></url>"
        for one in articles
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP} {_NEWS}>{urls}</urlset>'


def sitemap_index(children: Iterable[tuple[str, datetime]]) -> str:
    """A sitemap index of (URL, lastmod)."""
    rows = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{at.isoformat()}</lastmod></sitemap>" for loc, at in children)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_SITEMAP}>{rows}</sitemapindex>'
