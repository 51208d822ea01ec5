"""Split dateline and credit from an article's text."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

_LONGEST = 90
_DASH = re.compile(r"\s*\.?(?:\s*(?:-{1,2}|[–—]{1,2}|•)(?=\s|$)|[–—])\s*")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|id|net|org|tv|co|news|info)\b", re.IGNORECASE)
_AGENCIES = "antara|ant|xinhua|reuters|afp|ap|dpa|bernama|kyodo|tass|sputnik|oana|pr|prlm|kbr|rri|vna|anadolu|yonhap"
_AGENCY = re.compile(rf"\((?:{_AGENCIES})\b[\w ./-]*\)$", re.IGNORECASE)
_MEDIA = {
    *("viva", "kbr", "cri", "rri", "tvri", "antara", "detikcom", "kumparan", "idxchannel", "tirto", "bharata online"),
    *("cnn indonesia", "cnbc indonesia", "bbc indonesia", "voa indonesia", "dw indonesia", "cna indonesia", "gatra"),
    *("bloomberg technoz", "rakyat merdeka", "radio bharata online", "media indonesia", "katadata", "xinhua"),
    *("warta ekonomi", "infobanknews", "medcom", "beritasatu", "republika", "kompas", "tempo", "liputan6", "suara"),
}
_MEDIA_ENDING = re.compile(r"\b(?:online|news|times|channel|tv|post)$", re.IGNORECASE)
_PLACES = frozenset(
    """
    ambon|balikpapan|bali|banda aceh|bandar lampung|bandarlampung|bandung|banjarbaru|banjarmasin|bantul|banyumas|
    banyuwangi|batam|batu|bekasi|bengkulu|bima|binjai|bitung|blitar|blora|bogor|bojonegoro|boyolali|brebes|bukittinggi|
    bulungan|ciamis|cianjur|cibinong|cikarang|cilacap|cilegon|cimahi|cirebon|demak|denpasar|depok|dompu|dumai|ende|
    garut|gianyar|gorontalo|gowa|gresik|gunungkidul|indramayu|jakarta|jambi|jayapura|jember|jepara|jogja|jombang|
    karanganyar|karawang|kebumen|kediri|kendal|kendari|klaten|klungkung|kudus|kulon progo|kulonprogo|kuningan|kupang|
    labuan bajo|lamongan|lampung|lebak|lhokseumawe|lombok|lubuklinggau|lumajang|madiun|magelang|magetan|majalengka|
    makassar|malang|mamuju|manado|mangupura|manokwari|maros|mataram|medan|merauke|mojokerto|nabire|nganjuk|ngawi|
    nunukan|pacitan|padang|palangka raya|palangkaraya|palembang|palu|pamekasan|pandeglang|pangkalpinang|parepare|
    pasuruan|pati|pekalongan|pekanbaru|pemalang|ponorogo|pontianak|probolinggo|purbalingga|purwakarta|purwokerto|
    purworejo|rembang|sabang|salatiga|samarinda|sampit|semarang|serang|sidoarjo|singaraja|singkawang|situbondo|sleman|
    solo|sorong|sragen|subang|sukabumi|sukoharjo|sumedang|sumenep|surabaya|surakarta|tabanan|tangerang|
    tangerang selatan|tanjung pinang|tanjungpinang|tanjung selor|tarakan|tasikmalaya|tegal|temanggung|ternate|timika|
    trenggalek|tuban|tulungagung|wamena|wonogiri|wonosobo|yogyakarta|
    abu dhabi|addis ababa|amman|amsterdam|ankara|athena|baghdad|baku|bandar seri begawan|bangkok|beijing|beirut|
    berlin|bogota|brasilia|brussel|brussels|budapest|buenos aires|canberra|caracas|colombo|dakar|damaskus|davos|dhaka|
    dili|doha|dubai|gaza|guangzhou|hangzhou|hanoi|harbin|havana|helsinki|hong kong|islamabad|istanbul|jenewa|jeddah|
    johannesburg|kabul|kairo|kazan|khartoum|kiev|kyiv|kuala lumpur|kuwait|kuwait city|lima|lisbon|london|los angeles|
    madinah|madrid|makkah|manila|mekah|melbourne|mexico city|minsk|moskow|mumbai|nairobi|nanning|naypyidaw|new delhi|
    new york|oslo|paris|phnom penh|pretoria|pyongyang|ramallah|rio de janeiro|riyadh|roma|san francisco|santiago|
    sao paulo|seoul|shanghai|shenzhen|singapura|sofia|st. petersburg|stockholm|sydney|taipei|tashkent|teheran|
    tel aviv|tokyo|tripoli|urumqi|vatikan|vientiane|vladivostok|warsawa|washington|wellington|wina|wuhan|xi'an|yerusalem
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
# KONTAN.CO.ID - JAKARTA. Harga emas …
_SECOND_PLACE = re.compile(r"([A-Z][A-Z '-]{2,30})\.\s+(?=[\"“‘'(]?[A-Z0-9])")
_STARTS_SENTENCE = re.compile(r"(?!\d{1,2}[/.-]\d{1,2}[/.-]\d)[\"“‘'«(\[]*[A-Z0-9À-Þ]")

