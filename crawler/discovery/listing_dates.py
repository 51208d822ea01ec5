"""The date that a listing page shows beside an article."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from lxml import etree

from core.dates import parse_date
from core.models import Timestamp
from crawler.discovery.dates import date_in_url, read_date
from crawler.discovery.listing_items import Item, neighbours
from crawler.discovery.result import Source

_MAX_LINE = 80  # longer is a summary, whose dates are the event's
_MAX_BESIDE = 30  # a section, a weekday; with more around it a day without a clock time is a headline's
_CLOCK_TIME = re.compile(r"\d[:.]\d{2}(?!\d)")
_ZONE = r"(?:\s*\(?(?:WIB|WITA|WIT|GMT[+-]\d{1,2}|UTC)\b)?"
_CLOCK = rf"\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{1,2}})?{_ZONE}"
_DAY = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[\s/.-]+(?:\d{1,2}|[A-Za-z]{3,9}\.?)[\s/.,-]+\d{4})"
_SPAN = r"detik|menit|jam|hari|minggu|pekan|bulan|seconds?|minutes?|hours?|days?|weeks?|months?"
_SHOWN = re.compile(
    rf"{_DAY}(?:[\s,|/\-–—()T]*(?:pukul|jam)?\s*{_CLOCK})?"
    rf"|(?:\d+|an?)\s*(?:{_SPAN})\s+(?:yang\s+)?(?:lalu|ago)|se(?:detik|menit|jam|hari|pekan|minggu)\s+(?:yang\s+)?lalu"
    rf"|(?:kemarin|hari\s+ini|baru\s+saja|barusan)(?:[\s,|]*{_CLOCK})?|\b\d{{1,2}}[:.]\d{{2}}\s*WI(?:B|TA|T)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:[+-]\d{2}:?\d{2}|Z)?")
_SILENT = frozenset({"script", "style", "template"})
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_EPOCH_ATTRIBUTES = ("d-time", "data-timestamp", "data-time")
_EPOCH_DIGITS = 10  # seconds; thirteen are milliseconds


class _Found(NamedTuple):
    rank: int  # how much it is worth: a machine's date before a shown one
    raw: str
    source: str


def item_dates(items: list[Item], titles: list[str | None], source: Source) -> list[Timestamp | None]:
    """The date of each item: in its own block, else beside it, else in its URL.

    Dates that stand between the blocks belong all to the item before them or all to the item after them, whichever
    is so for more than half of the items: never take one item's date for another's.
    """
    inside = [_first(item.blocks, title, source) for item, title in zip(items, titles, strict=True)]
    beside = _beside(items, source) if any(date is None for date in inside) else [None] * len(items)
    return [
        within or near or date_in_url(item.url, zone=source.zone, now=source.now)
        for item, within, near in zip(items, inside, beside, strict=True)
    ]


def is_date(text: str) -> bool:
    """Whether a text on one line is a date as listings show them, and nothing else."""
    return _SHOWN.fullmatch(text.strip(" |,-–()")) is not None


def _beside(items: list[Item], source: Source) -> list[Timestamp | None]:
    blocks = {block for item in items for block in item.blocks}
    around = [neighbours(item, blocks) for item in items]
    before = [_first(nodes, None, source) for nodes, _ in around]
    after = [_first(nodes, None, source) for _, nodes in around]
    dates = after if _count(after) >= _count(before) else before
    return dates if _count(dates) * 2 > len(items) else [None] * len(items)


def _count(dates: list[Timestamp | None]) -> int:
    return sum(date is not None for date in dates)


def _first(nodes: Iterable[etree._Element], title: str | None, source: Source) -> Timestamp | None:
    found = sorted((one for node in nodes for one in _find(node, title)), key=lambda one: one.rank)
    return next((stamp for one in found if (stamp := _parse(one, source))), None)


def _parse(found: _Found, source: Source) -> Timestamp | None:
    if found.source == "listing:epoch":
        at = datetime.fromtimestamp(int(found.raw[:_EPOCH_DIGITS]), UTC).astimezone(source.zone)
        return Timestamp(at, found.raw, found.source, confidence="medium") if at <= source.now else None
    if found.rank == 0:
        return read_date(found.raw, zone=source.zone, now=source.now, source=found.source)
    stamp = parse_date(found.raw, zone=source.zone, base=source.now, source=found.source, latest=source.now)
    # What stands beside a link may still be the event's date: the article's page decides.
    return replace(stamp, confidence="medium") if stamp and stamp.confidence == "high" else stamp


def _find(node: etree._Element, title: str | None) -> Iterator[_Found]:
    for element in node.iter():
        if isinstance(element, etree._Comment):
            if match := _HIDDEN.search(element.text or ""):
                yield _Found(0, match[0], "listing:comment")
        elif isinstance(element.tag, str) and element.tag not in _SILENT:
            yield from _attributes(element)
            yield from _shown(element.text, title)
        if element is not node:
            yield from _shown(element.tail, title)


def _attributes(node: etree._Element) -> Iterator[_Found]:
    stated = node.get("datetime") if node.tag == "time" else None
    if node.get("itemprop") in {"datePublished", "dateCreated"}:
        stated = node.get("content") or node.get("datetime")
    if stated and stated.strip():
        yield _Found(0, stated, "listing:time")
    for name in _EPOCH_ATTRIBUTES:
        if _EPOCH.fullmatch(node.get(name, "").strip()):
            yield _Found(0, node.get(name, "").strip(), "listing:epoch")


def _shown(text: str | None, title: str | None) -> Iterator[_Found]:
    line = " ".join(text.split()) if text else ""
    if title and line in title and not is_date(line):  # "Upacara 17 Agustus 2024 di Istana"
        return
    match = _SHOWN.search(line) if len(line) <= _MAX_LINE else None
    if match and (len(line) - len(match[0]) <= _MAX_BESIDE or _CLOCK_TIME.search(match[0])):
        yield _Found(1, match[0], "listing:text")
