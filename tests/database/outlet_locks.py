"""The lock of an outlet, as another run would hold it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from database.locks import Locks


@contextmanager
def outlet_lock(engine: Engine, outlet: str) -> Iterator[None]:
    """Hold the outlet's lock and no other."""
    with Locks(engine) as locks, locks.outlet(outlet):
        yield
