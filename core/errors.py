"""The project's errors: one tree, drawn once.

A ``PantauError`` carries a message for the person at the terminal: what happened, to which outlet, URL, file or
key, and what to do about it. Commands print it without a traceback. What goes wrong with a single page or source
is no error but a value with a reason (see ``core.models``).
"""


class PantauError(Exception):
    """What a person has to put right; ``str(error)`` is the whole message."""


class UsageError(PantauError):
    """The command line asks for something that does not exist or cannot be read: exit status 2."""


class DeclarationError(PantauError):
    """A declaration (of an outlet, a watchlist …) is wrong: the message names file, key, value and what is allowed."""


class DatabaseError(PantauError):
    """The database cannot be opened, is newer than the code, is locked, or cannot be written."""


class RefusedByDatabaseError(DatabaseError):
    """The database works, but does not take what this one piece of work writes."""


class OutletBusyError(PantauError):
    """Another run holds this outlet's lock on this database."""


class WatchBusyError(PantauError):
    """Another run is telling of what the watchlists found in this database."""


class MonitorBusyError(PantauError):
    """Another process monitors this database."""
