"""Which outlets there are, by name and by address."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from crawler.errors import DeclarationError, UsageError
from crawler.outlets.declaration import declaration_files, none_called, read_declaration
from crawler.outlets.schema import Outlet

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
                raise UsageError(none_called("outlet", name, self.names(), "scrapy list"))
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
        return {path.stem: path for folder in folders for path in declaration_files(folder, "OUTLET_PATHS", what)}

    @cached_property
    def _by_domain(self) -> dict[str, Outlet]:
        return {domain: outlet for outlet in reversed(self.all()) for domain in outlet.domains}
