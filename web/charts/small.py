"""Charts that stand within a line or a cell."""

from collections.abc import Sequence

from markupsafe import Markup

from web.charts.svg import percent

_HEIGHT, _STEP = 24, 4


def sparkline(values: Sequence[int], label: str) -> Markup:
    """Small columns of equal width, one for each value; ``label`` says what the values are."""
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
    """A bar that fills this share, 0 to 1, of its width; the number itself must stand beside it."""
    filled = percent(100 * min(max(share, 0.0), 1.0))
    return Markup(
        '<svg class="share" aria-hidden="true" width="100%" height="4">'
        '<rect class="track" width="100%" height="4"/><rect class="filled" width="{}" height="4"/></svg>'
    ).format(filled)


def _rectangle(x: int, height: int) -> str:
    """One that stands on the ground, as a part of a path: a table of outlets has thousands of them."""
    return f"M{x} {_HEIGHT}v{-height}h{_STEP - 1}v{height}z"


def _column_height(value: int, top: int) -> int:
    """At least something for a value, and less than that for none."""
    return max(round(_HEIGHT * value / top), 2) if value else 1
