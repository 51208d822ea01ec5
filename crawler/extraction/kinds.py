"""Decide whether a page is an article, a listing, a video or an error page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from core.models import Reason
from crawler.extraction import json_ld
from crawler.extraction.document import clean_text
from crawler.extraction.furniture import is_prose
from crawler.extraction.statements import Statements

# A shorter text is a stub regardless of the page's statements: the shortest news flashes seen have some 250.
_FEWEST = 160
_FEWEST_LETTERS = 130
_ENOUGH_TO_COUNT = 2000
# Below this a picture's or player's page has captions, not a text.
_CAPTIONS = 600
# … unless it has a dateline and at least this many characters.
_FLASH = 300
# Error pages are shorter; a text about error 404 is longer.
_EXPLANATION = 700
_ENOUGH_TO_TELL_LANGUAGE = 200
# Headline links that make a page without prose a listing.
_LISTING_LINKS = 8
_SOME_LINKS = 2  # the same, on a page without any text
_LISTING_TITLE = re.compile(r"\W*(?:indeks?|index|kumpulan|arsip|berita \w* ?terkini)\b", re.IGNORECASE)
_HEADLINE = 25  # characters

_ERROR = re.compile(
    r"\b(?:404|403|50[0-3])\b.{0,30}\b(?:not found|error|forbidden|halaman|unavailable|gateway)"
    r"|^\W*(?:error )?40[34]\W*$"
    r"|not found|(?:halaman|laman|berita|artikel|page)\b.{0,25}\btidak (?:(?:dapat )?(?:di)?temukan|tersedia)\b"
    r"|page (?:does not|doesn't) exist|sudah dihapus|just a moment|attention required|access denied|bad gateway"
    r"|verify(?:ing)? you are|are you (?:a )?(?:human|robot)|checking your browser|enable javascript and cookies"
    r"|captcha|sedang dalam (?:perbaikan|pemeliharaan)|under maintenance|service unavailable|request blocked",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\W*(?:log ?in|sign ?in|masuk|daftar|register)(?:(?:\s+(?:atau|or|ke|to|akun|dulu)\b|\s*[/|–-]).{0,40})?\W*",
    re.IGNORECASE,
)
_PHOTO_TITLE = re.compile(
    r"\W*(?:(?:foto|in pictures?|galeri|photos?|infografis|infographic)\s*[:|]|galeri foto\b|foto-foto\b)",
    re.IGNORECASE,
)
_PHOTO_PATH = re.compile(
    r"/(?:read)?(?:foto|photos?|inpicture|in-picture|galeri|gallery|infografis)(?:[/-]|$)", re.IGNORECASE
)
_VIDEO_TITLE = re.compile(r"\W*(?:video|tonton|live(?: streaming)?)\s*[:|]", re.IGNORECASE)
_VIDEO_PATH = re.compile(r"/(?:videos?|vod|watch|embed|20detik|livestreaming|tv)(?:[/-]|$)", re.IGNORECASE)
_LISTING_PATH = re.compile(
    r"/(?:tags?|topi[ck]s?|kategori|category|rubrik|kanal|search|cari|author|penulis|arsip)(?:/[^/]+)?/?$"
    r"|/(?:indeks?|index)(?:\.\w{3,5}|/.{0,20})?$|/page/\d+/?$",
    re.IGNORECASE,
)
# WordPress and old systems identify an article by the root's query ("/?p=123").
_NAMED_BY_QUERY = re.compile(r"(?:^|&)\w*(?:p|id|post|berita|artikel|news|read)=\w", re.IGNORECASE)
# Regional languages of Indonesia are welcome in an Indonesian outlet, and short Indonesian texts look like them.
_KIN = frozenset({"jv", "su", "ace", "min", "ban", "mad"})
_GALLERY_TYPES = frozenset({"ImageGallery", "MediaGallery"})
_LISTING_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Extraction result to judge; ``headline_links``: links as long as headlines."""

    title: str | None
    paragraphs: Sequence[str]
    has_dateline: bool
    headline_links: int
    language: str | None = None

    @property
    def length(self) -> int:
        return sum(map(len, self.paragraphs))


def judge(finding: Finding, page: Statements) -> tuple[Reason, str] | None:
    return (
        _error(finding, page)
        or _media(finding, page)
        or _listing(finding, page)
        or _shortage(finding)
        or _language(finding, page)
    )


