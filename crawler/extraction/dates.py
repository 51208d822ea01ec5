"""Find when an article was published and modified."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from operator import itemgetter

from lxml.etree import _Element as Element

from core.dates import parse_date
from core.models import Page, Timestamp
from crawler.extraction import page_data
from crawler.extraction.document import attributes_of, clean_text, select, text_of
from crawler.extraction.json_ld import text_value
from crawler.extraction.statements import Statements

# Server clocks run ahead a little, and some sites state the next edition's minute. Later dates are a wrong zone or a
# placeholder, and would lead every "newest first" for years.
_AHEAD = timedelta(hours=1)

_META_PUBLISHED = (
    *(
        "article:published_time",
        "og:published_time",
        "og:article:published_time",
        "datepublished",
        "content_publisheddate",
    ),
    *(
        "publishdate",
        "dtk:publishdate",
        "pubdate",
        "publish-date",
        "publish_date",
        "published_time",
        "article.published",
    ),
    *("sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "dc.date.issued", "dc.date", "dcterms.date"),
    *("date.release", "publication_date", "article:published", "date"),
)
_META_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "revised")

_MONTHS = "jan|feb|peb|mar|apr|mei|may|jun|jul|ag[ust]|aug|sep|okt|oct|nov|nop|des|dec"
# A day with its year, as shown on a page; a time alone and "2 jam lalu" mean nothing without the time of reading.
_SHOWN = re.compile(
    rf"\b\d{{1,2}}\s+(?:{_MONTHS})\w*\.?,?\s+\d{{4}}|\b(?:{_MONTHS})\w*\.?\s+\d{{1,2}},?\s+\d{{4}}"
    r"|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\b\d{4}-\d{2}-\d{2}",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\b(?:diperbarui|diperbaharui|update[d]?|terakhir|modified)\b", re.IGNORECASE)
_DAY_AND_TIME = re.compile(
    rf"\W*(?:[a-z’'`]{{4,8}}\W+)?\d{{1,2}}\s+(?:{_MONTHS})\w*\s+\d{{4}}\W*\d{{1,2}}[:.]\d{{1,2}}[\w\s:.]*",
    re.IGNORECASE,
)
_ALONE_TAGS = ("time", "div", "span", "p", "td", "small", "b", "i", "em", "strong", "font")
_LONGEST_SHOWN = 160
_DATE_TAGS = ("time", "div", "span", "p", "td")
_AFTER_TITLE, _BEFORE_TITLE = 60, 25  # elements; bylines are closer, other articles' dates farther
_FARTHER_BEFORE = 1.5  # a date above the title is as likely as one this much farther below
_CLOCK = timedelta(minutes=5)  # between the page's creation and its arrival
_SENTENCE, _SOME_TEXT = 80, 300  # characters
_DATE_WORDS = re.compile(
    r"(?:^|[\s_-])(?:date\w*|time\w*|tgl|tanggal|waktu|jam|publish\w*|pubdate|posted\w*|post-on|jdate|created|info)(?=$|[\s_-])",
    re.IGNORECASE,
)
_URL_DAY = re.compile(r"/(20\d{2})/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?=/|$)")


@dataclass(frozen=True)
class _Reader:
    page: Page
    statements: Statements
    now: datetime
    headline: Element | None = None

    @cached_property
    def near_title(self) -> list[Element]:
        """Elements above the text that may show the date, nearest first."""
        anchor, elements = self.headline, self.statements.elements
        if anchor is None:
            named = (el for el in self.statements.tree.iter(*_DATE_TAGS) if _says_date(attributes_of(el)))
            return list(islice(named, _AFTER_TITLE))
        behind = elements.index(anchor) + 1
        inside = sum(1 for _ in anchor.iterdescendants())
        after = _above_text(elements[behind : behind + inside + _AFTER_TITLE])
        before = ((_FARTHER_BEFORE * distance, element) for distance, element in enumerate(self.above_title))
        return [element for _, element in sorted([*enumerate(after), *before], key=itemgetter(0))]

    @cached_property
    def above_title(self) -> list[Element]:
        """Elements above the title, nearest first: the date, or the masthead's clock."""
        anchor, elements = self.headline, self.statements.elements
        if anchor is None:
            return []
        around = set(anchor.iterancestors())
        before = (element for element in reversed(elements[: elements.index(anchor)]) if element not in around)
        return list(islice(before, _BEFORE_TITLE))

    def is_clock(self, moment: Timestamp, element: Element) -> bool:
        """True for the time of reading, shown by a clock in the masthead."""
        if element not in self.above_title:
            return False
        zone, reading = self.statements.outlet.zone, self.page.fetched_at or self.now
        if moment.precision == "day":
            return moment.at.date() == reading.astimezone(zone).date()
        return abs(moment.at - reading) <= _CLOCK

    def read(self, raw: str | None, source: str) -> Timestamp | None:
        raw = clean_text(raw)
        if not raw:
            return None
        return parse_date(
            raw[:_LONGEST_SHOWN],
            zone=self.statements.outlet.zone,
            base=self.page.fetched_at or self.now,
            source=source,
            latest=self.now + _AHEAD,
        )


