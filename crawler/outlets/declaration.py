"""From a TOML file to an ``Outlet``, or to one line for each fault in it."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crawler.errors import DeclarationError
from crawler.outlets.schema import ArticleRules, Discover, Outlet, Politeness, Poll

_TABLES: Mapping[str, type[BaseModel]] = {
    "": Outlet,
    "discover": Discover,
    "article": ArticleRules,
    "politeness": Politeness,
    "poll": Poll,
}
_VALUE_SHOWN = 80  # characters of a wrong value; enough to find it in the file

# What a person writes for what pydantic expects.
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


def read_declaration(path: Path) -> Outlet:
    """The outlet that the file declares; its name is the file's stem.

    Raises:
        DeclarationError: the file cannot be read or is wrong; one line per fault, each naming the file.
    """
    document = read_document(path)
    faults = ["name: the outlet's name is the file's; remove the key"] if "name" in document else []
    try:
        outlet = Outlet.model_validate({**document, "name": path.stem})
    except ValidationError as error:
        faults += [_fault(detail) for detail in error.errors()]
    else:
        faults += _contradictions(outlet)
        if not faults:
            return outlet
    raise DeclarationError("\n".join(f"{shown(path)}: {fault}" for fault in faults))


def shown(path: Path) -> str:
    """The path as a person would type it: below the working directory without that."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def declaration_files(folder: Path, variable: str, what: str) -> list[Path]:
    """The TOML files of a folder that the environment's ``variable`` names.

    Raises:
        DeclarationError: it cannot be listed.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise DeclarationError(f"{shown(folder)}: {error.strerror}; {variable} must name {what}") from error


def none_called(what: str, name: str, names: Sequence[str], lists: str) -> str:
    """That nothing has this name, what is called alike, and which command ``lists`` them all."""
    close = get_close_matches(name, names, n=3)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"no {what} is called '{name}'.{hint} `{lists}` names them all."


def read_document(path: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        DeclarationError: it cannot be read, or is no TOML; says where.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DeclarationError(f"{shown(path)}: cannot be read: {error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DeclarationError(f"{shown(path)}:{line}: not UTF-8; save the file in that encoding") from error
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
    return f"{shown(path)}:{line}:{column}: not TOML: {what}"


def _fault(detail: ErrorDetails) -> str:
    location = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return _unknown_key(location)
    if location == ("name",):
        return f"the file's name is the outlet's name and must be {what_is_allowed(detail)}, e.g. bharata.toml"
    if detail["type"] == "missing":
        return f"{key_shown(location)}: missing; it must be there"
    return f"{key_shown(location)} = {value_shown(detail['input'])}: must be {what_is_allowed(detail)}"


def what_is_allowed(detail: ErrorDetails) -> str:
    """What a faulty value must be, to be read after "must be"."""
    context = detail.get("ctx", {})
    if detail["type"] in _ALLOWED:
        return _ALLOWED[detail["type"]].format_map(context)
    return detail["msg"].removeprefix("Input should be ")


def _unknown_key(location: tuple[str | int, ...]) -> str:
    table, key = ".".join(str(part) for part in location[:-1]), str(location[-1])
    allowed = [field for field in _TABLES[table].model_fields if field != "name"]
    for other, model in _TABLES.items():
        if other != table and key in model.model_fields and key != "name":
            place = f"below [{other}]" if other else "at the top, before the first [table]"
            return f"{key_shown(location)}: no such key here; it belongs {place}"
    close = get_close_matches(key, allowed, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{key_shown(location)}: no such key; {hint}Allowed: {', '.join(allowed)}"


def _contradictions(outlet: Outlet) -> list[str]:
    return [*_foreign_site(outlet), *_crossed_poll(outlet.poll)]


def _crossed_poll(poll: Poll) -> list[str]:
    if poll.shortest is None or poll.longest is None or poll.shortest <= poll.longest:
        return []
    return ["poll.shortest: must not be more than poll.longest"]


def _foreign_site(outlet: Outlet) -> list[str]:
    host = re.sub(r"^https?://([^/?#]*).*", r"\1", outlet.site.lower())
    if any(f".{host}".endswith(f".{domain}") or host.split(":")[0] == domain for domain in outlet.domains):
        return []
    return [f"domains = {value_shown(list(outlet.domains))}: must hold the host of site, {host}, or its parent"]


def key_shown(location: tuple[str | int, ...]) -> str:
    """Where a fault is, as one would write it: ``discover.feeds[0]``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def value_shown(value: object) -> str:
    """A faulty value as far as it takes to find it in its file."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_SHOWN else f"{text[: _VALUE_SHOWN - 1]}…"
