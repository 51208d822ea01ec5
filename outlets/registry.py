"""Find declared outlets by name, by URL or by group."""

import os
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from core.errors import DeclarationError, UsageError
from core.toml_files import find_declarations, unknown_name

if TYPE_CHECKING:
    from outlets.schema import Outlet

SHIPPED = Path(__file__).parent


class Registry:
    """Outlets declared in some directories, each file read once, on demand.

    Of two files with one name the later directory's counts.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = tuple(directories)
        self._outlets: dict[str, Outlet] = {}

    @classmethod
    def from_settings(cls, paths: Sequence[str]) -> Self:
        """Use the shipped outlets and OUTLET_PATHS (a list, or split at ``os.pathsep``)."""
        parts = paths.split(os.pathsep) if isinstance(paths, str) else paths
        return cls([SHIPPED, *(Path(part).expanduser() for part in parts if part)])

    def names(self) -> list[str]:
        """Return all names, sorted, without reading a declaration.

        Raises:
            DeclarationError: a directory cannot be listed.
        """
        return sorted(self._files)

    def get(self, name: str) -> "Outlet":
        """Return an outlet, reading only its declaration.

        Raises:
            UsageError: there is none of that name.
            DeclarationError: it is invalid.
        """
        if name not in self._outlets:
            if name not in self._files:
                raise UsageError(unknown_name("outlet", name, self.names(), "scrapy list"))
            # The schema takes a fifth of a second to import, which a list of names does not need.
            from outlets.declaration import read_declaration  # noqa: PLC0415

            self._outlets[name] = read_declaration(self._files[name])
        return self._outlets[name]

    def all(self) -> "list[Outlet]":
        """Return all outlets, sorted by name.

        Raises:
            DeclarationError: one is invalid; a line for each fault of all files.
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

    def for_url(self, url: str) -> "Outlet | None":
        """Return the outlet with the longest domain that fits the URL's host.

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
        return {
            path.stem: path
            for folder in self._directories
            for path in find_declarations(folder, "OUTLET_PATHS", "directories with outlet declarations")
        }

    @cached_property
    def _by_domain(self) -> "dict[str, Outlet]":
        return {domain: outlet for outlet in reversed(self.all()) for domain in outlet.domains}


# Never crawled: a blocked outlet refuses us, a dormant one publishes nothing any more.
_NOT_CRAWLED = frozenset({"blocked", "dormant"})


def choose_outlets(registry: Registry, names: Sequence[str], groups: Collection[str]) -> "list[Outlet]":
    """Choose outlets by name, or all that may be crawled; then by group.

    Raises:
        UsageError: unknown name or group, an outlet never crawled, or none left.
        DeclarationError: one is invalid.
    """
    if names:
        chosen = [registry.get(name) for name in dict.fromkeys(names)]
        for outlet in chosen:
            if outlet.status in _NOT_CRAWLED:
                note = f": {outlet.note}" if outlet.note else ""
                raise UsageError(f"{outlet.name} is declared {outlet.status} and left alone{note}")
    else:
        chosen = [outlet for outlet in registry.all() if outlet.status not in _NOT_CRAWLED]
    known = {group for outlet in registry.all() for group in outlet.groups}
    for group in groups:
        if group not in known:
            raise UsageError(unknown_name("group", group, sorted(known), "scrapy outlets"))
    chosen = [outlet for outlet in chosen if not groups or not set(groups).isdisjoint(outlet.groups)]
    if not chosen:
        raise UsageError("no outlet is left: `scrapy outlets` lists them with their groups and states")
    return chosen
