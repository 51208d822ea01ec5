"""Charts as inline SVG, without scripts and style attributes.

Widths are shares, heights are pixels: a chart fits a phone and its letters keep their size. Every number shown stands
in text as well.
"""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from core.formatting import format_count, long_date
from search.choices import Step
from search.facets import Bar, Timeline
from search.stories import Member, StoryView, format_lag, format_reach

Link = Callable[[Bar], str]
Title = Callable[[str | None], str]

# Pixels below a chart for its tick labels, and the distance of their baseline.
_BELOW, _BASELINE = 22, 16
# Of a sparkline.
_HEIGHT, _STEP = 24, 4
_PLOT, _ABOVE = 120, 18
# Per cent of the width: two days do not fill the chart with two slabs.
_WIDEST = 8.0
_LABELS = 8
# Centred labels further out would be cut off.
_LEFT, _RIGHT = 6.0, 94.0
# The table beside the chart has all articles of the story.
_MOST_ROWS = 40
_ROW = 24
# Per cent of the width: end of the names, place of the longest lag.
_TRACK, _TRACK_END = 38, 96
_NAME_LENGTH = 32
# A lag beyond _FAR has its label left of the dot; ticks closer than _NEAR are left out.
_FAR, _NEAR = 62, 10
# First step of the logarithmic scale: a story's first minutes get as much room as its later days.
_SOON = timedelta(minutes=15)
_TICKS = (
    (timedelta(hours=1), "1 h"),
    (timedelta(hours=6), "6 h"),
    (timedelta(days=1), "1 d"),
    (timedelta(days=7), "1 week"),
    (timedelta(days=30), "30 d"),
    (timedelta(days=365), "1 year"),
    (timedelta(days=3650), "10 years"),
)


def sparkline(values: Sequence[int], label: str) -> Markup:
    top = max(values, default=0) or 1
    columns = [(index * _STEP, value, _column_height(value, top)) for index, value in enumerate(values)]
    words = f"{label}: at most {max(values):,}, last {values[-1]:,}" if values else f"{label}: none"
    return Markup(
        '<svg class="sparkline" role="img" width="{0}" height="{1}" viewBox="0 0 {0} {1}"><title>{2}</title>'
        '<path class="none" d="{3}"/><path class="column" d="{4}"/></svg>'
    ).format(
        max(len(values), 1) * _STEP,
        _HEIGHT,
        words,
        "".join(_rectangle(x, height) for x, value, height in columns if not value),
        "".join(_rectangle(x, height) for x, value, height in columns if value),
    )


def bar(share: float) -> Markup:
    """Draw a bar of ``share`` (0 to 1); the page must print the number beside it."""
    filled = _percent(100 * min(max(share, 0.0), 1.0))
    return Markup(
        '<svg class="share" aria-hidden="true" width="100%" height="4">'
        '<rect class="track" width="100%" height="4"/><rect class="filled" width="{}" height="4"/></svg>'
    ).format(filled)


def _rectangle(x: int, height: int) -> str:
    """Return a part of a path: an element each would be thousands in a table."""
    return f"M{x} {_HEIGHT}v{-height}h{_STEP - 1}v{height}z"


def _column_height(value: int, top: int) -> int:
    return max(round(_HEIGHT * value / top), 2) if value else 1


class _Tick(NamedTuple):
    place: int
    label: str
    minor: bool


