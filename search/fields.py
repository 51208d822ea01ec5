"""Fields of the query language and the values they take."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import get_args

import luqum.tree as lucene

from core.periods import HOME, read_named
from search.ast import Begins, Fact, Is, Node, Not, Place, Published, Similar

PLACES: Mapping[str, Place] = {place: place for place in get_args(Place)}

_DAYS = "a day (2024-09-14), a month (2024-09), a year (2024), the last days or hours (7d, 12h)"
_DATES = f"date: takes {_DAYS}, from … to (date:[2024-09-01 TO 2024-09-30]; * is open), or >=, >, <=, < one of them"
_NUMBERS = "similarity: takes a bound from 0 to 1: similarity:>0.3, similarity:<=0.8, or similarity:[0.3 TO 0.8]"
_OUTLETS = "outlet: takes a name of lower-case letters, digits and _ (outlet:antara), or its beginning (outlet:antara*)"
_LANGUAGES = "lang: takes a code of two or three letters, e.g. lang:id"
_ORIGINS = "origin: takes seed or crawl"
_STORIES = "story: takes a story's number (story:123), any or none"
_OUTLET = re.compile(r"[a-z0-9_]{1,100}\*?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_STORY = re.compile(r"\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[01]?(?:[.,]\d{1,20})?(?<=\d)", re.ASCII)
_AGO = re.compile(r"\d+[dh]", re.ASCII)


class UnreadableError(Exception):
    """A refused value; the message lists the allowed ones."""


def read_value(field: str, item: lucene.Item, now: datetime) -> Node:
    """Read a value of one of ``VALUES``, without operators or parentheses.

    Raises:
        UnreadableError: the field does not take it.
    """
    return _READERS[field](item, now)


def _outlet(item: lucene.Item, _now: datetime) -> Fact:
    name = _plain(item, _OUTLETS).lower()
    if not _OUTLET.fullmatch(name):
        raise UnreadableError(_OUTLETS)
    return Begins("outlet", name[:-1]) if name.endswith("*") else Is("outlet", name)


def _language(item: lucene.Item, _now: datetime) -> Fact:
    code = _plain(item, _LANGUAGES).lower()
    if not _LANGUAGE.fullmatch(code):
        raise UnreadableError(_LANGUAGES)
    return Is("language", code)


def _origin(item: lucene.Item, _now: datetime) -> Fact:
    origin = _plain(item, _ORIGINS).lower()
    if origin not in {"seed", "crawl"}:
        raise UnreadableError(_ORIGINS)
    return Is("origin", origin)


def _story(item: lucene.Item, _now: datetime) -> Node:
    story = _plain(item, _STORIES).lower()
    if story in {"any", "none"}:
        return Is("story_id", None) if story == "any" else Not(Is("story_id", None))
    if not _STORY.fullmatch(story):
        raise UnreadableError(_STORIES)
    return Is("story_id", int(story))


def _similarity(item: lucene.Item, _now: datetime) -> Fact:
    match item:
        case lucene.From():
            return Similar(_number(item.a), None, with_low=item.include)
        case lucene.To():
            return Similar(None, _number(item.a), with_high=item.include)
        case lucene.Range():
            low, high = (None if _is_open(end) else _number(end) for end in (item.low, item.high))
            if low is not None and high is not None and low > high:
                raise UnreadableError(f"nothing lies between {low:g} and {high:g}")
            return Similar(low, high, item.include_low, item.include_high)
    raise UnreadableError(_NUMBERS)


def _number(item: lucene.Item) -> float:
    text = _plain(item, _NUMBERS)
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else 2.0
    if number > 1:
        raise UnreadableError(_NUMBERS)
    return number


def _date(item: lucene.Item, now: datetime) -> Fact:
    match item:
        case lucene.From():
            return Published(_named(item.a, now)[0 if item.include else 1], None)
        case lucene.To():
            return Published(None, _named(item.a, now)[1 if item.include else 0])
        case lucene.Range():
            start = None if _is_open(item.low) else _named(item.low, now)[0 if item.include_low else 1]
            stop = None if _is_open(item.high) else _named(item.high, now)[1 if item.include_high else 0]
            if start and stop and start >= stop:
                raise UnreadableError(f"nothing lies between {item.low} and {item.high}".replace("  ", " "))
            return Published(start, stop)
    start, stop = _named(item, now)
    if start < stop:
        return Published(start, stop)
    if _AGO.fullmatch(_plain(item, _DATES)):
        return Published(start, None)
    raise UnreadableError("nothing is published in a moment: write date:>= or date:< before a time")


def _named(item: lucene.Item, now: datetime) -> tuple[datetime, datetime]:
    value = _plain(item, _DATES)
    try:
        start, stop = read_named(value, now)
    except ValueError:
        raise UnreadableError(_DATES) from None
    if _AGO.fullmatch(value):
        # Rounded, so that all pages of one search have the same bound.
        start = stop = start.astimezone(HOME).replace(minute=0, second=0, microsecond=0)
        if value.endswith("d"):
            start = stop = start.replace(hour=0)
    return start, stop


def _is_open(item: lucene.Item) -> bool:
    return isinstance(item, lucene.Word) and item.value == "*"


def _plain(item: lucene.Item, allowed: str) -> str:
    if not isinstance(item, lucene.Word | lucene.Phrase):
        raise UnreadableError(allowed)
    value: str = item.value[1:-1] if isinstance(item, lucene.Phrase) else item.value
    return value.replace("\\", "").strip()


_READERS: Mapping[str, Callable[[lucene.Item, datetime], Node]] = {
    "outlet": _outlet,
    "lang": _language,
    "origin": _origin,
    "story": _story,
    "date": _date,
    "similarity": _similarity,
}
VALUES = frozenset(_READERS)
FIELDS = (*PLACES, *_READERS)
