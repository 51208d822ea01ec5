"""Aliases: names with one meaning, declared in TOML files.

    [[same]]
    names = ["Tiongkok", "China", "Cina", "RRT"]

A query for one finds the others too. Groups with a common name become one, across files too.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from core.errors import DeclarationError
from core.text.analyser import analyse, unstemmed_words
from core.toml_files import format_path, load_toml

STARTER = Path(__file__).with_name("aliases.toml")
# A name, not a sentence; bounds how many of a query's words are compared together.
MAX_NAME_WORDS = 8
MIN_NAMES, MAX_NAMES = 2, 50

Words = tuple[str, ...]


class Aliases:
    """Groups of names with one meaning, compared folded, not stemmed."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self._groups: dict[Words, dict[Words, str]] = {}
        for names in groups:
            merged: dict[Words, str] = {}
            for words, name in ((unstemmed_words(name), name) for name in names):
                merged |= self._groups.get(words, {}) | {words: self._groups.get(words, {}).get(words, name)}
            self._groups |= dict.fromkeys(merged, merged)

    def __len__(self) -> int:
        return len(self._groups)

    def others(self, written: str) -> tuple[str, ...]:
        """Return the other names, as declared.

        Names that find nothing more are left out: beside "Putin", "Vladimir Putin" does not.
        """
        words = unstemmed_words(written)
        names = [name for other, name in self._groups.get(words, {}).items() if other != words]
        terms = {name: f" {analyse(name)} " for name in (written, *names)}
        useful = {terms[written]: written}
        for name in names:
            if not any(term in terms[name] for term in terms.values() if term != terms[name]):
                useful.setdefault(terms[name], name)
        return tuple(useful.values())[1:]

    def longest(self, chunks: Sequence[Words]) -> int:
        """Count the leading chunks that make the longest known name."""
        together: Words = ()
        longest = 0
        for number, words in enumerate(chunks[:MAX_NAME_WORDS], 1):
            together += words
            if words and together in self._groups:
                longest = number
        return longest


NO_ALIASES = Aliases()


def load_aliases(paths: Sequence[str | Path] | str = ()) -> Aliases:
    """Load the shipped aliases and those of further files.

    One string of paths is separated as PATH is.

    Raises:
        DeclarationError: a file cannot be read or is wrong.
    """
    parts = paths.split(os.pathsep) if isinstance(paths, str) else paths
    files = [STARTER, *(Path(part).expanduser() for part in parts if str(part))]
    groups, faults = [], []
    for file in files:
        for number, table in enumerate(_tables(file)):
            fault = _fault(table)
            if fault:
                faults.append(f"{format_path(file)}: same[{number}]{fault}")
            else:
                groups.append(table["names"])
    if faults:
        raise DeclarationError("\n".join(faults))
    return Aliases(groups)


def _tables(file: Path) -> list[Any]:
    document = load_toml(file)
    unknown = sorted(set(document) - {"same"})
    if unknown:
        raise DeclarationError(f"{format_path(file)}: {unknown[0]}: no such key; Allowed: [[same]]")
    tables = document.get("same", [])
    if not isinstance(tables, list):
        raise DeclarationError(
            f"{format_path(file)}: same: must be [[same]], in two brackets, once for each group of names"
        )
    return tables


def _fault(table: Any) -> str | None:
    if not isinstance(table, dict):
        return ': must be a table: [[same]], and below it names = ["…", "…"]'
    unknown = sorted(set(table) - {"names"})
    if unknown:
        return f".{unknown[0]}: no such key; Allowed: names"
    names = table.get("names")
    if not isinstance(names, list) or not MIN_NAMES <= len(names) <= MAX_NAMES:
        return f'.names: must be a list of {MIN_NAMES} to {MAX_NAMES} names: ["Tiongkok", "China"]'
    for name in names:
        if not isinstance(name, str) or not 1 <= len(unstemmed_words(name)) <= MAX_NAME_WORDS:
            return f".names: {str(name)[:80]!r} must be text of 1 to {MAX_NAME_WORDS} words"
    return None
