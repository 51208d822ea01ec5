"""Where everything is kept: schema, migrations, ledger, articles, search. ``Archive`` reads it from Python."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from database.archive import Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> Any:
    """Imports the archive when somebody asks for it: all modules of this package would wait for it."""
    if name in __all__:
        return getattr(import_module("database.archive"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
