"""Wait for an event instead of sleeping for a time that a busy machine may not keep."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], waited_for: str, timeout: float = 300) -> None:
    """Return as soon as ``condition()`` is true; fail the test after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout:g} s in vain for {waited_for}"
        time.sleep(0.01)
