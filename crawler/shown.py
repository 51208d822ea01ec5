"""How moments, stories and differences are written for people, on a terminal and elsewhere. Pure."""

from collections.abc import Iterable

from rich.text import Text

from core.text.diff import Paragraph, Piece, brief
from crawler.console import harmless

# Words by which somebody who has the text before him finds a paragraph.
_BEGINNING = 12
_STYLES = {"same": "", "added": "green", "removed": "red strike"}
_MARKS = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "-"}


def difference(paragraphs: Iterable[Paragraph], *, colours: bool, whole: bool = True) -> list[Text]:
    """The paragraphs that differ, a line each: "+" only the new text has it, "-" only the old one, "~" it changed.

    Unless ``whole``, of those that only the old text has the beginning will do.
    """
    return [
        Text(f"{_SIGNS[one.kind]} ").append_text(
            word_difference(brief(one.pieces), colours=colours)
            if one.kind == "changed"
            else Text(_only(one, whole=whole), _STYLES[one.kind] if colours else "")
        )
        for one in paragraphs
        if one.kind != "same"
    ]


def _only(paragraph: Paragraph, *, whole: bool) -> str:
    words = harmless(paragraph.pieces[0].text).split()
    cut = not whole and paragraph.kind == "removed" and len(words) > _BEGINNING
    return " ".join([*words[:_BEGINNING], f"… ({len(words)} words)"] if cut else words)


def word_difference(pieces: Iterable[Piece], *, colours: bool) -> Text:
    """What was removed and added, in colours, or marked as [-removed-] and {+added+}."""
    shown = Text()
    for piece in pieces:
        words = piece.text.rstrip()
        before, after = ("", "") if colours else _MARKS[piece.kind]
        shown.append(f"{before}{harmless(words)}{after}", _STYLES[piece.kind] if colours else "")
        shown.append(piece.text[len(words) :])
    shown.rstrip()
    return shown
