"""What all charts are drawn with.

Charts are inline SVG, without scripts and style attributes: the stylesheet colours them by their classes. Distances
across are shares of the width, heights are pixels: so a chart fits a phone and its letters keep their size. Every
number that a chart shows stands in its text as well.
"""

# Pixels below a chart for the words of its ticks, and how far below it they stand.
BELOW, BASELINE = 22, 16


def number(value: float) -> str:
    """As short as three decimals can be."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share of the width, 0 to 100."""
    return f"{number(share)}%"