def find_published(
    page: Page, statements: Statements, now: datetime, headline: Element | None = None
) -> Timestamp | None:
    """Find the publication date; ``None`` if nothing credible states one.

    In order: declared element, JSON-LD, ``meta``, ``<time>``, text near the title, the URL's day, the source's hint. A
    visible date corrects a wrong zone. The time of crawling is never used.
    """
    reader = _Reader(page, statements, now, headline)
    declared = _declared(reader)
    if declared and declared.precision == "second":
        return declared
    other = _undeclared(reader)
    if not (declared and other):
        return declared or other
    return _reconciled(other, declared) if _agree(reader, declared, other) else declared


def _agree(reader: _Reader, declared: Timestamp, other: Timestamp) -> bool:
    if declared.precision == "day":
        return other.precision != "day" and _local_day(reader, other) == _local_day(reader, declared)
    return _minute(other.at) == _minute(declared.at) or _wall_clock(other.at) == _wall_clock(declared.at)


def _local_day(reader: _Reader, moment: Timestamp) -> date:
    return moment.at.astimezone(reader.statements.outlet.zone).date()


def _undeclared(reader: _Reader) -> Timestamp | None:
    stated = _exact(_stated(reader, "datePublished", _META_PUBLISHED)) or _time_element(reader)
    shown = _shown(reader)
    if stated and shown:
        return _reconciled(stated, shown)
    if stated or shown:
        return stated or shown
    if reader.headline is None and (alone := _alone(reader)):
        return alone
    carried = reader.read(page_data.published_of(reader.statements.tree), "page-data")
    hint = reader.page.candidate.published if reader.page.candidate else None
    return carried or _better_hint(_url_day(reader), hint, reader.now)


def find_modified(page: Page, statements: Statements, now: datetime, first: Timestamp | None) -> Timestamp | None:
    """Find the stated modification date; ``first`` is the publication."""
    found = _exact(_stated(_Reader(page, statements, now), "dateModified", _META_MODIFIED))
    if found and first and found.raw.endswith("Z") and first.raw.endswith("Z") and first.at.utcoffset():
        found = replace(found, at=found.at.replace(tzinfo=first.at.tzinfo))  # the same wrong "Z" as in the publication
    return found if found and (first is None or first.precision == "day" or found.at >= first.at) else None


def _declared(reader: _Reader) -> Timestamp | None:
    css = reader.statements.outlet.article.date
    for element in select(reader.statements.tree, css) if css else ():
        for raw in (text_of(element), element.get("datetime"), element.get("content")):
            if moment := reader.read(raw, "selector"):
                return moment
    return None


