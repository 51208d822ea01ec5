"""The project's exceptions.

The message of a ``PantauError`` is for the user: what happened, to which outlet, URL, file or key, and what to do.
Commands print it without a traceback. A problem with a single page or source is not an exception but a value with a
reason (see ``core.models``).
"""


class PantauError(Exception):
    """A problem the user has to solve; ``str(error)`` is the whole message."""


class UsageError(PantauError):
    """Invalid command line or a name that does not exist (exit status 2)."""


class DeclarationError(PantauError):
    """A declaration is invalid.

    The message names file, key, value and what is allowed.
    """


class DatabaseError(PantauError):
    """The database cannot be opened or written, is locked, or is newer than the code."""


class RefusedByDatabaseError(DatabaseError):
    """The database works but refuses this one write."""


class OutletBusyError(PantauError):
    """Another run holds this outlet's lock on this database."""


class WatchBusyError(PantauError):
    """Another process is sending the alerts of this database."""


class MonitorBusyError(PantauError):
    """Another process is monitoring with this database."""
