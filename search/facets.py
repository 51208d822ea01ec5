"""How what is found spreads over outlets, sections, authors, languages and days: facets and timelines.

A value's number is how many hits there are when the search is narrowed to it. So a story that two outlets tell counts
once for each of them, and once in all. List, count and facets agree.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import compress
from typing import Any, Generic, Literal, TypeVar, get_args

from sqlalchemy import ColumnElement, Date, Text, cast, func, type_coerce
from sqlalchemy.orm import Session

from database.schema import StoredArticle
from search.selection import Selection, lower_ascii, select_columns

V = TypeVar("V")
W = TypeVar("W")

Facet = Literal["outlet", "section", "author", "language"]
FACETS: tuple[Facet, ...] = get_args(Facet)
Step = Literal["day", "week", "month"]
STEPS: tuple[Step, ...] = get_args(Step)

# Days are those of the clock in Jakarta, as on the command line.
_HOME, _AHEAD = "Asia/Jakarta", timedelta(hours=7)  # of UTC, summer and winter, since 1964
_HOUR = len("2024-09-14 17")
# Bars that a chart has room for.
_MOST_DAYS, _MOST_WEEKS = 62, 7 * 62
_AT_ONCE = 5_000
_LENGTHS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: as it is written most often, and how many hits have it."""

    name: str
    hits: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a timeline: from ``start`` to before ``stop``, days in Jakarta, and how many hits there are."""

    start: date
    stop: date
    hits: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The hits by their publication, without gaps, oldest first; ``undated`` ones are in no bar."""

    step: Step
    bars: Sequence[Bar]
    undated: int


@dataclass(frozen=True, slots=True)
class Tally:
    """All numbers of what was found, from one reading.

    Attributes:
        total: hits; of the copies of one text only one counts, unless copies were wanted.
        with_copies: articles.
        facets: the values of each facet, most hits first, then by name; what an article does not state is no value.
    """

    total: int
    with_copies: int
    facets: Mapping[Facet, Sequence[Value]]
    _days: "_Spread[date | None]"

    def timeline(self, step: Step | None = None) -> Timeline:
        """The hits by day, week (from Monday) or month; by what makes some sixty bars at most, if none is given."""
        days = [day for day in self._days.known() if day is not None]
        if not days:
            return Timeline(step or "day", (), self._days.unknown())
        first, last = min(days), max(days)
        chosen = step or _fitting((last - first).days)
        hits = self._days.by(lambda day: _start(day, chosen))
        bars = [Bar(start, stop, hits[start]) for start, stop in _stretches(first, last, chosen)]
        return Timeline(chosen, bars, self._days.unknown())


@dataclass(frozen=True, slots=True)
class _Spread(Generic[V]):
    """The values of what was found: of articles that are alone, and of stories, which count once for a value."""

    alone: Counter[V]
    told: Mapping[V, AbstractSet[int]]

    def apart(self, values: Callable[[V], Iterable[W]]) -> "_Spread[W | None]":
        """The same for the values that each of these stands for, ``None`` where it stands for none."""
        alone: Counter[W | None] = Counter()
        told: defaultdict[W | None, set[int]] = defaultdict(set)
        for value, hits in self.alone.items():
            for one in tuple(values(value)) or (None,):
                alone[one] += hits
        for value, stories in self.told.items():
            for one in tuple(values(value)) or (None,):
                told[one] |= stories
        return _Spread(alone, told)

    def by(self, group: Callable[[Any], W]) -> Counter[W]:
        """How many hits each group of values has; no value is in none."""
        told: defaultdict[W, set[int]] = defaultdict(set)
        for value, stories in self.told.items():
            if value is not None:
                told[group(value)] |= stories
        hits = Counter({one: len(stories) for one, stories in told.items()})
        for value, number in self.alone.items():
            if value is not None:
                hits[group(value)] += number
        return hits

    def known(self) -> AbstractSet[V]:
        """The values there are."""
        return self.alone.keys() | self.told.keys()

    def unknown(self) -> int:
        """How many hits have no value."""
        return self.alone[None] + len(self.told.get(None, ()))  # type: ignore[index, arg-type]  # V may be None


