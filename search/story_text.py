"""Story_text."""

from datetime import timedelta

from core.formatting import format_count, format_published
from search.stories import Member, Told

_DAYS, _HOURS, _MINUTES = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# From two days on nobody counts hours.
_MANY_HOURS = timedelta(hours=48)


def reach(story: Told) -> str:
    """How far a story went: "5 copies in 4 outlets"; an article counts as a copy of itself."""
    copies = format_count(len(story.members), "copy", plural="copies")
    return f"{copies} in {format_count(len(story.outlets), 'outlet')}" if story.outlets else copies


def origin(story: Told) -> str:
    """Who had it first: "first: antara, 2024-09-14 10:00 WIB"."""
    return f"first: {story.first.outlet or 'unknown outlet'}, {format_published(story.first)}"


def lag(story: Told, member: Member) -> str:
    """How long after the first: "+1 h 20 min"; "0" for the first; in days where a time of day is unknown."""
    if member is story.first:
        return "0"
    after = story.lag(member)
    if after is None:
        return "undated"
    if not after.exact:
        return f"+{after.time.days} d" if after.time else "same day"
    return f"+{_duration(after.time)}"


def _duration(time: timedelta) -> str:
    if time >= _MANY_HOURS:
        parts = ((time // _DAYS, "d"), (time % _DAYS // _HOURS, "h"))
    else:
        parts = ((time // _HOURS, "h"), (time % _HOURS // _MINUTES, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
