"""From what a person types to luqum's tree: what luqum has no place for is made readable, in its own column."""

import re
from collections.abc import Iterator
from functools import partial

import luqum.tree as lucene
import ply.yacc
from luqum.exceptions import ParseError
from rich.cells import cell_len

from core.errors import UsageError

_make = ply.yacc.yacc
ply.yacc.yacc = partial(_make, debug=False, write_tables=False)
try:
    from luqum.thread import parse
finally:
    ply.yacc.yacc = _make

__all__ = ["parse"]


# Far above what a person writes, and below what luqum (seconds) and FTS5 (256 levels) choke on.
MAX_LENGTH = 10_000
MAX_DEPTH = 20

# ``near(a, "b c", 5)`` is handed to luqum as a field of as many characters: NEAR:"a, ☐b c☐, 5". Nobody can type these
# two, which belong to Unicode's private use.
NEAR = "\ue000" * 3
NEAR_QUOTE = "\ue001"

# What phones and word processors make of the plain quote; and what nobody types on purpose.
_PLAIN = str.maketrans("“”„‟«»" + "\ue000\ue001\0", '""""""' + "   ")
_IN_NEAR = str.maketrans('"\\', NEAR_QUOTE + " ")
_QUOTED = r'"(?:\\.|[^"\\])*"'
_PHRASE_OR_NEAR = re.compile(
    rf'{_QUOTED}|(?<![^\s(+\-:])near\((?P<near>(?:[^()"\\]|{_QUOTED})*)\)?', re.IGNORECASE | re.DOTALL
)
_BALANCED = re.compile(r'\\.|["()]', re.DOTALL)
# luqum wants no word to begin with these; to the analyser they stand between words anyway.
_MARK_BEFORE_WORD = re.compile(r"""(?<![^\s(+\-:])['/]""")
_LOST_ESCAPE = re.compile(r"\\(?=\s|$)")
# Their colon names no field.
_ADDRESS = re.compile(r"\bhttps?://[^\s()\"]+", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\w.])(?<!\d[+-])\d{1,3}(?::\d{1,3})+(?![\w:])")
_SPECIAL = re.compile(r"[^\w.]")
_POSITION = re.compile(r"at position (\d+)!?$")
_SHOWN = 78  # characters of the query around the mistake


class QueryError(UsageError):
    """The query cannot be read. The message says what is wrong, at which column, and points to it."""

    def __init__(self, problem: str, text: str, position: int) -> None:
        self.problem = problem
        self.column = position + 1
        start = max(0, position - _SHOWN // 2)
        excerpt = re.sub(r"\s", " ", text[start : start + _SHOWN])
        # Letters of some scripts are two columns wide on a terminal, or none.
        indent = " " * cell_len(excerpt[: position - start])
        super().__init__(f"query, column {self.column}: {problem}\n  {excerpt}\n  {indent}^")


def read_syntax(text: str) -> lucene.Item | None:
    """Luqum's tree of a query, ``None`` of an empty one.

    Raises:
        QueryError: it is unbalanced, too long, or no query.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"it has {len(text):,} characters; {MAX_LENGTH:,} are allowed", text, MAX_LENGTH)
    plain = text.translate(_PLAIN)
    _check_balance(plain, text)
    return _parse(_readable(plain, text), text) if plain.strip() else None


def _check_balance(plain: str, text: str) -> None:
    """Quotes and parentheses; luqum would only say that something is wrong somewhere."""
    opened: list[int] = []
    quote: int | None = None
    for found in _BALANCED.finditer(plain):
        mark, position = found.group(), found.start()
        if mark == '"':
            quote = position if quote is None else None
        elif quote is not None:
            continue
        elif mark == "(":
            opened.append(position)
            if len(opened) > MAX_DEPTH:
                raise QueryError(f"more than {MAX_DEPTH} parentheses inside each other", text, position)
        elif mark == ")":
            if not opened:
                raise QueryError("this parenthesis was never opened", text, position)
            opened.pop()
    if quote is not None:
        raise QueryError("this quotation mark is never closed", text, quote)
    if opened:
        raise QueryError("this parenthesis is never closed", text, opened[-1])


def _readable(plain: str, text: str) -> str:
    return "".join(_readable_parts(plain, text))


def _readable_parts(plain: str, text: str) -> Iterator[str]:
    """The query as luqum reads it; every character keeps its column."""
    end = 0
    for found in _PHRASE_OR_NEAR.finditer(plain):
        yield _without_marks(plain[end : found.start()])
        if found["near"] is None:
            yield found.group()
        elif found.group().endswith(")"):
            yield f'{NEAR}:"{found["near"].translate(_IN_NEAR)}"'
        else:
            raise QueryError("near(…) holds words and a number only: near(wang, lavrov, 10)", text, found.start())
        end = found.end()
    yield _without_marks(plain[end:])


def _without_marks(part: str) -> str:
    for written_together in (_ADDRESS, _CLOCK):
        part = written_together.sub(lambda found: _SPECIAL.sub(".", found.group()), part)
    return _LOST_ESCAPE.sub(" ", _MARK_BEFORE_WORD.sub(" ", part))


def _parse(plain: str, text: str) -> lucene.Item:
    try:
        item: lucene.Item = parse(plain)  # type: ignore[no-untyped-call]  # the library has no annotations
    except ParseError as error:
        raise _placed(str(error), text) from error
    except (ArithmeticError, ValueError) as error:
        # "~" and "^" want a number; luqum does not check it.
        mark = re.search(r"[~^]", plain)
        raise QueryError("no number stands here", text, mark.start() if mark else 0) from error
    return item


def _placed(message: str, text: str) -> QueryError:
    """Luqum's complaint in our words."""
    place = _POSITION.search(message)
    if place is None:
        return QueryError(f"something is missing after {text.rsplit(maxsplit=1)[-1][-20:]!r}", text, len(text.rstrip()))
    position = int(place.group(1))
    word = re.match(r"\S{1,20}", text[position:])
    return QueryError(f"{word.group() if word else ' '!r} cannot stand here", text, position)
