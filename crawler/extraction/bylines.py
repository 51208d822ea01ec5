"""Read the names in bylines."""

import html
import re
from collections.abc import Iterable

_ROLES = (
    r"penulis|editor|pewarta|reporter|oleh|laporan|kontributor|penyunting|redaktur|redaksi|wartawan|jurnalis|uploader|"
    r"koresponden|penerjemah|peliput|rep|red|by|author|writer|written by|ditulis oleh|dilaporkan oleh|diterbitkan oleh"
)
_ROLE_AND_PLACE = re.compile(
    # "Laporan Wartawan Tribun Jatim, Budi", "Kontributor Solo, Budi": the role's place or paper is dropped with it.
    r"(?:^|(?<=[\n|;]))\s*(?:(?:laporan\s+)?(?:wartawan|reporter|jurnalis)|kontributor|koresponden)\s+[^,:|;\n]+,\s*(?=\S)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    rf"(?<![\w'])(?:{_ROLES})(?:\s+(?:{_ROLES}))*\s*[:：]|^\s*(?:{_ROLES})(?:\s+(?:{_ROLES}))*(?=\s|$)", re.IGNORECASE
)
_ROLE_BETWEEN = re.compile(r"\s+(?:Editor|Penulis|Penyunting|Pewarta|Reporter)\s+(?=[A-Z])")
_BETWEEN = re.compile(r"\s*(?:[,;|&\n\t•·/]|\b(?:dan|and|serta|with)\b)\s*", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.)+(?:\s?[A-Z][A-Za-z]{0,5}\.?)?|Ph\.?D|MBA|M[A-Z][a-z]?|S[A-Z]")
_LONGEST = 80
_LONGEST_BYLINE = 1000


def read_names(raw: str, not_names: Iterable[str] = ()) -> list[str]:
    """Return the people named in a byline, in order, each once.

    Drops roles, links and text behind a dash ("Budi - detikNews"); keeps academic degrees.
    """
    excluded = {_key(name) for name in not_names}
    text = _ROLE_AND_PLACE.sub("", _URL.sub("\n", html.unescape(raw[:_LONGEST_BYLINE]).replace("\xa0", " ")))
    text = _ROLE_BETWEEN.sub("\n", _ROLE.sub("\n", text))
    found: dict[str, str] = {}
    for name in _joined_degrees(_BETWEEN.split(text)):
        key = _key(name)
        if key and key not in excluded and len(name) <= _LONGEST:
            found.setdefault(key, name)
    return list(found.values())


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _joined_degrees(pieces: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for piece in pieces:
        name = _tidy(piece)
        if joined and _DEGREE.fullmatch(name):
            joined[-1] += f", {name}"
        elif name:
            joined.append(name)
    return joined


def _tidy(piece: str) -> str:
    before_dash = next((part for part in re.split(r"(?:^|\s)[-–—]+(?:\s|$)", piece) if part.strip()), "")
    name = " ".join(_ROLE.sub("", before_dash).split())
    return name.strip(' :*()[]"“”-–—') if name.count(".") > 1 else name.strip(' .:*()[]"“”-–—')
