"""A chart of a story: how long after the first article each of the others was published."""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta

from markupsafe import Markup

from core.formatting import format_count
from search.stories import Member, StoryView, format_lag, format_reach
from web.charts.svg import BASELINE, BELOW, percent

Title = Callable[[str | None], str]

# A story's articles in its chart: the table beside it has them all.
_MOST_ROWS = 40
_ROW = 24
# Where names end and lags begin, and the longest lag's place.
_TRACK, _TRACK_END = 38, 96
_NAME_LENGTH = 32
# Beyond this place a lag's words stand before the dot, and ticks nearer to each other than this are left out.
_FAR, _NEAR = 62, 10
# The first minutes of a story deserve as much room as its later days.
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


def lag_chart(told: StoryView, title: Title) -> Markup:
    """How long after a story's first article each outlet had it, on a logarithmic scale.

    Args:
        told: the story.
        title: what an outlet is called by its name.
    """
    shown = told.members[:_MOST_ROWS]
    longest = max((after.time for member in shown if (after := told.lag(member))), default=timedelta())
    ticks = [(_place(time, longest), label) for time, label in _TICKS if time <= longest]
    height = len(shown) * _ROW
    rows = Markup("").join(
        _row(told, member, place, longest, _short(title(member.outlet))) for place, member in enumerate(shown)
    )
    left_out = len(told.members) - len(shown)
    words = f"How long after the first each one was published ({format_reach(told)}); the scale is logarithmic."
    return Markup(
        '<figure class="chart lags"><svg role="img" width="100%" height="{height}"><title>{words}</title>'
        "<desc>{desc}</desc>{ticks}{rows}</svg><figcaption>{caption}</figcaption></figure>"
    ).format(
        height=height + BELOW,
        words=words,
        desc="; ".join(f"{_short(title(member.outlet))} {format_lag(told, member)}" for member in shown),
        ticks=Markup("").join(_tick(x, label, height) for x, label in _with_room(ticks)),
        rows=rows,
        caption=words + (f" Not in the chart: {format_count(left_out, 'more article')}." if left_out else ""),
    )


def _row(told: StoryView, member: Member, place: int, longest: timedelta, outlet: str) -> Markup:
    middle = place * _ROW + _ROW // 2
    after = told.lag(member)
    first = member is told.first
    name = Markup('<svg x="0" y="{}" width="{}%" height="{}"><text class="name{}" x="0" y="16">{}</text></svg>').format(
        place * _ROW, _TRACK - 2, _ROW, " first" if first else "", outlet
    )
    words = "first" if first else format_lag(told, member)
    if after is None:
        return name + Markup('<text class="lag" x="{}" y="{}">{}</text>').format(percent(_TRACK), middle + 4, words)
    x = _place(after.time, longest)
    far = x > _FAR
    return name + Markup(
        '<line class="track" x1="{start}" x2="{x}" y1="{y}" y2="{y}"/><circle class="{kind}" cx="{x}" cy="{y}" r="5"/>'
        '<text class="lag" x="{x}" dx="{aside}" y="{below}" text-anchor="{anchor}">{words}</text>'
    ).format(
        start=percent(_TRACK),
        x=percent(x),
        y=middle,
        kind="dot first" if first else "dot",
        aside=-10 if far else 10,
        below=middle + 4,
        anchor="end" if far else "start",
        words=words,
    )


def _place(time: timedelta, longest: timedelta) -> float:
    """The share of the width at which a lag stands: logarithmic, with a first step of ``_SOON``."""
    if longest <= timedelta():
        return _TRACK
    share = math.log1p(time / _SOON) / math.log1p(longest / _SOON)
    return _TRACK + (_TRACK_END - _TRACK) * share


def _with_room(ticks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The ticks, from the last, that do not stand too close to the one after them."""
    kept: list[tuple[float, str]] = []
    for x, label in reversed(ticks):
        if not kept or kept[-1][0] - x > _NEAR:
            kept.append((x, label))
    return kept


def _tick(x: float, label: str, height: int) -> Markup:
    return Markup(
        '<line class="line" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
        '<text class="tick" x="{0}" y="{2}" text-anchor="middle">{3}</text>'
    ).format(percent(x), height, height + BASELINE, label)


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"