def timeline_chart(timeline: Timeline, link: Link, *, thing: str = "hit") -> Markup:
    """Draw the bars, with a table of the numbers; an s makes the plural of ``thing``."""
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
    """Return a group, not an image: screen readers ignore links inside an image."""
    bars = timeline.bars
    top = _ceiling(max(column.hits for column in bars))
    slot = min(100 / len(bars), _WIDEST)
    columns = Markup("").join(
        _column(
            column,
            index * slot,
            slot,
            top,
            link,
            f"{_stretch(column, timeline.step)}: {format_count(column.hits, thing)}",
        )
        for index, column in enumerate(bars)
        if column.hits
    )
    return Markup(
        '<svg role="group" width="100%" height="{height}"><title>{title}</title>{lines}{columns}{ticks}</svg>'
    ).format(
        height=_ABOVE + _PLOT + _BELOW,
        title=f"{_caption(timeline, thing)} Most: {_peak(timeline, thing)}.",
        lines=Markup("").join(_line(value, top) for value in dict.fromkeys((top, top // 2, 0))),
        columns=columns,
        ticks=Markup("").join(_tick(tick, slot) for tick in _ticks(timeline)),
    )


def _column(column: Bar, x: float, slot: float, top: int, link: Link, words: str) -> Markup:
    """Draw a column, clickable over the whole height; keyboard users have the table."""
    height = max(_PLOT * column.hits / top, 1)
    return Markup(
        '<a href="{href}" tabindex="-1"><title>{words}</title>'
        '<rect class="room" x="{x}" y="{above}" width="{slot}" height="{plot}"/>'
        '<rect class="column" x="{inner}" y="{y}" width="{width}" height="{height}"/></a>'
    ).format(
        href=link(column),
        words=words,
        x=_percent(x),
        above=_ABOVE,
        slot=_percent(slot),
        plot=_PLOT,
        inner=_percent(x + slot * 0.1),
        y=_number(_ABOVE + _PLOT - height),
        width=_percent(slot * 0.8),
        height=_number(height),
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
        _percent({"start": tick.place * slot, "end": (tick.place + 1) * slot}.get(anchor, x)),
        _ABOVE + _PLOT + _BASELINE,
        anchor,
        tick.label,
    )


def _ticks(timeline: Timeline) -> list[_Tick]:
    bars, step = timeline.bars, timeline.step
    few = len(bars) <= 2 * _LABELS
    places = [index for index, column in enumerate(bars) if few or _begins(column, step)]
    stride = math.ceil(len(places) / _LABELS)
    return [
        _Tick(index, _label(bars[index], step, few=few), minor=bool(count % 2))
        for count, index in enumerate(places[::stride])
    ]


def _begins(column: Bar, step: Step) -> bool:
    match step:
        case "day":
            return column.start.weekday() == 0
        case "week":
            return (column.stop - timedelta(days=1)).day <= (column.stop - column.start).days
        case "month":
            return column.start.month == 1


def _label(column: Bar, step: Step, *, few: bool) -> str:
    last = column.stop - timedelta(days=1)
    match step:
        case "day":
            return f"{column.start.day} {column.start:%b}"
        case "week":
            return f"{column.start.day} {column.start:%b}" if few else f"{last:%b} {last.year}"
        case "month":
            return f"{column.start:%b} {column.start.year}" if few else f"{column.start.year}"


def _caption(timeline: Timeline, thing: str) -> str:
    bars = timeline.bars
    last = bars[-1].stop - timedelta(days=1)
    undated = f"; {timeline.undated:,} without a date" if timeline.undated else ""
    return f"{thing.capitalize()}s by {timeline.step}, {long_date(bars[0].start)} to {long_date(last)}{undated}."


def _peak(timeline: Timeline, thing: str) -> str:
    most = max(timeline.bars, key=lambda column: column.hits)
    return f"{format_count(most.hits, thing)}, {_stretch(most, timeline.step)}"


def _table(timeline: Timeline, link: Link, thing: str) -> Markup:
    rows = Markup("").join(
        Markup('<tr><th scope="row"><a href="{}">{}</a></th><td class="number">{}</td></tr>').format(
            link(column), _stretch(column, timeline.step), f"{column.hits:,}"
        )
        for column in timeline.bars
        if column.hits
    )
    return Markup(
        '<table><thead><tr><th scope="col">{}</th><th scope="col" class="number">{}s</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(timeline.step.capitalize(), thing.capitalize(), rows)


def _stretch(column: Bar, step: Step) -> str:
    match step:
        case "day":
            return long_date(column.start)
        case "week":
            return f"week from {long_date(column.start)}"
        case "month":
            return f"{column.start:%b} {column.start.year}"


def _ceiling(most: int) -> int:
    """Return the smallest even round number ≥ ``most`` (or 1)."""
    size: int = 10 ** (len(str(most)) - 1)
    return next(size * times for times in (1, 2, 4, 6, 8, 10) if size * times >= most)


def lag_chart(story: StoryView, title: Title) -> Markup:
    """Draw the lags of a story's first 40 articles, on a logarithmic scale."""
    shown = story.members[:_MOST_ROWS]
    longest = max((after.time for member in shown if (after := story.lag(member))), default=timedelta())
    ticks = [(_place(time, longest), label) for time, label in _TICKS if time <= longest]
    height = len(shown) * _ROW
    rows = Markup("").join(
        _lag_row(story, member, place, longest, _short(title(member.outlet))) for place, member in enumerate(shown)
    )
    left_out = len(story.members) - len(shown)
    words = f"How long after the first each one was published ({format_reach(story)}); the scale is logarithmic."
    return Markup(
        '<figure class="chart lags"><svg role="img" width="100%" height="{height}"><title>{words}</title>'
        "<desc>{desc}</desc>{ticks}{rows}</svg><figcaption>{caption}</figcaption></figure>"
    ).format(
        height=height + _BELOW,
        words=words,
        desc="; ".join(f"{_short(title(member.outlet))} {format_lag(story, member)}" for member in shown),
        ticks=Markup("").join(_lag_tick(x, label, height) for x, label in _with_room(ticks)),
        rows=rows,
        caption=words + (f" Not in the chart: {format_count(left_out, 'more article')}." if left_out else ""),
    )


def _lag_row(story: StoryView, member: Member, place: int, longest: timedelta, outlet: str) -> Markup:
    middle = place * _ROW + _ROW // 2
    after = story.lag(member)
    first = member is story.first
    name = Markup('<svg x="0" y="{}" width="{}%" height="{}"><text class="name{}" x="0" y="16">{}</text></svg>').format(
        place * _ROW, _TRACK - 2, _ROW, " first" if first else "", outlet
    )
    words = "first" if first else format_lag(story, member)
    if after is None:
        return name + Markup('<text class="lag" x="{}" y="{}">{}</text>').format(_percent(_TRACK), middle + 4, words)
    x = _place(after.time, longest)
    far = x > _FAR
    return name + Markup(
        '<line class="track" x1="{start}" x2="{x}" y1="{y}" y2="{y}"/><circle class="{kind}" cx="{x}" cy="{y}" r="5"/>'
        '<text class="lag" x="{x}" dx="{aside}" y="{below}" text-anchor="{anchor}">{words}</text>'
    ).format(
        start=_percent(_TRACK),
        x=_percent(x),
        y=middle,
        kind="dot first" if first else "dot",
        aside=-10 if far else 10,
        below=middle + 4,
        anchor="end" if far else "start",
        words=words,
    )


def _place(time: timedelta, longest: timedelta) -> float:
    """Per cent of the width: logarithmic, with a first step of ``_SOON``."""
    if longest <= timedelta():
        return _TRACK
    share = math.log1p(time / _SOON) / math.log1p(longest / _SOON)
    return _TRACK + (_TRACK_END - _TRACK) * share


def _with_room(ticks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    kept: list[tuple[float, str]] = []
    for x, label in reversed(ticks):
        if not kept or kept[-1][0] - x > _NEAR:
            kept.append((x, label))
    return kept


def _lag_tick(x: float, label: str, height: int) -> Markup:
    return Markup(
        '<line class="line" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
        '<text class="tick" x="{0}" y="{2}" text-anchor="middle">{3}</text>'
    ).format(_percent(x), height, height + _BASELINE, label)


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _percent(share: float) -> str:
    return f"{_number(share)}%"
