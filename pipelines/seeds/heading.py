"""What stands around the text of a plain document: date, title, section, author, caption, labelled facts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from core.dates import find_date
from crawler.extraction import bylines
from crawler.extraction.datelines import split_credit, split_dateline
from crawler.extraction.furniture import is_furniture_line
from crawler.extraction.titles import SECTIONS

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
    """The facts above a text and the lines of the text itself.

    The text begins at the first line with a dateline, else at the first that ends as a sentence does. Above it stand
    labelled facts, a line with a full date, and lines in the order title, section, author, caption; a text without
    lines above it has no title. A caption of one or two lines is left out; more than that is text.

    Args:
        lines: tidy and not empty.
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
    """The lines without the facts that stand below the text (author, address, date); they fill what ``heading`` lacks.

    A credit stays where it is. Two or more dated headlines at the end are other articles', and go.
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
    """Whether a line states a full date and nothing else but labels."""
    return _date_and_rest(line) == (line, "")


def is_labelled(line: str) -> bool:
    """Whether a line is a fact with its label ("Penulis: …")."""
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
    """Whether the line was a fact that says what it is."""
    if address := _URL.match(line):
        heading.url = heading.url or address[1]
        return True
    if label := _LABEL.match(line):
        return _read_label(_KINDS[label["label"].casefold()], label["value"].strip(" \"'"), heading)
    if oleh := _OLEH.match(line):
        heading.authors += bylines.names(oleh["names"])
        return True
    date, rest = _date_and_rest(line)
    if date is None or len(rest.split()) > _MOST_WORDS_BESIDE_A_DATE or (rest and _ENDS_SENTENCE.search(line)):
        return False
    heading.date = heading.date or date
    if rest and _looks_like_name(rest):
        heading.authors = heading.authors or bylines.names(rest)
    elif rest:
        heading.named.append(rest)
    return True


def _read_label(kind: str, value: str, heading: Heading) -> bool:
    if kind == "author":
        heading.authors += bylines.names(value)
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
    """Whether the line was title, section or author by its place and look."""
    text = line.lstrip("# ")
    words = text.split()
    if heading.title is None and len(words) > 2:  # noqa: PLR2004 - one or two words are a section or a name
        heading.title = text
    elif heading.section is None and not heading.authors and {word.casefold() for word in words} <= SECTIONS:
        heading.section = text
    elif heading.title and not heading.authors and (_looks_like_name(text) or (heading.section and len(words) == 1)):
        heading.authors = bylines.names(text)
    else:
        return text == heading.title
    return True


def _looks_like_name(text: str) -> bool:
    words = text.split()
    return len(words) in range(2, 6) and all(re.fullmatch(r"[A-Z][\w'’-]*[.,]?", word) for word in words)


def _date_and_rest(line: str) -> tuple[str | None, str]:
    """The line, if it is short and holds a full date, and what it says besides."""
    if len(line) > _LONGEST_DATE_LINE or not re.search(r"\d", line):
        return None, line
    # The zone does not matter for finding.
    found = find_date(line, zone=ZoneInfo("UTC"), source="")
    if found is None:
        return None, line
    rest = _DATE_LABELS.sub(" ", line.replace(found.raw, " "))
    return line, " ".join(rest.split()).strip(" -–—|:,()•/.")


def _without_dated_headlines(lines: Sequence[str]) -> list[str]:
    rest = list(lines)
    pairs = 0
    while len(rest) > 3 and is_date_line(rest[-1]) and not _ENDS_SENTENCE.search(rest[-2]):  # noqa: PLR2004
        rest = rest[:-2]
        pairs += 1
    return rest if pairs > 1 else list(lines)
