"""A document of a seed corpus as an ``Article``: plain text in whatever order people saved it, or a table's row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.dates import find_date, parse_date
from core.models import Article, Reason, Rejection, Timestamp
from core.urls import clean
from crawler.extraction import bylines
from crawler.extraction.datelines import own_pattern, split_credit, split_dateline
from crawler.extraction.furniture import is_heading, is_prose, strip_lines
from crawler.extraction.language import detect
from crawler.extraction.titles import without_site
from crawler.seeds.decoding import NotTextError, decode
from crawler.seeds.heading import Heading, read_tail, split_heading
from crawler.seeds.lines import tidy_lines
from crawler.seeds.naming import outlet_named, outlet_of_url, site_names
from outlets.schema import Outlet

_DEFAULT_ZONE = "Asia/Jakarta"
_OTHER_ZONE = ZoneInfo("UTC")  # a date that is another instant there states no zone
_AHEAD = timedelta(hours=1)  # clocks differ
_COMMENTS = re.compile(r"\W*(?:\d+\s+)?(?:komentar|comments?)\W*(?:\(?\d+\)?\W*)?", re.IGNORECASE)


def read_document(content: bytes, name: str, outlets: Sequence[Outlet], now: datetime) -> Article | Rejection:
    """What a text document says: the article, or why it is none. What it does not state stays unknown.

    The date is a line's own ("Sabtu, 14 September 2024 12:45:6 WIB"), never one in a sentence ("(10/9)"). Without a
    zone in it, it is in the outlet's, and of medium confidence where the document names no outlet.

    Args:
        content: the file's bytes.
        name: the file's name, for the rejection.
        outlets: the declared ones; the document's is found by address, dateline, title or credit.
        now: aware; a date after it is refused.
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
    """What a row or JSON object says; its keys are those of ``crawler.seeds.tables``."""
    heading = Heading(
        title=record.get("title"),
        section=record.get("section"),
        url=record.get("url"),
        authors=bylines.names(record.get("author", "")),
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
    """The lines up to the comments, or to a heading ("Berita Lainnya") that no paragraph follows any more."""
    for at, line in enumerate(lines):
        if at and (_COMMENTS.fullmatch(line) or (is_heading(line) and not any(map(is_prose, lines[at:])))):
            return list(lines[:at])
    return list(lines)


def _article(body: Sequence[str], heading: Heading, outlets: Sequence[Outlet]) -> Article:
    credit, paragraphs = split_credit(body)
    dateline, text = split_dateline("\n".join(paragraphs))
    url = clean(heading.url) if heading.url else None
    outlet = _outlet(url, [*heading.named, dateline, _title_end(heading.title)], outlets)
    # A title alone on its line ("Radio Bharata Online") was taken for an author's name.
    outlet = outlet or next(filter(None, (outlet_named(name, outlets, in_full=True) for name in heading.authors)), None)
    # "(Antara)" below a text is whom the outlet copied; "Sumber: Kompas.com" is where a person copied the text.
    outlet = outlet or outlet_named(credit, outlets, in_full=True)
    if outlet and dateline is None and outlet.article.dateline:
        dateline, text = split_dateline(text, outlet.article.dateline)
    if dateline is None:
        names_known = tuple(name for each in ([outlet] if outlet else outlets) for name in site_names(each))
        dateline, text = split_dateline(text, own_pattern(names_known)) if names_known else (None, text)
        outlet = outlet or outlet_named(dateline, outlets)
    names = site_names(outlet) if outlet else []
    return Article(
        url=url,
        outlet=outlet.name if outlet else None,
        title=without_site(heading.title, names) if heading.title else None,
        text=text,
        authors=[name for name in heading.authors if name.casefold() not in {each.casefold() for each in names}],
        section=heading.section,
        language=detect(text),
        dateline=dateline,
        credit=credit,
        timezone=outlet.timezone if outlet else _DEFAULT_ZONE,
    )


def _outlet(url: str | None, named: Sequence[str | None], outlets: Sequence[Outlet]) -> Outlet | None:
    if url and (outlet := outlet_of_url(url, outlets)):
        return outlet
    return next((outlet for text in named for outlet in [outlet_named(text, outlets)] if outlet), None)


def _title_end(title: str | None) -> str | None:
    """What a title says behind its last separator, where a site puts its name."""
    pieces = re.split(r"\s[-–—|]\s", title or "")
    return pieces[-1] if len(pieces) > 1 else None


class _ReadDate(Protocol):
    def __call__(self, *, zone: ZoneInfo, latest: datetime) -> Timestamp | None: ...


def _published(article: Article, now: datetime, read: _ReadDate) -> Timestamp | None:
    stamp = read(zone=ZoneInfo(article.timezone), latest=now + _AHEAD)
    elsewhere = read(zone=_OTHER_ZONE, latest=now + timedelta(days=2))
    if (
        stamp is None or elsewhere is None or stamp.confidence == "low"
    ):  # "2 jam lalu" in a file: nobody knows from when
        return None
    states_its_zone = stamp.at == elsewhere.at
    return stamp if article.outlet or states_its_zone else replace(stamp, confidence="medium")
