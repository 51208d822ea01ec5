"""Titles without what the site appends to them."""

import html
import re
from collections.abc import Iterable
from functools import lru_cache

_SEPARATOR = re.compile(r"\s+(?:[-–—|•·»]|::?)\s+|\s*[|»]\s*|\s+[-–—](?=\S+\.(?:com|co|id)\b)")
_LONGEST = 1000  # characters; no headline, so nothing to be cut off one
_PAGE = re.compile(r"(?:halaman|hal\.?|page|bagian)\s*(?:\d{1,3}|all)(?:\s*dari\s*\d+)?", re.IGNORECASE)
_PAGE_WITHOUT_DASH = re.compile(r"\s+halaman\s+(?:\d{1,3}|all)$", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+(?:com|co\.id|id|net|org|tv|news)", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"\.(?:com|co\.id|co|id|net|org|tv|news)$", re.IGNORECASE)
# Words that names of sections are made of.
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
    """Cut "… - Kompas.com", "… : Okezone Celebrity", "… - Nasional Tempo.co", "… Halaman 2 - X" off a title.

    A piece behind (or, exactly, before) a separator goes only if it is a site's name, alone or with names of
    sections, or a page number; so "Brasil vs Jerman - Prediksi" stays whole.

    Args:
        title: a page's ``<title>``, ``og:title`` or heading.
        site_names: names and host names of the outlet.

    Returns:
        The title with single spaces; never empty where ``title`` is not.
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
    """A section's name that stood between headline and site: "… - Health :: Okezone Lifestyle"."""
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
