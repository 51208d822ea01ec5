"""A chart of a timeline: a column for each day, week or month."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from core.formatting import format_count, long_date
from search.facets import Bar, Step, Timeline
from web.charts.svg import BASELINE, BELOW, number, percent

Link = Callable[[Bar], str]

_PLOT, _ABOVE = 120, 18
# A chart of two days does not fill the width with two slabs.
_WIDEST = 8.0
_LABELS = 8
# Labels of columns before and after these would stick out.
_LEFT, _RIGHT = 6.0, 94.0


class _Tick(NamedTuple):
    """A label below a bar; a minor one has no room on a phone."""

    place: int
    label: str
    minor: bool


def timeline_chart(timeline: Timeline, link: Link, *, thing: str = "hit") -> Markup:
    """A chart of a timeline, and its numbers in a table.

    Args:
        timeline: as counted; without bars there is no chart.
        link: the address of what is in a bar.
        thing: what is counted; with an s it must be the word for several.
    """
    bars = timeline.bars
    if not bars:
        words = f"None of the {thing}s has a date." if timeline.undated else "Nothing to chart."
        return Markup('<p class="chart-empty">{}</p>').format(words)
    return Markup(
        '<figure class="chart timeline">{svg}<figcaption>{caption}</figcaption>'
        "<details><summary>The numbers</summary>{table}</details></figure>"
    ).format(
        svg=_columns(timeline, link, thing), caption=_caption(timeline, thing), table=_table(timeline, link, thing)
    )


def _columns(timeline: Timeline, link: Link, thing: str) -> Markup:
    """The columns. A group, not an image: an image's parts are no links to a screen reader."""
    bars = timeline.bars
    top = _ceiling(max(one.hits for one in bars))
    slot = min(100 / len(bars), _WIDEST)
    columns = Markup("").join(
        _column(one, index * slot, slot, top, link, f"{_stretch(one, timeline.step)}: {format_count(one.hits, thing)}")
        for index, one in enumerate(bars)
        if one.hits
    )
    return Markup(
        '<svg role="group" width="100%" height="{height}"><title>{title}</title>{lines}{columns}{ticks}</svg>'
    ).format(
        height=_ABOVE + _PLOT + BELOW,
        title=f"{_caption(timeline, thing)} Most: {_peak(timeline, thing)}.",
        lines=Markup("").join(_line(value, top) for value in dict.fromkeys((top, top // 2, 0))),
        columns=columns,
        ticks=Markup("").join(_tick(tick, slot) for tick in _ticks(timeline)),
    )


def _column(one: Bar, x: float, slot: float, top: int, link: Link, words: str) -> Markup:
    """A linked column; all of the height above it can be clicked. The table's links are those for the keyboard."""
    height = max(_PLOT * one.hits / top, 1)
    return Markup(
        '<a href="{href}" tabindex="-1"><title>{words}</title>'
        '<rect class="room" x="{x}" y="{above}" width="{slot}" height="{plot}"/>'
        '<rect class="column" x="{inner}" y="{y}" width="{width}" height="{height}"/></a>'
    ).format(
        href=link(one),
        words=words,
        x=percent(x),
        above=_ABOVE,
        slot=percent(slot),
        plot=_PLOT,
        inner=percent(x + slot * 0.1),
        y=number(_ABOVE + _PLOT - height),
        width=percent(slot * 0.8),
        height=number(height),
    )


def _line(value: int, top: int) -> Markup:
    y = _ABOVE + _PLOT - _PLOT * value // top
    label = Markup('<text class="amount" x="0" y="{}">{}</text>').format(y - 4, f"{value:,}") if value else ""
    return Markup('<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>{}').format(
        "line" if value else "line ground", y, y, label
    )


def _tick(tick: _Tick, slot: float) -> Markup:
    x = (tick.place + 0.5) * slot
    anchor = "start" if x < _LEFT else "end" if x > _RIGHT else "middle"
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        "tick minor" if tick.minor else "tick",
        percent({"start": tick.place * slot, "end": (tick.place + 1) * slot}.get(anchor, x)),
        _ABOVE + _PLOT + BASELINE,
        anchor,
        tick.label,
    )


def _ticks(timeline: Timeline) -> list[_Tick]:
    """Where weeks, months or years begin, or every bar of a few; not more than there is room for."""
    bars, step = timeline.bars, timeline.step
    few = len(bars) <= 2 * _LABELS
    places = [index for index, one in enumerate(bars) if few or _begins(one, step)]
    stride = math.ceil(len(places) / _LABELS)
    return [
        _Tick(index, _label(bars[index], step, few=few), minor=bool(count % 2))
        for count, index in enumerate(places[::stride])
    ]


def _begins(one: Bar, step: Step) -> bool:
    """Whether a week, a month or a year begins in this day, week or month."""
    match step:
        case "day":
            return one.start.weekday() == 0
        case "week":
            return (one.stop - timedelta(days=1)).day <= (one.stop - one.start).days
        case "month":
            return one.start.month == 1


def _label(one: Bar, step: Step, *, few: bool) -> str:
    """Of a few bars what each is; of many the month or the year that begins in one, or the week's first day."""
    last = one.stop - timedelta(days=1)
    match step:
        case "day":
            return f"{one.start.day} {one.start:%b}"
        case "week":
            return f"{one.start.day} {one.start:%b}" if few else f"{last:%b} {last.year}"
        case "month":
            return f"{one.start:%b} {one.start.year}" if few else f"{one.start.year}"


def _caption(timeline: Timeline, thing: str) -> str:
    bars = timeline.bars
    last = bars[-1].stop - timedelta(days=1)
    undated = f"; {timeline.undated:,} without a date" if timeline.undated else ""
    return f"{thing.capitalize()}s by {timeline.step}, {long_date(bars[0].start)} to {long_date(last)}{undated}."


def _peak(timeline: Timeline, thing: str) -> str:
    most = max(timeline.bars, key=lambda one: one.hits)
    return f"{format_count(most.hits, thing)}, {_stretch(most, timeline.step)}"


def _table(timeline: Timeline, link: Link, thing: str) -> Markup:
    """What is not zero."""
    rows = Markup("").join(
        Markup('<tr><th scope="row"><a href="{}">{}</a></th><td class="number">{}</td></tr>').format(
            link(one), _stretch(one, timeline.step), f"{one.hits:,}"
        )
        for one in timeline.bars
        if one.hits
    )
    return Markup(
        '<table><thead><tr><th scope="col">{}</th><th scope="col" class="number">{}s</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(timeline.step.capitalize(), thing.capitalize(), rows)


def _stretch(one: Bar, step: Step) -> str:
    match step:
        case "day":
            return long_date(one.start)
        case "week":
            return f"week from {long_date(one.start)}"
        case "month":
            return f"{one.start:%b} {one.start.year}"


def _ceiling(most: int) -> int:
    """A round number that is not less, and of which half is a whole number, too, unless it is 1."""
    size: int = 10 ** (len(str(most)) - 1)
    return next(size * times for times in (1, 2, 4, 6, 8, 10) if size * times >= most)
