"""Public names for Python: ``from pantau import Archive``."""

from search.archive import Archive

__all__ = ["Archive"]
