"""Which outlets there are, by name and by address."""

import os
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from core.errors import DeclarationError, UsageError
from core.toml_files import find_declarations, unknown_name
from outlets.declaration import read_declaration
from outlets.schema import Outlet

SHIPPED = Path(__file__).parent


class Registry:
    """The outlets declared in some directories; a later directory's file replaces an earlier one's of the same name.

    Nothing is read before it is asked for, and each file once.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = tuple(directories)
        self._outlets: dict[str, Outlet] = {}

    @classmethod
    def from_settings(cls, paths: Sequence[str]) -> Self:
        """The shipped outlets and those of OUTLET_PATHS: a list, or one string parted as PATH is on this system."""
        parts = paths.split(os.pathsep) if isinstance(paths, str) else paths
        return cls([SHIPPED, *(Path(part).expanduser() for part in parts if part)])

    def names(self) -> list[str]:
        """The outlets' names, sorted; no declaration is read.

        Raises:
            DeclarationError: a directory does not exist or cannot be listed.
        """
        return sorted(self._files)

    def get(self, name: str) -> Outlet:
        """The outlet of that name; no other declaration is read.

        Raises:
            UsageError: there is none.
            DeclarationError: its declaration is wrong; one line per fault.
        """
        if name not in self._outlets:
            if name not in self._files:
                raise UsageError(unknown_name("outlet", name, self.names(), "scrapy list"))
            self._outlets[name] = read_declaration(self._files[name])
        return self._outlets[name]

    def all(self) -> list[Outlet]:
        """Every outlet, sorted by name.

        Raises:
            DeclarationError: at least one declaration is wrong; one line per fault of every file.
        """
        outlets, faults = [], []
        for name in self.names():
            try:
                outlets.append(self.get(name))
            except DeclarationError as error:
                faults.append(str(error))
        if faults:
            raise DeclarationError("\n".join(faults))
        return outlets

    def for_url(self, url: str) -> Outlet | None:
        """The outlet with the longest domain that the URL's host is or lies under, if any.

        Raises:
            DeclarationError: as ``all`` does.
        """
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return None
        labels = host.split(".")
        for start in range(len(labels)):
            domain = ".".join(labels[start:])
            outlet = self._by_domain.get(f"{domain}:{port}") or self._by_domain.get(domain)
            if outlet:
                return outlet
        return None

    @cached_property
    def _files(self) -> dict[str, Path]:
        what = "directories with outlet declarations"
        folders = self._directories
        return {path.stem: path for folder in folders for path in find_declarations(folder, "OUTLET_PATHS", what)}

    @cached_property
    def _by_domain(self) -> dict[str, Outlet]:
        return {domain: outlet for outlet in reversed(self.all()) for domain in outlet.domains}


# Declared so by a person: the one refuses us, the other publishes nothing any more.
_LEFT_ALONE = frozenset({"blocked", "dormant"})


def choose(registry: Registry, names: Sequence[str], groups: Collection[str]) -> list[Outlet]:
    """The outlets of these names, or of these groups, or all that are active.

    Raises:
        UsageError: an unknown name or group, an outlet that is left alone, or none is left.
        DeclarationError: a declaration is wrong.
    """
    if names:
        chosen = [registry.get(name) for name in dict.fromkeys(names)]
        for outlet in chosen:
            if outlet.status in _LEFT_ALONE:
                note = f": {outlet.note}" if outlet.note else ""
                raise UsageError(f"{outlet.name} is declared {outlet.status} and left alone{note}")
    else:
        chosen = [outlet for outlet in registry.all() if outlet.status not in _LEFT_ALONE]
    known = {group for outlet in registry.all() for group in outlet.groups}
    for group in groups:
        if group not in known:
            raise UsageError(unknown_name("group", group, sorted(known), "scrapy outlets"))
    chosen = [outlet for outlet in chosen if not groups or not set(groups).isdisjoint(outlet.groups)]
    if not chosen:
        raise UsageError("no outlet is left: `scrapy outlets` lists them with their groups and states")
    return chosen
