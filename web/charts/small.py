"""Charts that stand within a line or a cell."""

from collections.abc import Sequence

from markupsafe import Markup

from web.charts.svg import percent

_HEIGHT, _STEP = 24, 4


def sparkline(values: Sequence[int], label: str) -> Markup:
    """Small columns of equal width, one for each value; ``label`` says what the values are."""
    top = max(values, default=0) or 1
    columns = [(index * _STEP, value, _column_height(value, top)) for index, value in enumerate(values)]
    rectangles = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            "column" if value else "none", x, _HEIGHT - height, _STEP - 1, height
        )
        for x, value, height in columns
    )
    words = f"{label}: at most {max(values):,}, last {values[-1]:,}" if values else f"{label}: none"
    return Markup(
        '<svg class="sparkline" role="img" width="{0}" height="{1}" viewBox="0 0 {0} {1}"><title>{2}</title>{3}</svg>'
    ).format(max(len(values), 1) * _STEP, _HEIGHT, words, rectangles)


def bar(share: float) -> Markup:
    """A bar that fills this share, 0 to 1, of its width; the number itself must stand beside it."""
    filled = percent(100 * min(max(share, 0.0), 1.0))
    return Markup(
        '<svg class="share" aria-hidden="true" width="100%" height="4">'
        '<rect class="track" width="100%" height="4"/><rect class="filled" width="{}" height="4"/></svg>'
    ).format(filled)


def _column_height(value: int, top: int) -> int:
    """At least something for a value, and less than that for none."""
    return max(round(_HEIGHT * value / top), 2) if value else 1
