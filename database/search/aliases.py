"""Names that mean the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aliases:
    """Groups of names that mean the same."""

    groups: tuple[tuple[str, ...], ...] = ()


NO_ALIASES = Aliases()
