"""Reads a seed document as an ``Article``: text in any order, or a table's row."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from core.dates import find_date, parse_date
from core.models import Article, Reason, Rejection, Timestamp
from core.urls import belongs, clean_url
from crawler.extraction import bylines
from crawler.extraction.datelines import outlet_pattern, split_credit, split_dateline
from crawler.extraction.furniture import is_furniture_line, is_heading, is_prose, strip_lines
from crawler.extraction.language import detect_language
from crawler.extraction.titles import SECTIONS, without_site
from outlets.schema import Outlet
from pipelines.seeds.charset import NotTextError, decode

_MOST_LINES = 14
_MOST_CAPTION_LINES = 2
_LONGEST_TITLE = 200
_LONGEST_DATE_LINE = 120
_MOST_WORDS_BESIDE_A_DATE = 5  # "Budi Santoso - Sabtu, …"; more is a headline
_MOST_WORDS_OF_AN_OUTLET = 5  # "Sumber: Putin siap berunding pekan depan" is a headline
_ENDS_SENTENCE = re.compile(r"[.…][\"”’')\]]*$")
_LABELS = {
    "title": "judul title headline",
    "date": "tanggal tgl date published publikasi diterbitkan terbit tayang dimuat diposting",
    "author": "penulis author oleh by reporter pewarta wartawan editor laporan kontributor redaktur penyunting",
    "url": "url link tautan",
    "outlet": "media outlet portal sumber source situs publisher",
    "section": "kategori category rubrik kanal section",
}
_KINDS = {word: kind for kind, words in _LABELS.items() for word in words.split()}
_LABEL = re.compile(
    rf"(?P<label>{'|'.join(_KINDS)})(?:\s+(?:berita|artikel|publikasi|terbit))?\s*[:=]\s*(?P<value>\S.*)$",
    re.IGNORECASE,
)
_OLEH = re.compile(r"(?:[Oo]leh|OLEH|[Bb]y)\s+(?P<names>[A-Z].{1,60})$")
_URL = re.compile(r"<?(https?://[^\s<>]+)>?$")
_DATE_LABELS = re.compile(
    r"(?:di)?(?:terbit|tayang|update|posting|perbarui|muat|publikasi)\w*|\b(?:pukul|jam)\b", re.IGNORECASE
)


@dataclass(slots=True)
class Heading:
    """Facts as the lines state them. ``named`` are texts that may name the outlet."""

    title: str | None = None
    date: str | None = None
    section: str | None = None
    url: str | None = None
    authors: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)


def split_heading(lines: Sequence[str]) -> tuple[Heading, list[str]]:
    """Split tidy lines, at least one, into the facts above the text and its lines.

    The text begins at the first dateline, else at the first line with a sentence's end. Above it stand labelled facts,
    a full date, and title, section, author and caption in this order. A caption of one or two lines is dropped.
    """
    start = _text_start(lines)
    heading = Heading()
    left = [
        line
        for line in lines[:start]
        if not (_read_fact(line, heading) or is_furniture_line(line) or _read_bare(line, heading))
    ]
    caption = len(left) <= _MOST_CAPTION_LINES
    return heading, [*([] if caption else left), *lines[start:]]


def read_tail(lines: Sequence[str], heading: Heading) -> list[str]:
    """Return the lines without the facts below the text; they fill ``heading``'s gaps.

    Two or more dated headlines at the end belong to other articles and are dropped.
    """
    rest, below = _without_dated_headlines(lines), Heading()
    end = len(rest)
    while end > 1 and (_is_credit(rest[end - 1]) or _is_fact(rest[end - 1]) or is_furniture_line(rest[end - 1])):
        end -= 1
    stated = [line for line in rest[end:] if _is_credit(line)]
    for line in rest[end:]:
        if line not in stated:
            _read_fact(line, below)
    heading.authors = heading.authors or below.authors
    heading.date = heading.date or below.date
    heading.url = heading.url or below.url
    heading.named += below.named
    return rest[:end] + stated


def is_date_line(line: str) -> bool:
    return _date_and_rest(line) == (line, "")


def is_labelled(line: str) -> bool:
    return _LABEL.match(line) is not None


def _is_credit(line: str) -> bool:
    return "://" not in line and split_credit(["", line])[1] == [""]


def _text_start(lines: Sequence[str]) -> int:
    top = range(min(len(lines), _MOST_LINES))
    prose = [index for index in top if _is_prose(lines, index)]
    dateline = next((index for index in top if split_dateline(lines[index])[0] and not _is_fact(lines[index])), None)
    if dateline is not None and sum(index < dateline for index in prose) <= 1:
        return dateline
    if prose:
        return prose[0]
    return 1 if len(lines) > 1 else 0


def _is_prose(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if _LABEL.match(line) or is_date_line(line) or _OLEH.match(line) or is_furniture_line(line) or line.startswith("#"):
        return False
    followed_by_date = any(map(is_date_line, lines[index + 1 : index + 2]))
    if index == 0 and followed_by_date and len(line) <= _LONGEST_TITLE:
        return False
    return len(line) > _LONGEST_TITLE or bool(_ENDS_SENTENCE.search(line))


def _is_fact(line: str) -> bool:
    return _read_fact(line, Heading())


def _read_fact(line: str, heading: Heading) -> bool:
    if address := _URL.match(line):
        heading.url = heading.url or address[1]
        return True
    if label := _LABEL.match(line):
        return _read_label(_KINDS[label["label"].casefold()], label["value"].strip(" \"'"), heading)
    if oleh := _OLEH.match(line):
        heading.authors += bylines.read_names(oleh["names"])
        return True
    date, rest = _date_and_rest(line)
    if date is None or len(rest.split()) > _MOST_WORDS_BESIDE_A_DATE or (rest and _ENDS_SENTENCE.search(line)):
        return False
    heading.date = heading.date or date
    if rest and _looks_like_name(rest):
        heading.authors = heading.authors or bylines.read_names(rest)
    elif rest:
        heading.named.append(rest)
    return True


def _read_label(kind: str, value: str, heading: Heading) -> bool:
    if kind == "author":
        heading.authors += bylines.read_names(value)
    elif address := _URL.match(value):
        heading.url = heading.url or address[1]
    elif kind == "outlet":
        if len(value.split()) > _MOST_WORDS_OF_AN_OUTLET:
            return False
        heading.named.append(value)
    elif getattr(heading, kind) is None:
        setattr(heading, kind, value)
    return True


def _read_bare(line: str, heading: Heading) -> bool:
    text = line.lstrip("# ")
    words = text.split()
    if heading.title is None and len(words) > 2:  # noqa: PLR2004 - one or two words are a section or a name
        heading.title = text
    elif heading.section is None and not heading.authors and {word.casefold() for word in words} <= SECTIONS:
        heading.section = text
    elif heading.title and not heading.authors and (_looks_like_name(text) or (heading.section and len(words) == 1)):
        heading.authors = bylines.read_names(text)
    else:
        return text == heading.title
    return True


def _looks_like_name(text: str) -> bool:
    words = text.split()
    return len(words) in range(2, 6) and all(re.fullmatch(r"[A-Z][\w'’-]*[.,]?", word) for word in words)


def _date_and_rest(line: str) -> tuple[str | None, str]:
    if len(line) > _LONGEST_DATE_LINE or not re.search(r"\d", line):
        return None, line
    # The zone does not matter for finding.
    date = find_date(line, zone=ZoneInfo("UTC"), source="")
    if date is None:
        return None, line
    rest = _DATE_LABELS.sub(" ", line.replace(date.raw, " "))
    return line, " ".join(rest.split()).strip(" -–—|:,()•/.")


def _without_dated_headlines(lines: Sequence[str]) -> list[str]:
    rest = list(lines)
    pairs = 0
    while len(rest) > 3 and is_date_line(rest[-1]) and not _ENDS_SENTENCE.search(rest[-2]):  # noqa: PLR2004
        rest = rest[:-2]
        pairs += 1
    return rest if pairs > 1 else list(lines)


_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,;/()|]\s*|\s+[-–—]+\s+")
_TOP_LEVEL = re.compile(r"\.(?:com|co\.id|co|id|net|org|tv)$", re.IGNORECASE)


def outlet_of_url(url: str, outlets: Iterable[Outlet]) -> Outlet | None:
    return next((outlet for outlet in outlets if belongs(url, outlet.domains)), None)


def outlet_named(text: str | None, outlets: Sequence[Outlet], *, in_full: bool = False) -> Outlet | None:
    """Return the outlet that a short text names (dateline, credit).

    By host ("RAKYATKU.COM"), several words of a part ("Radio Bharata Online"), or a whole part ("Jakarta, VIVA");
    ``in_full`` by host or whole title only.
    """
    if not text:
        return None
    for host in _HOST.findall(text.casefold()):
        if outlet := outlet_of_url(f"https://{host}/", outlets):
            return outlet
    parts = [_words(part) for part in _PARTS.split(text)]
    names = [
        (name, outlet) for outlet in outlets for name in (_names(outlet)[:1] if in_full else _names(outlet)) if name
    ]
    for name, outlet in sorted(names, key=lambda pair: -len(pair[0])):
        if any(name == part or (len(name) > 1 and _within(name, part)) for part in parts):
            return outlet
    return None


def site_names(outlet: Outlet) -> list[str]:
    return [_without_explanation(outlet.title), *outlet.domains]


def _names(outlet: Outlet) -> list[tuple[str, ...]]:
    """Return its names as words: title first, "Kompas" of "Kompas.com", the key."""
    title = _without_explanation(outlet.title)
    return [_words(title), _words(_TOP_LEVEL.sub("", title)), _words(outlet.name.replace("_", " "))]


def _without_explanation(title: str) -> str:
    return re.sub(r"\s*\(.*\)", "", title)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _within(words: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[start : start + len(words)] == words for start in range(len(whole) - len(words) + 1))


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad"))
_OPEN_DASH = re.compile(r".{2,90}\s(?:-{1,2}|[–—])$")
_FENCE = re.compile(r"(?:-{3,}|={3,}|\*{3,}|_{3,})$")
_ENDS = re.compile(r"[.!?:;…][\"”’')\]]*$")
_WIDEST_WRAPPED = 100  # columns; a paragraph on one line is hardly ever shorter
_FULL = 0.6  # of the widest line: a shorter one ended there on purpose


def tidy_lines(text: str) -> list[str]:
    """Return lines in NFC, single-spaced, none empty, hard-wrapped ones joined."""
    plain = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    lines = _unwrapped([" ".join(line.split()) for line in plain.splitlines()])
    joined: list[str] = []
    for line in lines:
        if joined and _OPEN_DASH.fullmatch(joined[-1]) and split_dateline(f"{joined[-1]} {line}")[0]:
            joined[-1] += f" {line}"
        elif line and not (_FENCE.match(line) and not joined):
            joined.append(line)
    return joined


def _unwrapped(lines: Sequence[str]) -> list[str]:
    widest = max(map(len, lines), default=0)
    pairs = list(pairwise(lines))
    if widest > _WIDEST_WRAPPED or not any(
        _goes_on(above, below, widest) and below[0].islower() for above, below in pairs
    ):
        return list(lines)
    joined = list(lines[:1])
    for above, below in pairs:
        if _goes_on(above, below, widest):
            joined[-1] += f" {below}"
        else:
            joined.append(below)
    return joined


def _goes_on(above: str, below: str, widest: int) -> bool:
    if not above or not below or len(above) < _FULL * widest or is_date_line(below) or is_labelled(below):
        return False
    return below[0].islower() or not _ENDS.search(above)


_DEFAULT_ZONE = "Asia/Jakarta"
_OTHER_ZONE = ZoneInfo("UTC")  # a date that is another instant there states no zone
_AHEAD = timedelta(hours=1)  # clocks differ
_COMMENTS = re.compile(r"\W*(?:\d+\s+)?(?:komentar|comments?)\W*(?:\(?\d+\)?\W*)?", re.IGNORECASE)


def read_document(content: bytes, name: str, outlets: Sequence[Outlet], now: datetime) -> Article | Rejection:
    """Read a text document as an article, or return why it is none.

    The date is a line's own, never one in a sentence ("(10/9)"). Without a zone it is in the outlet's, and of medium
    confidence without an outlet; never after ``now``.
    """
    try:
        text, _ = decode(content)
    except NotTextError as error:
        return Rejection(Reason.NO_TEXT, f"{name}: {error}")
    heading, body = split_heading(tidy_lines(text))
    body = strip_lines(read_tail(_without_other_articles(body), heading))
    article = _article(body, heading, outlets)
    if not article.text:
        return Rejection(Reason.NO_TEXT, f"{name}: nothing in it reads as an article", heading.title)
    if date := heading.date:
        article.published = _published(article, now, lambda **how: find_date(date, source="seed:line", **how))
    return article


def read_record(record: Mapping[str, str], name: str, outlets: Sequence[Outlet], now: datetime) -> Article | Rejection:
    """Read a row or JSON object; its keys are those of ``pipelines.seeds.files``."""
    heading = Heading(
        title=record.get("title"),
        section=record.get("section"),
        url=record.get("url"),
        authors=bylines.read_names(record.get("author", "")),
        named=[record["outlet"]] if "outlet" in record else [],
    )
    article = _article(strip_lines(_without_other_articles(tidy_lines(record.get("text", "")))), heading, outlets)
    if not article.text:
        return Rejection(Reason.NO_TEXT, f"{name}: no text", heading.title)
    article.summary = record.get("summary")
    article.dateline = article.dateline or record.get("dateline")
    article.credit = article.credit or record.get("credit")
    if date := record.get("date"):
        article.published = _published(
            article, now, lambda **how: parse_date(date, base=now, source="seed:date", **how)
        )
    return article


def _without_other_articles(lines: Sequence[str]) -> list[str]:
    for at, line in enumerate(lines):
        if at and (_COMMENTS.fullmatch(line) or (is_heading(line) and not any(map(is_prose, lines[at:])))):
            return list(lines[:at])
    return list(lines)


def _article(body: Sequence[str], heading: Heading, outlets: Sequence[Outlet]) -> Article:
    credit, paragraphs = split_credit(body)
    dateline, text = split_dateline("\n".join(paragraphs))
    url = clean_url(heading.url) if heading.url else None
    outlet = _outlet(url, [*heading.named, dateline, _title_end(heading.title)], outlets)
    # A title alone on its line ("Radio Bharata Online") was taken for an author's name.
    outlet = outlet or next(filter(None, (outlet_named(name, outlets, in_full=True) for name in heading.authors)), None)
    # "(Antara)" below a text names the outlet's source, "Sumber: Kompas.com" the outlet itself.
    outlet = outlet or outlet_named(credit, outlets, in_full=True)
    if outlet and dateline is None and outlet.article.dateline:
        dateline, text = split_dateline(text, outlet.article.dateline)
    if dateline is None:
        names_known = tuple(name for each in ([outlet] if outlet else outlets) for name in site_names(each))
        dateline, text = split_dateline(text, outlet_pattern(names_known)) if names_known else (None, text)
        outlet = outlet or outlet_named(dateline, outlets)
    names = site_names(outlet) if outlet else []
    return Article(
        url=url,
        outlet=outlet.name if outlet else None,
        title=without_site(heading.title, names) if heading.title else None,
        text=text,
        authors=[name for name in heading.authors if name.casefold() not in {each.casefold() for each in names}],
        section=heading.section,
        language=detect_language(text),
        dateline=dateline,
        credit=credit,
        timezone=outlet.timezone if outlet else _DEFAULT_ZONE,
    )


def _outlet(url: str | None, named: Sequence[str | None], outlets: Sequence[Outlet]) -> Outlet | None:
    if url and (outlet := outlet_of_url(url, outlets)):
        return outlet
    return next((outlet for text in named for outlet in [outlet_named(text, outlets)] if outlet), None)


def _title_end(title: str | None) -> str | None:
    pieces = re.split(r"\s[-–—|]\s", title or "")
    return pieces[-1] if len(pieces) > 1 else None


class _ReadDate(Protocol):
    def __call__(self, *, zone: ZoneInfo, latest: datetime) -> Timestamp | None: ...


def _published(article: Article, now: datetime, read: _ReadDate) -> Timestamp | None:
    stamp = read(zone=ZoneInfo(article.timezone), latest=now + _AHEAD)
    elsewhere = read(zone=_OTHER_ZONE, latest=now + timedelta(days=2))
    if stamp is None or elsewhere is None or stamp.confidence == "low":  # "2 jam lalu" in a file has no known base
        return None
    states_its_zone = stamp.at == elsewhere.at
    return stamp if article.outlet or states_its_zone else replace(stamp, confidence="medium")
