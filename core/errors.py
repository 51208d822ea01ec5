"""The project's exceptions; messages are for the user, without a traceback.

A problem of a single page or source is no exception but a value (``core.models``).
"""


class PantauError(Exception):
    """A problem the user has to solve; ``str(error)`` is the whole message."""


class UsageError(PantauError):
    """Invalid command line or unknown name (exit status 2)."""


class DeclarationError(PantauError):
    """An invalid declaration; the message names file, key, value and allowed values."""


class DatabaseError(PantauError):
    """The database is locked, newer than the code, or fails."""


class RefusedByDatabaseError(DatabaseError):
    """The database refuses this one write."""


class OutletBusyError(PantauError):
    """Another run holds this outlet's lock."""


class WatchBusyError(PantauError):
    """Another process is sending alerts."""


class MonitorBusyError(PantauError):
    """Another process is monitoring."""