def is_stated_article(page: Statements) -> bool:
    """True if the page says it is an article; ``og:type`` is ignored on indexes."""
    return bool(page.article) or (_is_og_article(page) and not (_is_root(page.url) or _is_listing_url(page.url)))


def _is_og_article(page: Statements) -> bool:
    return (page.meta("og:type") or "").lower() == "article"


def _is_root(url: str) -> bool:
    parts = urlsplit(url)
    return bool(url) and parts.path in {"", "/"} and not _NAMED_BY_QUERY.search(parts.query)


def _is_listing_url(url: str) -> bool:
    parts = urlsplit(url)
    return _LISTING_PATH.search(parts.path) is not None and not _NAMED_BY_QUERY.search(parts.query)


def count_headline_links(page: Statements) -> int:
    """Count links as long as headlines, as far as the number matters."""
    if is_stated_article(page):
        return 0
    count = 0
    for link in page.tree.iter("a"):
        if len(clean_text("".join(link.itertext()))) >= _HEADLINE:
            count += 1
            if count >= _LISTING_LINKS:
                break
    return count


def _error(finding: Finding, page: Statements) -> tuple[Reason, str] | None:
    if finding.length > _EXPLANATION or page.article:
        return None
    title = finding.title or ""
    if _LOGIN.fullmatch(title):
        return Reason.ERROR_PAGE, "a login page"
    message = next((text for text in (title, *finding.paragraphs[:3]) if _ERROR.search(text)), None)
    return (Reason.ERROR_PAGE, message[:120]) if message else None


def _media(finding: Finding, page: Statements) -> tuple[Reason, str] | None:
    if finding.length >= _CAPTIONS or (finding.has_dateline and finding.length >= _FLASH):
        return None
    title, path = finding.title or "", urlsplit(page.url).path
    types = {kind for node in page.nodes for kind in json_ld.types_of(node)}
    kind = (page.meta("og:type") or "").lower()
    if _PHOTO_TITLE.match(title) or _PHOTO_PATH.search(path) or types & _GALLERY_TYPES:
        return Reason.PHOTO, f"pictures with {finding.length} characters of captions"
    if _VIDEO_TITLE.match(title) or _VIDEO_PATH.search(path) or kind.startswith("video") or _only_video(types):
        return Reason.VIDEO, f"a video with {finding.length} characters of text"
    return None


def _only_video(types: set[str]) -> bool:
    return "VideoObject" in types and not types & json_ld.ARTICLE_TYPES


def _listing(finding: Finding, page: Statements) -> tuple[Reason, str] | None:
    is_titled = _LISTING_TITLE.match(finding.title or "") is not None
    if is_titled and not page.article and not any(map(is_prose, finding.paragraphs)):
        return Reason.LISTING, "the title of an index and no paragraph of prose"
    if is_stated_article(page):
        return None
    types = {kind for node in page.nodes for kind in json_ld.types_of(node)}
    many = finding.headline_links >= (_LISTING_LINKS if finding.paragraphs else _SOME_LINKS)
    is_index = _is_listing_url(page.url) and (finding.length < _CAPTIONS or not _is_og_article(page))
    if _is_root(page.url) or is_index or types & _LISTING_TYPES or (many and finding.length < _FEWEST):
        return Reason.LISTING, f"links beside {finding.length} characters of text"
    return None


def _shortage(finding: Finding) -> tuple[Reason, str] | None:
    if not finding.paragraphs:
        return Reason.NO_TEXT, "no paragraph of text"
    letters = len(list(islice(filter(str.isalpha, "".join(finding.paragraphs)[:_ENOUGH_TO_COUNT]), _FEWEST_LETTERS)))
    return (Reason.TOO_SHORT, f"{letters} letters") if letters < _FEWEST_LETTERS else None


def _language(finding: Finding, page: Statements) -> tuple[Reason, str] | None:
    expected = page.outlet.language
    if expected not in {"id", "ms"} or finding.length < _ENOUGH_TO_TELL_LANGUAGE:
        return None
    if finding.language is None or finding.language == expected or finding.language in _KIN:
        return None
    return Reason.LANGUAGE, finding.language