_LONGEST_END = 160  # characters searched at a paragraph's end
_MOST_ENDS = 6  # "Sumber: …", initials, a row of stars, each on its own line
_RULER = re.compile(r"(?:^|(?<=[\s.!?\"”’]))(?:\(\s*\*+\s*\)|\*{1,5}|#{2,5}|[-–—_]{2,5})\s*$")
_SOURCE = re.compile(r"\(?\s*sumber(?:\s+(?:berita|artikel))?\s*[:;]\s*(.{2,80}?)\s*[).]*\s*$", re.IGNORECASE)
_CODES = r"[A-Za-z][\w.-]{0,11}(?:\s?[/,;&]\s?[A-Za-z][\w.-]{0,11}){0,3}"
_SIGN_OFF = re.compile(
    rf"(?:^|(?<=[.!?\"”’'*)])|(?<=[.!?\"”’'*)]\s))\(\s*((?:{_AGENCIES})(?:\s+\w+)?|{_CODES})\s*\)\s*\.?$", re.IGNORECASE
)
_NO_SIGN_OFF = {"bersambung", "selesai", "habis", "tamat"}


def split_dateline(text: str, pattern: str | None = None) -> tuple[str | None, str]:
    """Split "Jakarta (ANTARA) - Harga beras …" into dateline and text.

    A dateline ends at a dash within 90 characters; its words start with capitals or digits. It names a medium, or a
    place without a second one behind ("Jakarta - Bandung" is a route). An outlet's own ``pattern`` replaces that rule.
    """
    stripped = text.lstrip()
    if pattern is not None:
        found = re.match(pattern, stripped)
        if found is None or not found.end():
            return None, text
        return _without_dash(found[0]), stripped[found.end() :].lstrip()
    for dash in _DASH.finditer(stripped[: _LONGEST + 5]):
        head, rest = stripped[: dash.start()], stripped[dash.end() :]
        if _is_dateline(head, rest):
            second = _SECOND_PLACE.match(rest)
            if second and _DOMAIN.fullmatch(head):
                return f"{head} - {second[1]}", rest[second.end() :]
            return " ".join(head.split()), rest
    return None, text


def _without_dash(head: str) -> str | None:
    return " ".join(head.split()).rstrip(" -–—•") or None


def _is_dateline(head: str, rest: str) -> bool:
    if not head or len(head) > _LONGEST or not _STARTS_SENTENCE.match(rest):
        return False
    agency = _AGENCY.search(head)
    body = head[: agency.start()] if agency else head
    parts = [" ".join(part.split()) for part in body.split(",") if part.strip()]
    if not all(_could_stand_in_dateline(word) for part in parts for word in part.split()):
        return False
    if agency or any(_is_medium(part, alone=len(parts) == 1) for part in parts):
        return True
    return 1 <= len(parts) <= 2 and _is_place(parts[0], rest)  # noqa: PLR2004 - "Mataram, NTB"


def _could_stand_in_dateline(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word[0] in "(." or _names_medium(word)


def _names_medium(name: str) -> bool:
    return bool(_DOMAIN.match(name)) or name.casefold() in _MEDIA


def _is_medium(part: str, *, alone: bool) -> bool:
    if _names_medium(part):
        return True
    ending = _MEDIA_ENDING.search(part)
    return bool(ending) and (not alone or part.casefold().endswith(("online", "news", "channel")))


def _is_place(name: str, rest: str) -> bool:
    if not (name.casefold() in _PLACES or (name.isupper() and len(name) > 4)):  # noqa: PLR2004 - not PSSI, KPK
        return False
    words = re.findall(r"[\w.']+", rest[:60])[:3]
    return not any(" ".join(words[:count]).casefold() in _PLACES for count in (1, 2, 3))


@lru_cache(maxsize=256)
def outlet_pattern(names: tuple[str, ...]) -> str:
    """Build a pattern for datelines like "Sukamaju, Kabar Contoh –"."""
    own = "|".join(re.escape(name) for name in names)
    return rf"(?:[A-Z][\w.'’-]*[,/ ]+){{0,6}}(?i:{own})\s*(?:\([^)]{{1,30}}\)\s*)?[-–—]{{1,2}}\s+"


def split_credit(paragraphs: Sequence[str]) -> tuple[str | None, list[str]]:
    """Split the credit behind an article's last sentence from its paragraphs.

    "Sumber: TASS" gives "TASS", "(ant/dil/jpnn)" the content of the parentheses. A stated source wins over initials.
    The first paragraph is never taken whole.
    """
    rest, source, initials = list(paragraphs), None, None
    for _ in range(min(_MOST_ENDS, len(rest))):
        text, named, initial = _cut(rest[-1])
        if text == rest[-1].rstrip() or (not text and len(rest) == 1):
            break
        source, initials = source or named, initials or initial
        rest[-1:] = [text] if text else []
    return source or initials, rest


def _cut(paragraph: str) -> tuple[str, str | None, str | None]:
    text = paragraph.rstrip()
    rules: tuple[tuple[re.Pattern[str], Callable[[str], re.Match[str] | None]], ...] = (
        (_SOURCE, _SOURCE.match),
        (_SIGN_OFF, lambda text: _SIGN_OFF.search(text, _end(text))),
    )
    for rule, find in rules:
        found = find(text)
        if found and found[1].casefold() not in _NO_SIGN_OFF:
            words = " ".join(found[1].split())
            before = text[: found.start()].rstrip()
            return (before, words, None) if rule is _SOURCE else (before, None, words)
    ruler = _RULER.search(text, _end(text))
    return (text[: ruler.start()].rstrip() if ruler else text), None, None


def _end(text: str) -> int:
    return max(0, len(text) - _LONGEST_END)
