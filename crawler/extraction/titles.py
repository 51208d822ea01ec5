"""Find an article's title and cut off site and section names."""

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.etree import _Element as Element

from crawler.extraction import furniture
from crawler.extraction.document import attributes_of, clean_text, select, text_of
from crawler.extraction.json_ld import text_value
from crawler.extraction.statements import Statements

_SEPARATOR = re.compile(r"\s+(?:[-–—|•·»]|::?)\s+|\s*[|»]\s*|\s+[-–—](?=\S+\.(?:com|co|id)\b)")
_LONGEST = 1000  # characters; longer is no headline
_PAGE = re.compile(r"(?:halaman|hal\.?|page|bagian)\s*(?:\d{1,3}|all)(?:\s*dari\s*\d+)?", re.IGNORECASE)
_PAGE_WITHOUT_DASH = re.compile(r"\s+halaman\s+(?:\d{1,3}|all)$", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+(?:com|co\.id|id|net|org|tv|news)", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"\.(?:com|co\.id|co|id|net|org|tv|news)$", re.IGNORECASE)
# Words of section names.
SECTIONS = frozenset(
    """
    online news indonesia com id co network tv radio mobile amp nasional internasional international dunia global
    regional daerah politik hukum ekonomi bisnis keuangan finance market money edukasi pendidikan sains tekno teknologi
    techno inet otomotif oto sport sports olahraga bola celebrity celeb selebriti entertainment hiburan showbiz hot
    lifestyle gaya hidup life style health kesehatan travel wisata food kuliner foto photo video opini kolom khazanah
    islam megapolitan metro jabar jateng jatim jogja sumut sumsel sulsel bali kaltim kalbar jakarta surabaya bandung
    medan makassar semarang papua properti property haji ramadan warta portal berita terkini terbaru today economy
    humaniora peristiwa kriminal ragam tajuk editorial feature features sosok budaya seni pemilu pilkada makro saham
    lingkungan iptek militer agama sosial metropolitan nusantara mancanegara umum pariwisata pertahanan keamanan
    """.split()  # noqa: SIM905 - a list of words reads best as text
)


def without_site(title: str, site_names: Iterable[str]) -> str:
    """Cut "… - Kompas.com", "… - Nasional Tempo.co", "… Halaman 2 - X" off a title.

    Only sites, alone or with section names, and page numbers are cut; "Brasil vs Jerman - Prediksi" stays whole. The
    result is empty only if ``title`` is.
    """
    whole = " ".join(html.unescape(title).split())
    return whole if len(whole) > _LONGEST else _cut(whole, _variants(tuple(site_names)))


@lru_cache(maxsize=64)  # a page repeats its title five times
def _cut(whole: str, sites: frozenset[tuple[str, ...]]) -> str:
    rest = _without_leading_site(_without_appended(whole, sites), sites)
    return rest.strip(" -–—|:•·»") or whole


def _without_appended(title: str, sites: frozenset[tuple[str, ...]]) -> str:
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        if _appended(title[separator.end() :], sites):
            rest = _PAGE_WITHOUT_DASH.sub("", title[: separator.start()])
            return _without_appended(_without_section(rest), sites)
    return title


def _without_section(title: str) -> str:
    """Cut a section's name before the site: "… - Health :: Okezone Lifestyle"."""
    head, dash, last = title.rpartition(" - ")
    return head if dash and last.casefold() in SECTIONS else title


@lru_cache(maxsize=256)
def _variants(site_names: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    names = [name for name in site_names if name.strip()]
    names += [_TOP_LEVEL.sub("", name) for name in names]
    spaced = [_words(name) for name in names]
    return frozenset([*spaced, *(("".join(words),) for words in spaced)]) - {()}


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _appended(piece: str, sites: frozenset[tuple[str, ...]]) -> bool:
    words = _words(piece)
    if _PAGE.fullmatch(piece.strip()) or _HOST.fullmatch(piece.strip()):
        return True
    allowed = 2 if _HOST.search(piece) else 0  # no headline goes on with "Citizen6 Liputan6.com"
    for site in (site for site in sites if site[0] in words):
        for start in range(len(words) - len(site) + 1):
            if words[start : start + len(site)] == site:
                around = (*words[:start], *words[start + len(site) :])
                return len(around) <= allowed or all(word in SECTIONS for word in around)
    return False


def _without_leading_site(title: str, sites: frozenset[tuple[str, ...]]) -> str:
    separator = _SEPARATOR.search(title)
    if separator and _words(title[: separator.start()]) in sites:
        return title[separator.end() :]
    return title


_LONGEST_TITLE = 300
_FEWEST = 20  # characters; a shorter heading that nothing confirms is a section's name
_MOST_PARTS = 3  # child elements of a headline
_TITLE_WORDS = re.compile(r"(?:^|[\s_-])(?:\w*title|judul|jdl|headline)(?=$|[\s_-])", re.IGNORECASE)
# A heading with at least this share of words in common with the stated title is the headline.
_SAME_TITLE = 0.5
_WORTH_A_LOOK = 0.3  # the same before cutting the site's name, which is slow


def find_headline(page: Statements) -> Element | None:
    """Find the element with the headline.

    The declared one, else the best match with the stated titles: ``h1``, then elements called title, then bold print.
    If these state only the site's name, the first heading.
    """
    if page.outlet.article.title:
        for element in select(page.tree, page.outlet.article.title):
            if text_of(element) or element.get("content"):
                return element
    stated = _stated(page)
    if not stated:
        return _first_heading(page)
    shown = _most_alike(page, page.headings, stated)
    if shown is None:
        shown = _most_alike(page, _named_titles(page), stated)
    return _bold_title(page, stated) if shown is None else shown


def read_title(page: Statements, headline: Element | None) -> str | None:
    """Return the title without site name, from ``headline``, else as stated."""
    if headline is not None:
        return without_site(text_of(headline) or clean_text(headline.get("content")), page.site_names)
    stated = _stated(page)
    return stated[0] if stated else (text_of(page.headings[0]) if page.headings else None)


def _stated(page: Statements) -> list[str]:
    head = page.tree.find(".//title")
    found = (
        clean_text(text_value(page.article.get("headline"))),
        page.meta("og:title"),
        page.meta("twitter:title"),
        text_of(head) if head is not None else "",
        clean_text(page.hint),
    )
    names = {_letters(name) for name in page.site_names}
    cut = (without_site(text, page.site_names) for text in dict.fromkeys(found) if text)
    return [text for text in cut if _letters(text) not in names]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _first_heading(page: Statements) -> Element | None:
    for heading in page.tree.iter("h1", "h2", "h3"):
        text = text_of(heading)
        is_link = next(heading.iterancestors("a"), None) is not None or heading.find(".//a") is not None
        if _FEWEST <= len(text) <= _LONGEST_TITLE and not is_link and not furniture.is_furniture_line(text):
            return heading
    return None


def _bold_title(page: Statements, stated: list[str]) -> Element | None:
    small = (element for element in page.tree.iter("b", "strong", "font", "p") if len(element) <= _MOST_PARTS)
    return next((element for element in small if text_of(element) in stated), None)


def _most_alike(page: Statements, elements: Iterable[Element], stated: list[str]) -> Element | None:
    best, most = None, _SAME_TITLE
    for element in elements:
        text = text_of(element)
        if _likeness(text, stated) < _WORTH_A_LOOK:
            continue
        likeness = _likeness(without_site(text, page.site_names), stated)
        if likeness > most:
            best, most = element, likeness
        if most == 1:
            break
    return best


def _named_titles(page: Statements) -> Iterator[Element]:
    for element in page.tree.iter("h2", "h3", "div", "span", "td"):
        if (
            len(element) <= _MOST_PARTS
            and (
                element.tag in {"h2", "h3"}
                or element.get("itemprop") == "headline"
                or _says_title(attributes_of(element))
            )
            and 0 < len("".join(element.itertext()).strip()) <= _LONGEST_TITLE
        ):
            yield element


@lru_cache(maxsize=4096)
def _says_title(words: str) -> bool:
    return _TITLE_WORDS.search(words) is not None


def _likeness(text: str, stated: list[str]) -> float:
    return max((_agreement(text, other) for other in stated), default=0.0)


def _agreement(text: str, other: str) -> float:
    """Return the share of common words; 1 if ``other`` is cut off by an ellipsis."""
    mine, theirs = _words_headlines(text), _words_headlines(other)
    if not mine or not theirs:
        return 0.0
    if other.endswith(("...", "…")) and text.lower().startswith(other.rstrip(".… ").lower()):
        return 1.0
    return len(mine & theirs) / max(len(mine), len(theirs))


def _words_headlines(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