def _stated(reader: _Reader, name: str, metas: tuple[str, ...]) -> Iterator[Timestamp]:
    if moment := reader.read(text_value(reader.statements.article.get(name)), f"json-ld:{name}"):
        yield moment
    stated = reader.statements.metas
    for meta in filter(stated.__contains__, metas):
        for raw in stated[meta][:2]:
            if moment := reader.read(raw, f"meta:{meta}"):
                yield moment
    for element in reader.statements.by_itemprop.get(name, ())[:3]:
        raw = element.get("datetime") or element.get("content") or text_of(element)
        if moment := reader.read(raw, f"itemprop:{name}"):
            yield moment


def _exact(moments: Iterator[Timestamp]) -> Timestamp | None:
    day = None
    for moment in moments:
        if moment.precision != "day":
            return moment
        day = day or moment
    return day


def _time_element(reader: _Reader) -> Timestamp | None:
    for element in reader.near_title:
        if element.tag != "time" or _CHANGED.search(attributes_of(element)):
            continue
        if moment := reader.read(element.get("datetime") or text_of(element), "time"):
            return moment
    return None


def _shown(reader: _Reader) -> Timestamp | None:
    day_only = None
    for element in reader.near_title:
        for raw in _shown_strings(element):
            moment = reader.read(raw, "visible")
            if moment and reader.is_clock(moment, element):
                continue
            if moment and moment.precision != "day":
                return moment
            day_only = day_only or moment
    return day_only


def _alone(reader: _Reader) -> Timestamp | None:
    """Find just a day and time above the text of a page without headline."""
    for element in _above_text(reader.statements.tree.iter(*_ALONE_TAGS)):
        raw = clean_text(element.text)
        if _DAY_AND_TIME.fullmatch(raw) and (moment := reader.read(raw, "visible")):
            return replace(moment, confidence="medium")
    return None


@lru_cache(maxsize=4096)
def _says_date(words: str) -> bool:
    return _DATE_WORDS.search(words) is not None


def _shown_strings(element: Element) -> Iterator[str]:
    own = clean_text(" ".join(filter(None, [element.text, *(child.tail for child in element)])))
    if _says_date(attributes_of(element)) and len(whole := text_of(element)) <= _LONGEST_SHOWN:
        own = whole
    if 0 < len(own) <= _LONGEST_SHOWN and (day := _SHOWN.search(own)) and not _CHANGED.search(own[: day.start()]):
        yield own


def _above_text(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield elements up to so much text that later dates are other articles'."""
    passed = 0
    for element in elements:
        passed += sum(len(run) for run in (element.text, element.tail) if run and len(run) >= _SENTENCE)
        if passed > _SOME_TEXT:
            return
        yield element


def _reconciled(stated: Timestamp, shown: Timestamp) -> Timestamp:
    if shown.precision == "day":
        return stated
    if _minute(stated.at) == _minute(shown.at.astimezone(stated.at.tzinfo)):
        return shown if stated.precision != "second" and shown.precision == "second" else stated
    # "10:00Z" in the head and "10:00 WIB" on the page: the head means WIB.
    if _wall_clock(stated.at) == _wall_clock(shown.at):
        return shown if shown.precision == "second" else replace(stated, at=stated.at.replace(tzinfo=shown.at.tzinfo))
    return shown if stated.precision == "day" and stated.at.date() == shown.at.date() else stated


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _wall_clock(moment: datetime) -> datetime:
    return _minute(moment).replace(tzinfo=None)


def _url_day(reader: _Reader) -> Timestamp | None:
    found = _URL_DAY.search(reader.page.url)
    if not found:
        return None
    moment = reader.read("-".join(part.zfill(2) for part in found.groups()), "url")
    return replace(moment, raw=found[0], precision="day", confidence="low") if moment else None


def _better_hint(day: Timestamp | None, hint: Timestamp | None, now: datetime) -> Timestamp | None:
    if hint is None or hint.at > now + _AHEAD:
        return day
    return day if day and abs(day.at - hint.at) > timedelta(days=2) else hint
