"""How numbers, shares and what is usual are written in a flag's words. Pure."""

from collections.abc import Sequence

_LONGEST = 120


def said(problem: str | None) -> str:
    """What went wrong, on one line and not too long."""
    text = " ".join((problem or "not known why").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def usual_range(daily: Sequence[float]) -> str:
    """What is usual of something that is counted by the day: "usual 40–60 a day", "usual 3 a week"."""
    if not daily:
        return "usual not known yet"
    mean = sum(daily) / len(daily)
    if mean < 1:
        return f"usual {7 * mean:.0f} a week" if 7 * mean >= 1 else "usual less than 1 a week"
    low, high = round(quantile(daily, 0.1)), round(quantile(daily, 0.9))
    return f"usual {low:,} a day" if low == high else f"usual {low:,}–{high:,} a day"


def quantile(values: Sequence[float], at: float) -> float:
    """The value below which this share of them lies, between neighbours in proportion."""
    ordered = sorted(values)
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