def tally(session: Session, selection: Selection, *, copies: bool = False) -> Tally:
    """Count what is found. Reads every article found: some 0.2 s for 50,000 of them.

    Args:
        session: of either database; it is only read.
        selection: which articles.
        copies: whether every article counts as a hit of its own.
    """
    columns = _read(session, selection)
    stories = [None] * len(columns[0]) if copies else columns[0]
    outlets, sections, languages, authors, days = (_spread(stories, values) for values in columns[1:])
    facets: dict[Facet, Sequence[Value]] = {
        "outlet": _values(outlets),
        "section": _values(sections),
        "author": _values(authors.apart(_names)),
        "language": _values(languages),
    }
    told = set(stories) - {None}
    return Tally(stories.count(None) + len(told), len(stories), facets, days.apart(_day))


def _read(session: Session, selection: Selection) -> Sequence[Sequence[Any]]:
    """The columns found: story, outlet, section, language; authors, and day or hour, as the driver has them."""
    # Decoding each row's list and time would take most of the time; equal ones are decoded once.
    if session.get_bind().dialect.name == "sqlite":
        authors: ColumnElement[Any] = type_coerce(StoredArticle.authors, Text)
        # SQLite's date() takes as long as all the rest. An hour in UTC is in one day.
        day: ColumnElement[Any] = func.substr(type_coerce(StoredArticle.published_at, Text), 1, _HOUR)
    else:
        authors = cast(StoredArticle.authors, Text)
        day = cast(func.timezone(_HOME, StoredArticle.published_at), Date)
    columns = (StoredArticle.story_id, StoredArticle.outlet, StoredArticle.section, StoredArticle.language)
    # Straight from the driver, for SQLAlchemy's rows take as long as the database; and not all at once, for rows by the
    # hundred thousand would keep Python's garbage collector busy.
    found = session.connection().execute(select_columns(session, selection, *columns, authors, day)).cursor
    assert found is not None
    read: tuple[list[Any], ...] = ([], [], [], [], [], [])
    while some := found.fetchmany(_AT_ONCE):
        for column, values in zip(read, zip(*some, strict=True), strict=True):
            column.extend(values)
    return read


def _spread(stories: Sequence[int | None], values: Sequence[V]) -> "_Spread[V]":
    alone = Counter(compress(values, [story is None for story in stories]))
    told: defaultdict[V, set[int]] = defaultdict(set)
    for value, story in compress(zip(values, stories, strict=True), stories):
        assert story is not None
        told[value].add(story)
    return _Spread(alone, told)


def _values(spread: "_Spread[str | None]") -> list[Value]:
    """The values, most hits first; those that differ in case only are one, as it is written most often."""
    writings = spread.by(str)
    names: dict[str, str] = {}
    for name, _ in sorted(writings.items(), key=lambda pair: (-pair[1], pair[0])):
        names.setdefault(lower_ascii(name), name)
    hits = spread.by(lower_ascii)
    return sorted((Value(names[key], hits[key]) for key in hits), key=lambda value: (-value.hits, value.name))


def _names(authors: str | None) -> list[str]:
    return json.loads(authors) if authors else []


def _day(known: str | date | None) -> list[date]:
    """The day in Jakarta, of what is that already or an hour in UTC."""
    if known is None:
        return []
    return [(datetime.fromisoformat(known) + _AHEAD).date() if isinstance(known, str) else known]


def _fitting(days: int) -> Step:
    if days < _MOST_DAYS:
        return "day"
    return "week" if days < _MOST_WEEKS else "month"


def _start(day: date, step: Step) -> date:
    match step:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)


def _stretches(first: date, last: date, step: Step) -> Iterator[tuple[date, date]]:
    """The days, weeks or months from the first day's to the last day's."""
    start = _start(first, step)
    while start <= last:
        stop = _start(start + timedelta(days=31), "month") if step == "month" else start + _LENGTHS[step]
        yield start, stop
        start = stop
