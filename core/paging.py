"""One page of a list, as queries return it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Cursor = TypeVar("Cursor")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item, Cursor]):
    """A part of a list.

    ``total`` counts the whole list; ``after`` is the next page's cursor, if any.
    """

    items: list[Item]
    total: int
    after: Cursor | None


def page_of(rows: Sequence[Item], total: int, limit: int, cursor: Callable[[Item], Cursor]) -> Page[Item, Cursor]:
    """Make a page of up to ``limit + 1`` rows; the extra one proves a further page."""
    return Page(list(rows[:limit]), total, cursor(rows[limit - 1]) if len(rows) > limit else None)
