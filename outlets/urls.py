"""Judge if a URL is an article's."""

import re

from core.urls import belongs, clean_url, identify, is_home, plain_path, split_url
from outlets.schema import Outlet

# Path segments with only lists below, in the languages of Indonesian sites …
_LIST = re.compile(
    r"tags?|topi[kc]s?|kategori|category|categories|labels?|authors?|penulis|indeks|index|search|cari|pencarian|page"
    r"|halaman|log-?in|register|feed|rss|sitemap|wp-(?:content|admin|json|includes)|cdn-cgi",
    re.IGNORECASE,
)
# … and segments that are a list but may have articles below: "/trending/2026/07/24/…".
_LIST_ITSELF = re.compile(
    r"kanal|editor|reporter|wartawan|daftar|arsip|archives?|ter-?populer|populer|terkini|terbaru|trending|profile|users?",
    re.IGNORECASE,
)
# Pages of an outlet about itself; the Press Council requires several.
_HOUSE_PAGE = re.compile(
    r"(?:pedoman|kebijakan|syarat|ketentuan|tentang|hubungi|kontak|info|kode|standar|redaksi|disclaimer|privacy|terms"
    r"|about|contact)(?:[-_](?:kami|privasi|privacy|policy|dan|ketentuan|media|siber|pemberitaan|pers|jurnalistik|etik"
    r"|profesi|perlindungan|wartawan|redaksi|pasang|iklan|ramah|anak|layanan|penggunaan|us|of|and|conditions|service))*",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|pdf|docx?|xlsx?|pptx?|mp[34]|m3u8|zip|apk|xml|rss|css|js|json|txt)$",
    re.IGNORECASE,
)
_PAGE_SUFFIX = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp)$", re.IGNORECASE)
_DATE_THEN_MORE = re.compile(r"/(?:19|20)\d{2}[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?\d{1,2})?/(?!\d{1,2}(?:/\d{1,2})?/?$)[^/]")
_SLUG = re.compile(r"(?=[\W\d]*[^\W\d])\w+(?:[-,.]+\w+){2,}")  # with a letter: "2024-09-14" heads an archive
_LONG_SLUG = re.compile(
    rf"(?=(?:\w+[-,.]+){{3}}){_SLUG.pattern}"
)  # alone, three words are still a section: "/pesta-bola-eropa"
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{2}(?!\d))\d{4,}")  # four digits or more, but no year
# Letters and digits, but not a word with a number at its end: "citizen6", "pilkada2024".
_MIXED_ID = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])(?![a-z]+\d{1,4}$)[a-z0-9]{8,}", re.IGNORECASE)
_ID_QUERY = re.compile(
    r"(?:^|&)(?:p=\d{3,}|(?:news|berita|artikel|article|read|baca|\w*id|\w+_code)=[^&]*\d)", re.IGNORECASE
)


def looks_like_article(path: str, query: str) -> bool:
    """True if path and query look like an article's: by slug, date or number.

    A slug has three words (four if alone), a date something behind it.
    """
    segments = [_PAGE_SUFFIX.sub("", segment) for segment in path.strip("/").split("/")]
    if _FILE.search(path) or _HOUSE_PAGE.fullmatch(segments[-1]) or _LIST_ITSELF.fullmatch(segments[-1]):
        return False
    if any(map(_LIST.fullmatch, segments)):
        return False
    if _DATE_THEN_MORE.search(path) or _ID_QUERY.search(query):
        return True
    slug = _SLUG if len(segments) > 1 else _LONG_SLUG
    return any(slug.fullmatch(part) or _NUMBER.search(part) or _MIXED_ID.fullmatch(part) for part in segments)


def accept_canonical(canonical: str | None, page_url: str, outlet: Outlet) -> str | None:
    """Return the page's canonical URL, absolute and clean, if plausible.

    Some CMSs state the section or front page there; a hundred articles would become one.
    """
    url = clean_url(canonical, page_url) if canonical else None
    if url is None or not belongs(url, outlet.domains) or is_home(url, outlet.site):
        return None
    if identify(url) == identify(page_url) or is_article(url, outlet):
        return url
    return None


def is_article(url: str, outlet: Outlet) -> bool:
    """True if the URL looks like an article's, by ``article.url`` or a general rule.

    The general rule also refuses lists, files and pages about the outlet.
    """
    parts = split_url(url, None)
    if parts is None:
        return False
    if outlet.article.url is not None:
        return re.search(outlet.article.url, f"{parts.path}?{parts.query}" if parts.query else parts.path) is not None
    return looks_like_article(plain_path(parts.path), parts.query)
