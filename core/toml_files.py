"""Read TOML files and describe their faults."""

import json
import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import DeclarationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_VALUE_SHOWN = 80  # characters of an invalid value; enough to find it in the file
# Allowed values in the user's words, by pydantic's error type.
_ALLOWED = {
    "string_type": "text in quotes",
    "string_too_short": "not empty",
    "tuple_type": 'a list: ["…", "…"]',
    "too_short": "a list with at least one entry",
    "model_type": "a table of keys",
    "float_type": "a number",
    "float_parsing": "a number",
    "literal_error": "{expected}",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
    "value_error": "{error}",
}


def format_path(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def find_declarations(folder: Path, variable: str, what: str) -> list[Path]:
    """Return the TOML files of a folder, sorted.

    Raises:
        DeclarationError: the folder cannot be listed.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise DeclarationError(f"{format_path(folder)}: {error.strerror}; {variable} must name {what}") from error


def unknown_name(what: str, name: str, names: Sequence[str], lists: str) -> str:
    close = get_close_matches(name, names, n=3)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"no {what} is called '{name}'.{hint} `{lists}` names them all."


def load_toml(path: Path) -> dict[str, Any]:
    """Parse a TOML file.

    Raises:
        DeclarationError: it is unreadable or no TOML; the message has line and column.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DeclarationError(f"{format_path(path)}: cannot be read: {error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DeclarationError(f"{format_path(path)}:{line}: not UTF-8; save the file in that encoding") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(_syntax_fault(path, text, str(error))) from error


def _syntax_fault(path: Path, text: str, message: str) -> str:
    at = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if at:
        line, column = at.groups()
    else:  # "(at end of document)"
        *before, last = text.split("\n")
        line, column = str(len(before) + 1), str(len(last) + 1)
    what = re.sub(r" \(at [^()]*\)$", "", message)
    return f"{format_path(path)}:{line}:{column}: not TOML: {what}"


def format_allowed(detail: "ErrorDetails") -> str:
    """Describe the allowed values, to follow "must be"."""
    context = detail.get("ctx", {})
    if detail["type"] in _ALLOWED:
        return _ALLOWED[detail["type"]].format_map(context)
    return detail["msg"].removeprefix("Input should be ")


def format_key(location: tuple[str | int, ...]) -> str:
    """Format ``discover.feeds[0]``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def format_value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_SHOWN else f"{text[: _VALUE_SHOWN - 1]}…"
