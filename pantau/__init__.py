"""Public Python interface: ``from pantau import Archive``."""

from search.archive import Archive

__all__ = ["Archive"]
