"""Watchlists: TOML files, each with a query and the channels to notify.

docs/watchlists.md lists the keys. A later folder's file replaces an earlier one's of the same name.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from alerts.addresses import check_address
from alerts.schedule import Schedule, read_schedule
from core.errors import DeclarationError, UsageError
from core.toml_files import (
    find_declarations,
    format_allowed,
    format_key,
    format_path,
    format_value,
    load_toml,
    unknown_name,
)
from outlets.schema import Language, Name
from search.ast import Query
from search.query import QueryError
from search.selection import Selection

SHIPPED = Path(__file__).parent / "watchlists"
Parse = Callable[[str], Query]


def _when(value: str) -> str:
    read_schedule(value)
    return value


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Recipient(_Table):
    """A channel, and when it is notified."""

    to: Annotated[str, Field(max_length=500), AfterValidator(check_address)]
    when: Annotated[str, AfterValidator(_when)] = "at once"
    digest: bool = False

    @property
    def schedule(self) -> Schedule:
        return read_schedule(self.when)


class Declaration(_Table):
    """A watchlist as declared in its file."""

    name: Name
    title: str = Field(min_length=1)
    query: str = Field(min_length=1)
    active: bool = True
    outlets: tuple[str, ...] = Field(default=(), strict=False)
    sections: tuple[str, ...] = Field(default=(), strict=False)
    authors: tuple[str, ...] = Field(default=(), strict=False)
    languages: tuple[Language, ...] = Field(default=(), strict=False)
    since: date | None = None
    tell: tuple[Recipient, ...] = Field(default=(), strict=False)

    @property
    def criteria(self) -> str:
        """The search criteria as JSON, to compare."""
        return self.model_dump_json(include={"query", "outlets", "sections", "authors", "languages"})


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A watchlist with its parsed query and its file."""

    declared: Declaration
    query: Query
    path: Path

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def selection(self) -> Selection:
        """The articles it is about, of any date."""
        declared = self.declared
        return Selection(
            self.query,
            outlets=declared.outlets,
            sections=declared.sections,
            authors=declared.authors,
            languages=declared.languages,
        )


class Watchlists:
    """The watchlists of some folders."""

    def __init__(self, folders: Sequence[Path], parse: Parse) -> None:
        self._folders = tuple(folders)
        self._parse = parse

    @classmethod
    def from_settings(cls, paths: Sequence[str], parse: Parse) -> Self:
        """Open the shipped watchlists and WATCHLIST_PATHS."""
        parts = paths.split(os.pathsep) if isinstance(paths, str) else paths
        return cls([SHIPPED, *(Path(part).expanduser() for part in parts if part)], parse)

    def read(self, names: Sequence[str] = ()) -> tuple[list[Watchlist], list[str]]:
        """Read these watchlists, or all, sorted, and a line for each fault.

        Raises:
            UsageError: there is none of that name.
            DeclarationError: a folder cannot be listed.
        """
        files = self._files()
        for name in names:
            if name not in files:
                printable = re.sub(r"[^\w\-.]", "", name)
                raise UsageError(unknown_name("watchlist", printable, sorted(files), "scrapy watch list"))
        watchlists, faults = [], []
        for name in sorted(set(names) or files):
            try:
                watchlists.append(read_watchlist(files[name], self._parse))
            except DeclarationError as error:
                faults += str(error).splitlines()
        return watchlists, faults

    def _files(self) -> Mapping[str, Path]:
        folders, what = self._folders, "folders with watchlists"
        return {path.stem: path for folder in folders for path in find_declarations(folder, "WATCHLIST_PATHS", what)}


def read_watchlist(path: Path, parse: Parse) -> Watchlist:
    """Read a watchlist's file.

    Raises:
        DeclarationError: unreadable or wrong; one line per fault.
    """
    document = load_toml(path)
    faults = ["name: the watchlist's name is the file's; remove the key"] if "name" in document else []
    try:
        declared = Declaration.model_validate({**document, "name": path.stem})
    except ValidationError as error:
        faults += [_fault(detail) for detail in error.errors(include_url=False)]
    else:
        faults += _contradictions(declared)
        try:
            query = parse(declared.query)
        except QueryError as error:
            faults.append(f"query = {format_value(declared.query)}: column {error.column}: {error.problem}")
        if not faults:
            return Watchlist(declared, query, path)
    raise DeclarationError("\n".join(f"{format_path(path)}: {fault}" for fault in faults))


def _contradictions(declared: Declaration) -> list[str]:
    faults = [
        f'tell[{place}].when = "{tell.when}": a digest is sent once a day: "daily 07:00"'
        for place, tell in enumerate(declared.tell)
        if tell.digest and tell.schedule.how != "daily"
    ]
    seen: dict[tuple[str, bool], int] = {}
    for place, tell in enumerate(declared.tell):
        first = seen.setdefault((tell.to, tell.digest), place)
        if first != place:
            faults.append(f"tell[{place}].to: the same as tell[{first}].to; each is notified once")
    return faults


def _fault(detail: ErrorDetails) -> str:
    location = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return _unknown_key(location)
    if location == ("name",):
        return f"the file's name is the watchlist's name and must be {format_allowed(detail)}, e.g. gempa.toml"
    if detail["type"] == "missing":
        return f"{format_key(location)}: missing; it must be there"
    # The value may be a secret.
    value = "" if location[-1] == "to" else f" = {format_value(detail['input'])}"
    return f"{format_key(location)}{value}: must be {format_allowed(detail)}"


def _unknown_key(location: tuple[str | int, ...]) -> str:
    model = Recipient if location[0] == "tell" else Declaration
    allowed = [field for field in model.model_fields if field != "name"]
    close = get_close_matches(str(location[-1]), allowed, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{format_key(location)}: no such key; {hint}Allowed: {', '.join(allowed)}"
