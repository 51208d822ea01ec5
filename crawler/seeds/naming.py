"""Which declared outlet a dateline, credit, title or address names."""

import re
from collections.abc import Iterable, Sequence

from core.urls import belongs
from outlets.schema import Outlet

_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,;/()|]\s*|\s+[-–—]+\s+")
_TOP_LEVEL = re.compile(r"\.(?:com|co\.id|co|id|net|org|tv)$", re.IGNORECASE)


def outlet_of_url(url: str, outlets: Iterable[Outlet]) -> Outlet | None:
    """The outlet that the URL's host belongs to."""
    return next((outlet for outlet in outlets if belongs(url, outlet.domains)), None)


def outlet_named(text: str | None, outlets: Sequence[Outlet], *, in_full: bool = False) -> Outlet | None:
    """The outlet that a short text (dateline, credit, "Kompas.com - Sabtu") names.

    By host name ("RAKYATKU.COM"), by a title of several words anywhere in a part ("Radio Bharata Online"), or by a
    short name that is a whole part ("Jakarta, VIVA", "(ANTARA)"); ``in_full`` wants a host or the whole title.
    """
    if not text:
        return None
    for host in _HOST.findall(text.casefold()):
        if outlet := outlet_of_url(f"https://{host}/", outlets):
            return outlet
    parts = [_words(part) for part in _PARTS.split(text)]
    names = [
        (name, outlet) for outlet in outlets for name in (_names(outlet)[:1] if in_full else _names(outlet)) if name
    ]
    for name, outlet in sorted(names, key=lambda pair: -len(pair[0])):
        if any(name == part or (len(name) > 1 and _within(name, part)) for part in parts):
            return outlet
    return None


def site_names(outlet: Outlet) -> list[str]:
    """What the outlet's pages call themselves, for titles and bylines."""
    return [_without_explanation(outlet.title), *outlet.domains]


def _names(outlet: Outlet) -> list[tuple[str, ...]]:
    """Its names as words: the title (without "(China Media Group)") first, "Kompas" of "Kompas.com", the key."""
    title = _without_explanation(outlet.title)
    return [_words(title), _words(_TOP_LEVEL.sub("", title)), _words(outlet.name.replace("_", " "))]


def _without_explanation(title: str) -> str:
    return re.sub(r"\s*\(.*\)", "", title)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _within(words: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[start : start + len(words)] == words for start in range(len(whole) - len(words) + 1))
